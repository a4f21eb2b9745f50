//===- OpenCLMemory.cpp - memory with addresses, by one of two extensions ----===//

#include "targets/spirv/OpenCLMemory.h"

#include "portico/runtime.h"

using namespace portico::spirv;

namespace {

class UnifiedMemory : public OpenCLMemory {
public:
  UnifiedMemory(const OpenCLLibrary &cl, cl_platform_id platform, cl_device_id device,
                cl_context context)
      : context(context), device(device) {
    auto find = [&](auto &function, const char *name) {
      function = reinterpret_cast<std::decay_t<decltype(function)>>(
          cl.clGetExtensionFunctionAddressForPlatform(platform, name));
      complete = complete && function;
    };
    find(deviceAlloc, "clDeviceMemAllocINTEL");
    find(hostAlloc, "clHostMemAllocINTEL");
    find(memoryFree, "clMemFreeINTEL");
    find(setPointer, "clSetKernelArgMemPointerINTEL");
    find(enqueueCopy, "clEnqueueMemcpyINTEL");
    find(enqueueFill, "clEnqueueMemFillINTEL");
  }

  bool isComplete() const { return complete; }

  void *allocate(size_t bytes, cl_int &code) override {
    return deviceAlloc(context, device, nullptr, bytes, PORTICO_ALIGNMENT, &code);
  }
  void *allocateHost(size_t bytes, cl_int &code) override {
    return hostAlloc(context, nullptr, bytes, PORTICO_ALIGNMENT, &code);
  }
  void release(void *memory) override { memoryFree(context, memory); }
  cl_int copy(cl_command_queue queue, void *destination, const void *source,
              size_t bytes) override {
    return enqueueCopy(queue, CL_FALSE, destination, source, bytes, 0, nullptr, nullptr);
  }
  cl_int fill(cl_command_queue queue, void *destination, const void *pattern, size_t patternBytes,
              size_t bytes) override {
    return enqueueFill(queue, destination, pattern, patternBytes, bytes, 0, nullptr, nullptr);
  }
  cl_int setArgument(cl_kernel kernel, cl_uint index, const void *pointer) override {
    return setPointer(kernel, index, pointer);
  }

private:
  cl_context context;
  cl_device_id device;
  bool complete = true;
  clDeviceMemAllocINTEL_fn deviceAlloc;
  clHostMemAllocINTEL_fn hostAlloc;
  clMemFreeINTEL_fn memoryFree;
  clSetKernelArgMemPointerINTEL_fn setPointer;
  clEnqueueMemcpyINTEL_fn enqueueCopy;
  clEnqueueMemFillINTEL_fn enqueueFill;
};

class SharedVirtualMemory : public OpenCLMemory {
public:
  SharedVirtualMemory(std::shared_ptr<OpenCLLibrary> cl, cl_context context)
      : cl(std::move(cl)), context(context) {}

  void *allocate(size_t bytes, cl_int &code) override {
    void *memory = cl->clSVMAlloc(context, CL_MEM_READ_WRITE, bytes, PORTICO_ALIGNMENT);
    code = memory ? CL_SUCCESS : CL_MEM_OBJECT_ALLOCATION_FAILURE;
    return memory;
  }
  void *allocateHost(size_t bytes, cl_int &code) override { return allocate(bytes, code); }
  void release(void *memory) override { cl->clSVMFree(context, memory); }
  cl_int copy(cl_command_queue queue, void *destination, const void *source,
              size_t bytes) override {
    return cl->clEnqueueSVMMemcpy(queue, CL_FALSE, destination, source, bytes, 0, nullptr, nullptr);
  }
  cl_int fill(cl_command_queue queue, void *destination, const void *pattern, size_t patternBytes,
              size_t bytes) override {
    return cl->clEnqueueSVMMemFill(queue, destination, pattern, patternBytes, bytes, 0, nullptr,
                                   nullptr);
  }
  cl_int setArgument(cl_kernel kernel, cl_uint index, const void *pointer) override {
    return cl->clSetKernelArgSVMPointer(kernel, index, pointer);
  }

private:
  std::shared_ptr<OpenCLLibrary> cl;
  cl_context context;
};

bool hasUnified(const OpenCLLibrary &cl, cl_device_id device) {
  cl_device_unified_shared_memory_capabilities_intel capabilities = 0;
  return cl.clGetDeviceInfo(device, CL_DEVICE_DEVICE_MEM_CAPABILITIES_INTEL, sizeof(capabilities),
                            &capabilities, nullptr) == CL_SUCCESS &&
         (capabilities & CL_UNIFIED_SHARED_MEMORY_ACCESS_INTEL);
}

bool hasShared(const OpenCLLibrary &cl, cl_device_id device) {
  cl_device_svm_capabilities capabilities = 0;
  return cl.clGetDeviceInfo(device, CL_DEVICE_SVM_CAPABILITIES, sizeof(capabilities), &capabilities,
                            nullptr) == CL_SUCCESS &&
         (capabilities & CL_DEVICE_SVM_COARSE_GRAIN_BUFFER);
}

} // namespace

bool portico::spirv::hasOpenCLMemory(const OpenCLLibrary &cl, cl_device_id device) {
  return hasUnified(cl, device) || hasShared(cl, device);
}

std::unique_ptr<OpenCLMemory> portico::spirv::makeOpenCLMemory(std::shared_ptr<OpenCLLibrary> cl,
                                                               cl_platform_id platform,
                                                               cl_device_id device,
                                                               cl_context context) {
  if (hasUnified(*cl, device)) {
    auto memory = std::make_unique<UnifiedMemory>(*cl, platform, device, context);
    if (memory->isComplete())
      return memory;
  }
  if (hasShared(*cl, device))
    return std::make_unique<SharedVirtualMemory>(std::move(cl), context);
  return nullptr;
}
