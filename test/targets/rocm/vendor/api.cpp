//===- api.cpp - our declarations of libamdhip64 against AMD's --------------===//
//
// Nothing here is run: what differs is an error of compilation (test_api.py).
//
//===----------------------------------------------------------------------===//

// Only what the library exports: no templates of the same names.
#define __HIP_PLATFORM_AMD__
#define __HIP_DISABLE_CPP_FUNCTIONS__
#include <hip/hip_runtime_api.h>

#include <cstddef>

#include "targets/rocm/HipApi.h"
#include "test/support/abi.h"

using namespace portico::rocm;
using portico::test::calledAlike;

#define COMPARE(name) static_assert(calledAlike<decltype(HipApi::name), decltype(&::name)>, #name);
PORTICO_HIP_FUNCTIONS(COMPARE)
static_assert(calledAlike<decltype(HipApi::hipGetDeviceProperties),
                          hipError_t (*)(hipDeviceProp_t *properties, int device)>);

static_assert(calledAlike<HipError, hipError_t>);
static_assert(kHipSuccess == int(hipSuccess));
static_assert(kHipNotReady == int(hipErrorNotReady));
static_assert(kHipAttributeMultiprocessorCount == int(hipDeviceAttributeMultiprocessorCount));
static_assert(kHipStreamNonBlocking == hipStreamNonBlocking);
static_assert(kHipCaptureModeThreadLocal == int(hipStreamCaptureModeThreadLocal));

// The name of the processor is looked for behind the name of the device, in so many bytes.
static_assert(sizeof(hipDeviceProp_t::name) == kPropertiesNameBytes);
static_assert(sizeof(hipDeviceProp_t) <= kPropertiesBytes);
static_assert(offsetof(hipDeviceProp_t, gcnArchName) >= kPropertiesNameBytes);
