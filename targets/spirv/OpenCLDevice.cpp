//===- OpenCLDevice.cpp - SPIR-V through OpenCL ------------------------------===//
//
// Streams are in-order queues. The arguments of a kernel object are state of the
// object, so launches of one kernel take turns in setting them.
//
//===----------------------------------------------------------------------===//

#include "targets/spirv/OpenCLDevice.h"
#include "targets/spirv/OpenCLMemory.h"
#include "targets/spirv/OpenCLProgram.h"

#include <map>
#include <mutex>
#include <optional>

using namespace portico::spirv;

namespace {

struct Context {
  std::shared_ptr<OpenCLLibrary> cl;
  cl_device_id device;
  cl_context context = nullptr;
  std::unique_ptr<OpenCLMemory> memory;
  std::optional<OpenCLBuilder> builder;

  ~Context() {
    memory.reset();
    if (context)
      cl->clReleaseContext(context);
  }

  void check(cl_int code, const char *what) const {
    if (code != CL_SUCCESS)
      throw Error(std::string(what) + ": " + openCLErrorName(code));
  }
};

using ContextRef = std::shared_ptr<Context>;

struct Kernel {
  cl_kernel object;
  std::mutex arguments;
};

class OpenCLStream;

class OpenCLEvent : public Event {
public:
  explicit OpenCLEvent(ContextRef context) : context(std::move(context)) {}
  ~OpenCLEvent() override { take(nullptr); }

  void record(Stream &stream) override;

  void wait() override {
    Hold held(*this);
    if (held.event)
      context->check(context->cl->clWaitForEvents(1, &held.event), "clWaitForEvents");
  }

  bool happened() override {
    Hold held(*this);
    if (!held.event)
      return true;
    cl_int state = 0;
    context->check(context->cl->clGetEventInfo(held.event, CL_EVENT_COMMAND_EXECUTION_STATUS,
                                               sizeof(state), &state, nullptr),
                   "clGetEventInfo");
    context->check(state < 0 ? state : CL_SUCCESS, "the work before an event");
    return state == CL_COMPLETE;
  }

  double since(Event &start) override {
    return double(int64_t(time() - static_cast<OpenCLEvent &>(start).time())) * 1e-6;
  }

  void enqueueWait(cl_command_queue queue) {
    Hold held(*this);
    if (held.event)
      context->check(context->cl->clEnqueueBarrierWithWaitList(queue, 1, &held.event, nullptr),
                     "clEnqueueBarrierWithWaitList");
  }

private:
  /// The recorded event, kept alive while another thread may record anew.
  struct Hold {
    explicit Hold(OpenCLEvent &owner) : cl(*owner.context->cl) {
      std::lock_guard<std::mutex> lock(owner.mutex);
      event = owner.recorded;
      if (event)
        cl.clRetainEvent(event);
    }
    ~Hold() {
      if (event)
        cl.clReleaseEvent(event);
    }
    const OpenCLLibrary &cl;
    cl_event event;
  };

  void take(cl_event fresh) {
    std::lock_guard<std::mutex> lock(mutex);
    if (recorded)
      context->cl->clReleaseEvent(recorded);
    recorded = fresh;
  }

  cl_ulong time() {
    Hold held(*this);
    cl_ulong nanoseconds = 0;
    context->check(context->cl->clGetEventProfilingInfo(held.event, CL_PROFILING_COMMAND_END,
                                                        sizeof(nanoseconds), &nanoseconds, nullptr),
                   "clGetEventProfilingInfo");
    return nanoseconds;
  }

  ContextRef context;
  std::mutex mutex;
  cl_event recorded = nullptr;
};

class OpenCLStream : public Stream {
public:
  explicit OpenCLStream(ContextRef shared) : context(std::move(shared)) {
    const cl_queue_properties properties[] = {CL_QUEUE_PROPERTIES, CL_QUEUE_PROFILING_ENABLE, 0};
    cl_int code;
    queue = context->cl->clCreateCommandQueueWithProperties(context->context, context->device,
                                                            properties, &code);
    context->check(code, "clCreateCommandQueueWithProperties");
  }

  // Releasing a queue flushes it and leaves its work to be done some time: whoever then waits
  // for the device, or gives memory back, would not wait for that.
  ~OpenCLStream() override {
    context->cl->clFinish(queue);
    context->cl->clReleaseCommandQueue(queue);
  }

  void copy(void *destination, const void *source, size_t bytes) override {
    context->check(context->memory->copy(queue, destination, source, bytes), "a copy");
  }

  void fill(void *destination, uint64_t pattern, uint32_t patternBytes, size_t bytes) override {
    context->check(context->memory->fill(queue, destination, &pattern, patternBytes, bytes),
                   "a fill");
  }

  void launch(const portico_launch &launch) override {
    auto &kernel = *static_cast<Kernel *>(launch.kernel);
    OpenCLMemory &memory = *context->memory;
    std::lock_guard<std::mutex> lock(kernel.arguments);
    cl_uint index = 0;
    for (; index < launch.buffer_count; ++index)
      context->check(memory.setArgument(kernel.object, index, launch.buffers[index]),
                     "setting a kernel's buffer");
    context->check(
        context->cl->clSetKernelArg(kernel.object, index++, sizeof(launch.extent), &launch.extent),
        "setting a kernel's extent");
    context->check(memory.setArgument(kernel.object, index, launch.status),
                   "setting a kernel's status");
    if (launch.group_memory_bytes)
      context->check(
          context->cl->clSetKernelArg(kernel.object, index + 1, launch.group_memory_bytes, nullptr),
          "setting a kernel's group memory");
    size_t global[3], local[3];
    for (int i = 0; i < 3; ++i) {
      local[i] = launch.block[i];
      global[i] = size_t(launch.grid[i]) * launch.block[i];
    }
    context->check(context->cl->clEnqueueNDRangeKernel(queue, kernel.object, 3, nullptr, global,
                                                       local, 0, nullptr, nullptr),
                   "clEnqueueNDRangeKernel");
  }

  void waitFor(Event &event) override { static_cast<OpenCLEvent &>(event).enqueueWait(queue); }

  void synchronize() override { context->check(context->cl->clFinish(queue), "clFinish"); }

  cl_event mark() {
    cl_event event = nullptr;
    context->check(context->cl->clEnqueueMarkerWithWaitList(queue, 0, nullptr, &event),
                   "clEnqueueMarkerWithWaitList");
    // Another queue may wait for it, and a wait flushes only the queue it is called on.
    context->check(context->cl->clFlush(queue), "clFlush");
    return event;
  }

private:
  ContextRef context;
  cl_command_queue queue;
};

void OpenCLEvent::record(Stream &stream) { take(static_cast<OpenCLStream &>(stream).mark()); }

class OpenCLCode : public Code {
public:
  OpenCLCode(ContextRef shared, std::string_view spirv)
      : context(std::move(shared)), program(context->builder->build(spirv)) {}

  ~OpenCLCode() override {
    for (auto &[name, kernel] : kernels)
      context->cl->clReleaseKernel(kernel.object);
    context->cl->clReleaseProgram(program);
  }

  void *kernel(const std::string &name) override {
    std::lock_guard<std::mutex> lock(mutex);
    auto known = kernels.find(name);
    if (known != kernels.end())
      return &known->second;
    cl_int code;
    cl_kernel object = context->cl->clCreateKernel(program, name.c_str(), &code);
    if (code == CL_INVALID_KERNEL_NAME)
      return nullptr;
    context->check(code, "clCreateKernel");
    Kernel &kernel = kernels[name];
    kernel.object = object;
    return &kernel;
  }

private:
  ContextRef context;
  cl_program program;
  std::mutex mutex;
  std::map<std::string, Kernel> kernels;
};

class OpenCLDevice : public Device {
public:
  explicit OpenCLDevice(ContextRef context) : context(std::move(context)) {}

  void *allocate(size_t bytes) override {
    return checked([&](cl_int &code) { return context->memory->allocate(bytes, code); });
  }
  void *allocateHost(size_t bytes) override {
    return checked([&](cl_int &code) { return context->memory->allocateHost(bytes, code); });
  }
  void release(void *memory) override { context->memory->release(memory); }
  std::unique_ptr<Stream> makeStream() override { return std::make_unique<OpenCLStream>(context); }
  std::unique_ptr<Event> makeEvent() override { return std::make_unique<OpenCLEvent>(context); }
  std::unique_ptr<Code> build(std::string_view spirv) override {
    return std::make_unique<OpenCLCode>(context, spirv);
  }

private:
  template <typename Allocate> void *checked(Allocate allocate) {
    cl_int code = CL_SUCCESS;
    void *memory = allocate(code);
    context->check(code, "the allocation");
    return memory;
  }

  ContextRef context;
};

} // namespace

std::unique_ptr<Device> portico::spirv::openOpenCLDevice(std::shared_ptr<OpenCLLibrary> cl,
                                                         cl_platform_id platform,
                                                         cl_device_id device) {
  auto context = std::make_shared<Context>();
  context->cl = cl;
  context->device = device;
  cl_int code;
  context->context = cl->clCreateContext(nullptr, 1, &device, nullptr, nullptr, &code);
  context->check(code, "clCreateContext");
  context->memory = makeOpenCLMemory(cl, platform, device, context->context);
  if (!context->memory)
    throw Error("the device has neither unified nor shared virtual memory");
  context->builder.emplace(*cl, platform, device, context->context);
  return std::make_unique<OpenCLDevice>(std::move(context));
}
