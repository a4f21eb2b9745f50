//===- OpenCLLibrary.cpp - the functions of an OpenCL implementation ---------===//

#include "targets/spirv/OpenCLLibrary.h"
#include "targets/common/DynamicLibrary.h"

using namespace portico;
using namespace portico::spirv;

std::shared_ptr<OpenCLLibrary> OpenCLLibrary::open(const std::string &path, std::string &why) {
  DynamicLibrary file = DynamicLibrary::open({path}, why);
  if (!file)
    return nullptr;
  auto library = std::make_shared<OpenCLLibrary>();
#define PORTICO_FIND(name) file.find(library->name, #name);
  PORTICO_OPENCL_FUNCTIONS(PORTICO_FIND)
#undef PORTICO_FIND
  if (!file.missing())
    return library;
  why = path + " has no " + file.missing();
  return nullptr;
}

std::string portico::spirv::openCLErrorName(cl_int code) {
  const char *name = "error";
  switch (code) {
#define PORTICO_NAME(value)                                                                        \
  case value:                                                                                      \
    name = #value;                                                                                 \
    break;
    PORTICO_NAME(CL_DEVICE_NOT_FOUND)
    PORTICO_NAME(CL_DEVICE_NOT_AVAILABLE)
    PORTICO_NAME(CL_COMPILER_NOT_AVAILABLE)
    PORTICO_NAME(CL_MEM_OBJECT_ALLOCATION_FAILURE)
    PORTICO_NAME(CL_OUT_OF_RESOURCES)
    PORTICO_NAME(CL_OUT_OF_HOST_MEMORY)
    PORTICO_NAME(CL_BUILD_PROGRAM_FAILURE)
    PORTICO_NAME(CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST)
    PORTICO_NAME(CL_INVALID_VALUE)
    PORTICO_NAME(CL_INVALID_DEVICE)
    PORTICO_NAME(CL_INVALID_CONTEXT)
    PORTICO_NAME(CL_INVALID_COMMAND_QUEUE)
    PORTICO_NAME(CL_INVALID_BINARY)
    PORTICO_NAME(CL_INVALID_BUILD_OPTIONS)
    PORTICO_NAME(CL_INVALID_PROGRAM)
    PORTICO_NAME(CL_INVALID_PROGRAM_EXECUTABLE)
    PORTICO_NAME(CL_INVALID_KERNEL_NAME)
    PORTICO_NAME(CL_INVALID_KERNEL)
    PORTICO_NAME(CL_INVALID_ARG_INDEX)
    PORTICO_NAME(CL_INVALID_ARG_VALUE)
    PORTICO_NAME(CL_INVALID_ARG_SIZE)
    PORTICO_NAME(CL_INVALID_KERNEL_ARGS)
    PORTICO_NAME(CL_INVALID_WORK_GROUP_SIZE)
    PORTICO_NAME(CL_INVALID_WORK_ITEM_SIZE)
    PORTICO_NAME(CL_INVALID_EVENT_WAIT_LIST)
    PORTICO_NAME(CL_INVALID_EVENT)
    PORTICO_NAME(CL_INVALID_OPERATION)
    PORTICO_NAME(CL_INVALID_BUFFER_SIZE)
    PORTICO_NAME(CL_INVALID_GLOBAL_WORK_SIZE)
    PORTICO_NAME(CL_PLATFORM_NOT_FOUND_KHR)
#undef PORTICO_NAME
  }
  return std::string(name) + " (" + std::to_string(code) + ")";
}
