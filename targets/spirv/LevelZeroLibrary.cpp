//===- LevelZeroLibrary.cpp - the functions of the Level Zero loader ---------===//

#include "targets/spirv/LevelZeroLibrary.h"
#include "targets/spirv/SpirvDevice.h"
#include "targets/spirv/SpirvLibrary.h"

#include <cstdio>
#include <dlfcn.h>

using namespace portico::spirv;

std::shared_ptr<LevelZeroLibrary> LevelZeroLibrary::open(std::string &why) {
  const char *const path = "libze_loader.so.1";
  void *handle = openLibrary(path, why);
  if (!handle)
    return nullptr;
  auto library = std::make_shared<LevelZeroLibrary>();
#define PORTICO_RESOLVE(name)                                                                      \
  library->name = reinterpret_cast<decltype(&::name)>(dlsym(handle, #name));                       \
  if (!library->name) {                                                                            \
    why = std::string(path) + " has no " #name;                                                    \
    return nullptr;                                                                                \
  }
  PORTICO_LEVEL_ZERO_FUNCTIONS(PORTICO_RESOLVE)
#undef PORTICO_RESOLVE
  return library;
}

void LevelZeroLibrary::check(ze_result_t code, const char *what) {
  if (code == ZE_RESULT_SUCCESS)
    return;
  const char *name = "error";
  switch (code) {
  case ZE_RESULT_ERROR_DEVICE_LOST:
    name = "the device was lost";
    break;
  case ZE_RESULT_ERROR_OUT_OF_HOST_MEMORY:
    name = "out of host memory";
    break;
  case ZE_RESULT_ERROR_OUT_OF_DEVICE_MEMORY:
    name = "out of device memory";
    break;
  case ZE_RESULT_ERROR_MODULE_BUILD_FAILURE:
    name = "the module was not built";
    break;
  case ZE_RESULT_ERROR_UNSUPPORTED_FEATURE:
    name = "unsupported feature";
    break;
  case ZE_RESULT_ERROR_INVALID_ARGUMENT:
    name = "invalid argument";
    break;
  case ZE_RESULT_ERROR_UNINITIALIZED:
    name = "no driver";
    break;
  default:
    break;
  }
  char number[32];
  snprintf(number, sizeof(number), " (0x%x)", unsigned(code));
  throw Error(std::string(what) + ": " + name + number);
}
