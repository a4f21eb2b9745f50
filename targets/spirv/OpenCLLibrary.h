//===- OpenCLLibrary.h - the functions of an OpenCL implementation -----------===//

#ifndef PORTICO_TARGETS_SPIRV_OPENCLLIBRARY_H
#define PORTICO_TARGETS_SPIRV_OPENCLLIBRARY_H

#define CL_TARGET_OPENCL_VERSION 300
#include <CL/cl.h>
#include <CL/cl_ext.h>

#include <memory>
#include <string>

namespace portico::spirv {

/// Every function that the driver calls.
#define PORTICO_OPENCL_FUNCTIONS(F)                                                                \
  F(clGetPlatformIDs)                                                                              \
  F(clGetPlatformInfo)                                                                             \
  F(clGetDeviceIDs)                                                                                \
  F(clGetDeviceInfo)                                                                               \
  F(clCreateContext)                                                                               \
  F(clReleaseContext)                                                                              \
  F(clCreateCommandQueueWithProperties)                                                            \
  F(clReleaseCommandQueue)                                                                         \
  F(clCreateProgramWithIL)                                                                         \
  F(clCreateProgramWithBinary)                                                                     \
  F(clBuildProgram)                                                                                \
  F(clGetProgramInfo)                                                                              \
  F(clGetProgramBuildInfo)                                                                         \
  F(clReleaseProgram)                                                                              \
  F(clCreateKernel)                                                                                \
  F(clReleaseKernel)                                                                               \
  F(clSetKernelArg)                                                                                \
  F(clEnqueueNDRangeKernel)                                                                        \
  F(clEnqueueMarkerWithWaitList)                                                                   \
  F(clEnqueueBarrierWithWaitList)                                                                  \
  F(clGetEventInfo)                                                                                \
  F(clGetEventProfilingInfo)                                                                       \
  F(clWaitForEvents)                                                                               \
  F(clRetainEvent)                                                                                 \
  F(clReleaseEvent)                                                                                \
  F(clFlush)                                                                                       \
  F(clFinish)                                                                                      \
  F(clSVMAlloc)                                                                                    \
  F(clSVMFree)                                                                                     \
  F(clSetKernelArgSVMPointer)                                                                      \
  F(clEnqueueSVMMemcpy)                                                                            \
  F(clEnqueueSVMMemFill)                                                                           \
  F(clGetExtensionFunctionAddressForPlatform)

struct OpenCLLibrary {
#define PORTICO_MEMBER(name) decltype(&::name) name;
  PORTICO_OPENCL_FUNCTIONS(PORTICO_MEMBER)
#undef PORTICO_MEMBER

  /// Null, with the reason in `why`, where the library is missing or incomplete.
  static std::shared_ptr<OpenCLLibrary> open(const std::string &path, std::string &why);
};

/// "CL_OUT_OF_RESOURCES (-5)"
std::string openCLErrorName(cl_int code);

} // namespace portico::spirv

#endif // PORTICO_TARGETS_SPIRV_OPENCLLIBRARY_H
