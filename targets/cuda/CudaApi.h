//===- CudaApi.h - the few entry points of NVIDIA's driver library ---------===//
//
// Declared here, and found in libcuda.so.1 at run time: the build needs nothing of
// CUDA, and the program runs on machines that have none of it. The signatures are
// those of the driver API since CUDA 11.4; names that were versioned since (`_v2`)
// carry the version whose signature this is. test/targets/cuda/vendor/api.cpp compares all of it
// with NVIDIA's own header.
//
//===----------------------------------------------------------------------===//

#ifndef PORTICO_TARGETS_CUDA_CUDAAPI_H
#define PORTICO_TARGETS_CUDA_CUDAAPI_H

#include "targets/common/ForkWatch.h"

#include <cstddef>
#include <string>

// What handles point to, as NVIDIA's header names it: the same types where both are seen.
struct CUctx_st;
struct CUstream_st;
struct CUevent_st;
struct CUmod_st;
struct CUfunc_st;
struct CUgraph_st;
struct CUgraphExec_st;

namespace portico::cuda {

/// CUresult: 0 is success.
using Result = int;
using Ordinal = int;
/// CUdeviceptr.
using Address = unsigned long long;
using Context = CUctx_st *;
using Stream = CUstream_st *;
using Event = CUevent_st *;
using Image = CUmod_st *;
using Function = CUfunc_st *;
using Graph = CUgraph_st *;
using GraphExec = CUgraphExec_st *;

constexpr Result kSuccess = 0, kOutOfMemory = 2, kNotReady = 600;

/// What a kernel did wrong, or what broke under it: the context is lost, and every later call
/// fails, too. The numbers between them are of mistakes that leave it as it was.
constexpr Result kEccUncorrectable = 214, kIllegalAddress = 700, kLaunchTimeout = 702,
                 kAssert = 710, kHardwareStackError = 714, kIllegalInstruction = 715,
                 kMisalignedAddress = 716, kInvalidAddressSpace = 717, kInvalidPc = 718,
                 kLaunchFailed = 719, kTensorMemoryLeak = 721;
bool losesContext(Result error);

enum DeviceAttribute {
  kMultiprocessorCount = 16,
  kCapabilityMajor = 75,
  kCapabilityMinor = 76,
};

enum FunctionAttribute { kStaticSharedBytes = 1, kMaxDynamicSharedBytes = 8 };

enum JitOption { kErrorLogBuffer = 5, kErrorLogBytes = 6 };

enum StreamFlag { kSyncsWithStreamZero = 0, kIndependent = 1 };

/// While a stream is captured, anything may be allocated and loaded.
constexpr int kCaptureRelaxed = 2;

/// CUtensorMapDataType, CUtensorMapInterleave, CUtensorMapSwizzle, CUtensorMapL2promotion,
/// CUtensorMapFloatOOBfill.
enum TensorMapElement { kElement8 = 0, kElement16 = 1, kElement32 = 2, kElement64 = 4 };
enum TensorMapInterleave { kNotInterleaved = 0 };
enum TensorMapSwizzle { kSwizzle128 = 3 };
enum TensorMapPromotion { kPromote256 = 3 };
enum TensorMapFill { kFillZeros = 0 };

/// X(member, symbol, parameters)
#define PORTICO_CUDA_ENTRY_POINTS(X)                                                               \
  X(init, cuInit, (unsigned flags))                                                                \
  X(driverGetVersion, cuDriverGetVersion, (int *version))                                          \
  X(getErrorName, cuGetErrorName, (Result error, const char **text))                               \
  X(getErrorString, cuGetErrorString, (Result error, const char **text))                           \
  X(deviceGetCount, cuDeviceGetCount, (int *count))                                                \
  X(deviceGet, cuDeviceGet, (Ordinal * device, int ordinal))                                       \
  X(deviceGetName, cuDeviceGetName, (char *name, int bytes, Ordinal device))                       \
  X(deviceTotalMem, cuDeviceTotalMem_v2, (size_t *bytes, Ordinal device))                          \
  X(deviceGetAttribute, cuDeviceGetAttribute, (int *value, DeviceAttribute which, Ordinal device)) \
  X(primaryRetain, cuDevicePrimaryCtxRetain, (Context * context, Ordinal device))                  \
  X(primaryRelease, cuDevicePrimaryCtxRelease_v2, (Ordinal device))                                \
  X(contextGet, cuCtxGetCurrent, (Context * context))                                              \
  X(contextPush, cuCtxPushCurrent_v2, (Context context))                                           \
  X(contextPop, cuCtxPopCurrent_v2, (Context * context))                                           \
  X(contextSynchronize, cuCtxSynchronize, (void))                                                  \
  X(memAlloc, cuMemAlloc_v2, (Address * memory, size_t bytes))                                     \
  X(memFree, cuMemFree_v2, (Address memory))                                                       \
  X(memHostAlloc, cuMemHostAlloc, (void **memory, size_t bytes, unsigned flags))                   \
  X(memFreeHost, cuMemFreeHost, (void *memory))                                                    \
  X(memGetInfo, cuMemGetInfo_v2, (size_t *free, size_t *total))                                    \
  X(copyToDevice, cuMemcpyHtoDAsync_v2,                                                            \
    (Address to, const void *from, size_t bytes, Stream stream))                                   \
  X(copyToHost, cuMemcpyDtoHAsync_v2, (void *to, Address from, size_t bytes, Stream stream))       \
  X(copyWithin, cuMemcpyDtoDAsync_v2, (Address to, Address from, size_t bytes, Stream stream))     \
  X(fill8, cuMemsetD8Async, (Address to, unsigned char value, size_t count, Stream stream))        \
  X(fill16, cuMemsetD16Async, (Address to, unsigned short value, size_t count, Stream stream))     \
  X(fill32, cuMemsetD32Async, (Address to, unsigned value, size_t count, Stream stream))           \
  X(streamCreate, cuStreamCreate, (Stream * stream, unsigned flags))                               \
  X(streamDestroy, cuStreamDestroy_v2, (Stream stream))                                            \
  X(streamSynchronize, cuStreamSynchronize, (Stream stream))                                       \
  X(streamWaitEvent, cuStreamWaitEvent, (Stream stream, Event event, unsigned flags))              \
  X(eventCreate, cuEventCreate, (Event * event, unsigned flags))                                   \
  X(eventDestroy, cuEventDestroy_v2, (Event event))                                                \
  X(eventRecord, cuEventRecord, (Event event, Stream stream))                                      \
  X(eventSynchronize, cuEventSynchronize, (Event event))                                           \
  X(eventQuery, cuEventQuery, (Event event))                                                       \
  X(eventElapsed, cuEventElapsedTime, (float *milliseconds, Event start, Event end))               \
  X(moduleLoad, cuModuleLoadDataEx,                                                                \
    (Image * image, const void *data, unsigned count, JitOption *options, void **values))          \
  X(moduleUnload, cuModuleUnload, (Image image))                                                   \
  X(moduleGetFunction, cuModuleGetFunction, (Function * function, Image image, const char *name))  \
  X(functionGetAttribute, cuFuncGetAttribute,                                                      \
    (int *value, FunctionAttribute which, Function function))                                      \
  X(functionSetAttribute, cuFuncSetAttribute,                                                      \
    (Function function, FunctionAttribute which, int value))                                       \
  X(launch, cuLaunchKernel,                                                                        \
    (Function function, unsigned gridX, unsigned gridY, unsigned gridZ, unsigned blockX,           \
     unsigned blockY, unsigned blockZ, unsigned sharedBytes, Stream stream, void **parameters,     \
     void **extra))                                                                                \
  X(captureBegin, cuStreamBeginCapture_v2, (Stream stream, int mode))                              \
  X(captureEnd, cuStreamEndCapture, (Stream stream, Graph * graph))                                \
  X(graphInstantiate, cuGraphInstantiateWithFlags,                                                 \
    (GraphExec * executable, Graph graph, unsigned long long flags))                               \
  X(graphLaunch, cuGraphLaunch, (GraphExec executable, Stream stream))                             \
  X(graphDestroy, cuGraphDestroy, (Graph graph))                                                   \
  X(graphExecDestroy, cuGraphExecDestroy, (GraphExec executable))

/// Those of CUDA 12.0, null in older drivers: of use to code for later machines alone.
#define PORTICO_CUDA_LATER_ENTRY_POINTS(X)                                                         \
  X(tensorMapEncode, cuTensorMapEncodeTiled,                                                       \
    (void *map, int elementType, unsigned rank, void *memory, const unsigned long long *sizes,     \
     const unsigned long long *strides, const unsigned *box, const unsigned *elementStrides,       \
     int interleave, int swizzle, int promotion, int fill))

struct Api {
#define PORTICO_CUDA_MEMBER(member, symbol, parameters) Result(*member) parameters = nullptr;
  PORTICO_CUDA_ENTRY_POINTS(PORTICO_CUDA_MEMBER)
  PORTICO_CUDA_LATER_ENTRY_POINTS(PORTICO_CUDA_MEMBER)
#undef PORTICO_CUDA_MEMBER

  ForkWatch fork;
  /// How many devices the library offers, and where there are none: why.
  int devices = 0;
  std::string reason;
};

/// Loads and initialises the library at the first call. Nothing of it may be called
/// where `devices` is 0.
const Api &api();

/// "NAME (what it means)", and what follows from it where that is certain.
std::string describe(Result error);

} // namespace portico::cuda

#endif // PORTICO_TARGETS_CUDA_CUDAAPI_H
