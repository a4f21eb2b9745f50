//===- OpenCLMemory.h - memory with addresses, by one of two extensions ------===//
//
// The runtime does arithmetic on addresses, so cl_mem objects will not do. Intel's
// unified shared memory is preferred: it can stay on the device. Otherwise the
// shared virtual memory of OpenCL 2.0.
//
//===----------------------------------------------------------------------===//

#ifndef PORTICO_TARGETS_SPIRV_OPENCLMEMORY_H
#define PORTICO_TARGETS_SPIRV_OPENCLMEMORY_H

#include "targets/spirv/OpenCLLibrary.h"

namespace portico::spirv {

class OpenCLMemory {
public:
  virtual ~OpenCLMemory() = default;
  /// Null where there is none left.
  virtual void *allocate(size_t bytes, cl_int &code) = 0;
  virtual void *allocateHost(size_t bytes, cl_int &code) = 0;
  virtual void release(void *memory) = 0;
  virtual cl_int copy(cl_command_queue queue, void *destination, const void *source,
                      size_t bytes) = 0;
  virtual cl_int fill(cl_command_queue queue, void *destination, const void *pattern,
                      size_t patternBytes, size_t bytes) = 0;
  virtual cl_int setArgument(cl_kernel kernel, cl_uint index, const void *pointer) = 0;
};

/// Null where the device has neither.
std::unique_ptr<OpenCLMemory> makeOpenCLMemory(std::shared_ptr<OpenCLLibrary> cl,
                                               cl_platform_id platform, cl_device_id device,
                                               cl_context context);

/// Whether `makeOpenCLMemory` would find anything.
bool hasOpenCLMemory(const OpenCLLibrary &cl, cl_device_id device);

} // namespace portico::spirv

#endif // PORTICO_TARGETS_SPIRV_OPENCLMEMORY_H
