//===- HipApi.h - AMD's runtime library, found at run time ------------------===//
//
// The few functions of libamdhip64 that the driver needs, declared here so that no
// header of ROCm is needed to build, and looked up with dlopen so that none of its
// libraries is needed to start.
//
//===----------------------------------------------------------------------===//

#ifndef PORTICO_TARGETS_ROCM_HIPAPI_H
#define PORTICO_TARGETS_ROCM_HIPAPI_H

#include "targets/common/ForkWatch.h"

#include <cstddef>
#include <cstdint>
#include <string>

namespace portico::rocm {

// Handles are pointers to what only the library knows.
using HipStream = void *;
using HipEvent = void *;
using HipModule = void *;
using HipFunction = void *;
using HipGraph = void *;
using HipGraphExec = void *;

// The numbers below are part of the library's binary interface, the same since 5.0;
// test/targets/rocm/vendor/api.cpp compares them and the functions with AMD's own header.
using HipError = int;
constexpr HipError kHipSuccess = 0;
constexpr HipError kHipNotReady = 600;
constexpr int kHipAttributeMultiprocessorCount = 63;
constexpr unsigned kHipStreamNonBlocking = 1;
constexpr int kHipCaptureModeThreadLocal = 1;
/// Of hipDeviceProp_t: no layout has more in all, and each begins with the device's name.
constexpr size_t kPropertiesBytes = 8192, kPropertiesNameBytes = 256;

/// Every function whose name is that of its symbol.
#define PORTICO_HIP_FUNCTIONS(F)                                                                   \
  F(hipInit)                                                                                       \
  F(hipRuntimeGetVersion)                                                                          \
  F(hipGetErrorName)                                                                               \
  F(hipGetErrorString)                                                                             \
  F(hipGetLastError)                                                                               \
  F(hipGetDeviceCount)                                                                             \
  F(hipGetDevice)                                                                                  \
  F(hipSetDevice)                                                                                  \
  F(hipDeviceGetName)                                                                              \
  F(hipDeviceTotalMem)                                                                             \
  F(hipDeviceGetAttribute)                                                                         \
  F(hipMalloc)                                                                                     \
  F(hipFree)                                                                                       \
  F(hipHostMalloc)                                                                                 \
  F(hipHostFree)                                                                                   \
  F(hipMemGetInfo)                                                                                 \
  F(hipMemcpyHtoDAsync)                                                                            \
  F(hipMemcpyDtoHAsync)                                                                            \
  F(hipMemcpyDtoDAsync)                                                                            \
  F(hipMemsetD8Async)                                                                              \
  F(hipMemsetD16Async)                                                                             \
  F(hipMemsetD32Async)                                                                             \
  F(hipModuleLoadData)                                                                             \
  F(hipModuleUnload)                                                                               \
  F(hipModuleGetFunction)                                                                          \
  F(hipModuleLaunchKernel)                                                                         \
  F(hipStreamCreateWithFlags)                                                                      \
  F(hipStreamDestroy)                                                                              \
  F(hipStreamSynchronize)                                                                          \
  F(hipStreamWaitEvent)                                                                            \
  F(hipDeviceSynchronize)                                                                          \
  F(hipEventCreateWithFlags)                                                                       \
  F(hipEventDestroy)                                                                               \
  F(hipEventRecord)                                                                                \
  F(hipEventSynchronize)                                                                           \
  F(hipEventQuery)                                                                                 \
  F(hipEventElapsedTime)                                                                           \
  F(hipStreamBeginCapture)                                                                         \
  F(hipStreamEndCapture)                                                                           \
  F(hipGraphInstantiate)                                                                           \
  F(hipGraphLaunch)                                                                                \
  F(hipGraphDestroy)                                                                               \
  F(hipGraphExecDestroy)

struct HipApi {
  HipError (*hipInit)(unsigned flags);
  HipError (*hipRuntimeGetVersion)(int *version);
  const char *(*hipGetErrorName)(HipError error);
  const char *(*hipGetErrorString)(HipError error);
  HipError (*hipGetLastError)();

  HipError (*hipGetDeviceCount)(int *count);
  HipError (*hipGetDevice)(int *device);
  HipError (*hipSetDevice)(int device);
  HipError (*hipDeviceGetName)(char *name, int length, int device);
  HipError (*hipDeviceTotalMem)(size_t *bytes, int device);
  HipError (*hipDeviceGetAttribute)(int *value, int attribute, int device);
  /// `hipGetDevicePropertiesR0600` where there is one: the layout that its number names.
  HipError (*hipGetDeviceProperties)(void *properties, int device);

  HipError (*hipMalloc)(void **memory, size_t bytes);
  HipError (*hipFree)(void *memory);
  HipError (*hipHostMalloc)(void **memory, size_t bytes, unsigned flags);
  HipError (*hipHostFree)(void *memory);
  HipError (*hipMemGetInfo)(size_t *free, size_t *total);
  HipError (*hipMemcpyHtoDAsync)(void *to, void *from, size_t bytes, HipStream stream);
  HipError (*hipMemcpyDtoHAsync)(void *to, void *from, size_t bytes, HipStream stream);
  HipError (*hipMemcpyDtoDAsync)(void *to, void *from, size_t bytes, HipStream stream);
  HipError (*hipMemsetD8Async)(void *to, unsigned char value, size_t count, HipStream stream);
  HipError (*hipMemsetD16Async)(void *to, unsigned short value, size_t count, HipStream stream);
  HipError (*hipMemsetD32Async)(void *to, int value, size_t count, HipStream stream);

  HipError (*hipModuleLoadData)(HipModule *module, const void *image);
  HipError (*hipModuleUnload)(HipModule module);
  HipError (*hipModuleGetFunction)(HipFunction *function, HipModule module, const char *name);
  HipError (*hipModuleLaunchKernel)(HipFunction function, unsigned gridX, unsigned gridY,
                                    unsigned gridZ, unsigned blockX, unsigned blockY,
                                    unsigned blockZ, unsigned sharedBytes, HipStream stream,
                                    void **parameters, void **extra);

  HipError (*hipStreamCreateWithFlags)(HipStream *stream, unsigned flags);
  HipError (*hipStreamDestroy)(HipStream stream);
  HipError (*hipStreamSynchronize)(HipStream stream);
  HipError (*hipStreamWaitEvent)(HipStream stream, HipEvent event, unsigned flags);
  HipError (*hipDeviceSynchronize)();
  HipError (*hipEventCreateWithFlags)(HipEvent *event, unsigned flags);
  HipError (*hipEventDestroy)(HipEvent event);
  HipError (*hipEventRecord)(HipEvent event, HipStream stream);
  HipError (*hipEventSynchronize)(HipEvent event);
  HipError (*hipEventQuery)(HipEvent event);
  HipError (*hipEventElapsedTime)(float *milliseconds, HipEvent start, HipEvent end);

  HipError (*hipStreamBeginCapture)(HipStream stream, int mode);
  HipError (*hipStreamEndCapture)(HipStream stream, HipGraph *graph);
  HipError (*hipGraphInstantiate)(HipGraphExec *exec, HipGraph graph, void **errorNode, char *log,
                                  size_t logBytes);
  HipError (*hipGraphLaunch)(HipGraphExec exec, HipStream stream);
  HipError (*hipGraphDestroy)(HipGraph graph);
  HipError (*hipGraphExecDestroy)(HipGraphExec exec);
};

/// What came of looking for the library, once for the process.
struct HipLibrary {
  HipApi api{};
  ForkWatch fork;
  int devices = 0;
  /// Why `devices` is 0: what was probed and what came of it.
  std::string reason;
};

/// Loads and initialises the library at the first call. `PORTICO_HIP_LIBRARY` names
/// one file to take instead of those of a ROCm installation.
const HipLibrary &hipLibrary();

/// "gfx942" of device `ordinal`, without the features that follow its colon; empty
/// after a failure.
std::string hipProcessor(int ordinal);

} // namespace portico::rocm

#endif // PORTICO_TARGETS_ROCM_HIPAPI_H
