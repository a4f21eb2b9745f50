//===- LevelZeroLibrary.cpp - the functions of the Level Zero loader ---------===//

#include "targets/spirv/LevelZeroLibrary.h"
#include "targets/common/DynamicLibrary.h"
#include "targets/spirv/SpirvDevice.h"

#include <cstdio>

using namespace portico;
using namespace portico::spirv;

std::shared_ptr<LevelZeroLibrary> LevelZeroLibrary::open(std::string &why) {
  DynamicLibrary file = DynamicLibrary::open({"libze_loader.so.1"}, why);
  if (!file)
    return nullptr;
  auto library = std::make_shared<LevelZeroLibrary>();
#define PORTICO_FIND(name) file.find(library->name, #name);
  PORTICO_LEVEL_ZERO_FUNCTIONS(PORTICO_FIND)
#undef PORTICO_FIND
  if (!file.missing())
    return library;
  why = file.path() + " has no " + file.missing();
  return nullptr;
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
