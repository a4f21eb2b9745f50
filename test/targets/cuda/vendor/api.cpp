//===- api.cpp - our declarations of libcuda against NVIDIA's ---------------===//
//
// Nothing here is run: what differs is an error of compilation (test_api.py).
//
//===----------------------------------------------------------------------===//

// With it the header declares each version of a function under the name that libcuda
// exports; without, macros lead from the plain name to the newest.
#define __CUDA_API_VERSION_INTERNAL
#include <cuda.h>

#include "targets/cuda/CudaApi.h"
#include "targets/cuda/CudaTensorMap.h"
#include "test/support/abi.h"

using namespace portico::cuda;
using portico::test::calledAlike;

#define COMPARE(member, symbol, parameters)                                                        \
  static_assert(calledAlike<decltype(Api::member), decltype(&::symbol)>, #symbol);
PORTICO_CUDA_ENTRY_POINTS(COMPARE)
#if CUDA_VERSION >= 12000
PORTICO_CUDA_LATER_ENTRY_POINTS(COMPARE)
#endif

static_assert(calledAlike<Result, CUresult>);
static_assert(calledAlike<Ordinal, CUdevice>);
static_assert(calledAlike<Address, CUdeviceptr>);

static_assert(kSuccess == int(CUDA_SUCCESS));
static_assert(kOutOfMemory == int(CUDA_ERROR_OUT_OF_MEMORY));
static_assert(kNotReady == int(CUDA_ERROR_NOT_READY));
static_assert(kEccUncorrectable == int(CUDA_ERROR_ECC_UNCORRECTABLE));
static_assert(kIllegalAddress == int(CUDA_ERROR_ILLEGAL_ADDRESS));
static_assert(kLaunchTimeout == int(CUDA_ERROR_LAUNCH_TIMEOUT));
static_assert(kAssert == int(CUDA_ERROR_ASSERT));
static_assert(kHardwareStackError == int(CUDA_ERROR_HARDWARE_STACK_ERROR));
static_assert(kIllegalInstruction == int(CUDA_ERROR_ILLEGAL_INSTRUCTION));
static_assert(kMisalignedAddress == int(CUDA_ERROR_MISALIGNED_ADDRESS));
static_assert(kInvalidAddressSpace == int(CUDA_ERROR_INVALID_ADDRESS_SPACE));
static_assert(kInvalidPc == int(CUDA_ERROR_INVALID_PC));
static_assert(kLaunchFailed == int(CUDA_ERROR_LAUNCH_FAILED));
#if CUDA_VERSION >= 12090
static_assert(kTensorMemoryLeak == int(CUDA_ERROR_TENSOR_MEMORY_LEAK));
#endif

static_assert(kMultiprocessorCount == int(CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT));
static_assert(kCapabilityMajor == int(CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR));
static_assert(kCapabilityMinor == int(CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR));

static_assert(kStaticSharedBytes == int(CU_FUNC_ATTRIBUTE_SHARED_SIZE_BYTES));
static_assert(kMaxDynamicSharedBytes == int(CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES));

static_assert(kErrorLogBuffer == int(CU_JIT_ERROR_LOG_BUFFER));
static_assert(kErrorLogBytes == int(CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES));

static_assert(kSyncsWithStreamZero == int(CU_STREAM_DEFAULT));
static_assert(kIndependent == int(CU_STREAM_NON_BLOCKING));
static_assert(kCaptureRelaxed == int(CU_STREAM_CAPTURE_MODE_RELAXED));

#if CUDA_VERSION >= 12000
static_assert(kElement8 == int(CU_TENSOR_MAP_DATA_TYPE_UINT8));
static_assert(kElement16 == int(CU_TENSOR_MAP_DATA_TYPE_UINT16));
static_assert(kElement32 == int(CU_TENSOR_MAP_DATA_TYPE_UINT32));
static_assert(kElement64 == int(CU_TENSOR_MAP_DATA_TYPE_UINT64));
static_assert(kNotInterleaved == int(CU_TENSOR_MAP_INTERLEAVE_NONE));
static_assert(kSwizzle128 == int(CU_TENSOR_MAP_SWIZZLE_128B));
static_assert(kPromote256 == int(CU_TENSOR_MAP_L2_PROMOTION_L2_256B));
static_assert(kFillZeros == int(CU_TENSOR_MAP_FLOAT_OOB_FILL_NONE));
static_assert(sizeof(EncodedMap) == sizeof(CUtensorMap));
static_assert(alignof(EncodedMap) >= alignof(CUtensorMap), "what the driver writes to");
static_assert(TensorMap::kAlignment >= alignof(CUtensorMap), "the kernel's parameter");
#endif
