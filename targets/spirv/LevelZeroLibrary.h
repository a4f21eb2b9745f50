//===- LevelZeroLibrary.h - the functions of the Level Zero loader -----------===//

#ifndef PORTICO_TARGETS_SPIRV_LEVELZEROLIBRARY_H
#define PORTICO_TARGETS_SPIRV_LEVELZEROLIBRARY_H

#include <level_zero/ze_api.h>

#include <memory>
#include <string>

namespace portico::spirv {

/// Every function that the driver calls.
#define PORTICO_LEVEL_ZERO_FUNCTIONS(F)                                                            \
  F(zeInit)                                                                                        \
  F(zeDriverGet)                                                                                   \
  F(zeDriverGetProperties)                                                                         \
  F(zeDeviceGet)                                                                                   \
  F(zeDeviceGetProperties)                                                                         \
  F(zeDeviceGetComputeProperties)                                                                  \
  F(zeDeviceGetModuleProperties)                                                                   \
  F(zeDeviceGetMemoryProperties)                                                                   \
  F(zeDeviceGetCommandQueueGroupProperties)                                                        \
  F(zeContextCreate)                                                                               \
  F(zeContextDestroy)                                                                              \
  F(zeCommandListCreateImmediate)                                                                  \
  F(zeCommandListDestroy)                                                                          \
  F(zeCommandListAppendBarrier)                                                                    \
  F(zeCommandListAppendMemoryCopy)                                                                 \
  F(zeCommandListAppendMemoryFill)                                                                 \
  F(zeCommandListAppendLaunchKernel)                                                               \
  F(zeCommandListAppendWriteGlobalTimestamp)                                                       \
  F(zeMemAllocDevice)                                                                              \
  F(zeMemAllocHost)                                                                                \
  F(zeMemFree)                                                                                     \
  F(zeModuleCreate)                                                                                \
  F(zeModuleDestroy)                                                                               \
  F(zeModuleBuildLogGetString)                                                                     \
  F(zeModuleBuildLogDestroy)                                                                       \
  F(zeKernelCreate)                                                                                \
  F(zeKernelDestroy)                                                                               \
  F(zeKernelSetGroupSize)                                                                          \
  F(zeKernelSetArgumentValue)                                                                      \
  F(zeEventPoolCreate)                                                                             \
  F(zeEventPoolDestroy)                                                                            \
  F(zeEventCreate)                                                                                 \
  F(zeEventDestroy)                                                                                \
  F(zeEventHostSynchronize)                                                                        \
  F(zeEventQueryStatus)

struct LevelZeroLibrary {
#define PORTICO_MEMBER(name) decltype(&::name) name;
  PORTICO_LEVEL_ZERO_FUNCTIONS(PORTICO_MEMBER)
#undef PORTICO_MEMBER

  /// Null, with the reason in `why`, where the loader is missing or incomplete.
  static std::shared_ptr<LevelZeroLibrary> open(std::string &why);

  /// Throws Error where `code` is a failure.
  static void check(ze_result_t code, const char *what);
};

} // namespace portico::spirv

#endif // PORTICO_TARGETS_SPIRV_LEVELZEROLIBRARY_H
