//===- LevelZeroDevice.cpp - SPIR-V through Level Zero -----------------------===//
//
// Streams are immediate command lists, put in order by a barrier after every
// command. A list is used by one thread at a time, as are the arguments of a
// kernel object.
//
//===----------------------------------------------------------------------===//

#include "targets/spirv/LevelZeroDevice.h"

#include "portico/runtime.h"

#include <cstdlib>
#include <map>
#include <mutex>

using namespace portico::spirv;

namespace {

struct Context {
  std::shared_ptr<LevelZeroLibrary> ze;
  ze_device_handle_t device;
  ze_context_handle_t context = nullptr;
  /// The number of the engines that compute.
  uint32_t engines = 0;
  /// Of the device's clock: ticks a second, and the bits that count.
  double ticksPerSecond = 1e9;
  uint64_t tickMask = ~uint64_t(0);
  /// Larger allocations have to be asked for in so many words.
  uint64_t usualAllocation = 0;
  std::string buildOptions;

  ~Context() {
    if (context)
      ze->zeContextDestroy(context);
  }
  void check(ze_result_t code, const char *what) const { ze->check(code, what); }

  void *allocateHost(size_t bytes) const {
    ze_host_mem_alloc_desc_t descriptor{};
    descriptor.stype = ZE_STRUCTURE_TYPE_HOST_MEM_ALLOC_DESC;
    void *memory = nullptr;
    check(ze->zeMemAllocHost(context, &descriptor, bytes, PORTICO_ALIGNMENT, &memory),
          "the allocation");
    return memory;
  }
};

using ContextRef = std::shared_ptr<Context>;

/// Something that a command list signals once, and when.
class Signal {
public:
  explicit Signal(ContextRef shared) : context(std::move(shared)) {
    ze_event_pool_desc_t poolDescriptor{};
    poolDescriptor.stype = ZE_STRUCTURE_TYPE_EVENT_POOL_DESC;
    poolDescriptor.flags = ZE_EVENT_POOL_FLAG_HOST_VISIBLE;
    poolDescriptor.count = 1;
    const LevelZeroLibrary &ze = *context->ze;
    tick = static_cast<uint64_t *>(context->allocateHost(sizeof(uint64_t)));
    ze_result_t code =
        ze.zeEventPoolCreate(context->context, &poolDescriptor, 1, &context->device, &pool);
    if (code == ZE_RESULT_SUCCESS) {
      ze_event_desc_t descriptor{};
      descriptor.stype = ZE_STRUCTURE_TYPE_EVENT_DESC;
      descriptor.signal = descriptor.wait = ZE_EVENT_SCOPE_FLAG_HOST;
      code = ze.zeEventCreate(pool, &descriptor, &event);
    }
    if (code != ZE_RESULT_SUCCESS) {
      destroy();
      context->check(code, "an event");
    }
  }
  ~Signal() { destroy(); }
  Signal(const Signal &) = delete;
  Signal &operator=(const Signal &) = delete;

  void wait() const {
    context->check(context->ze->zeEventHostSynchronize(event, UINT64_MAX),
                   "zeEventHostSynchronize");
  }

  bool happened() const {
    ze_result_t state = context->ze->zeEventQueryStatus(event);
    if (state != ZE_RESULT_NOT_READY)
      context->check(state, "zeEventQueryStatus");
    return state == ZE_RESULT_SUCCESS;
  }

  ContextRef context;
  ze_event_pool_handle_t pool = nullptr;
  ze_event_handle_t event = nullptr;
  uint64_t *tick = nullptr;

private:
  void destroy() {
    if (event)
      context->ze->zeEventDestroy(event);
    if (pool)
      context->ze->zeEventPoolDestroy(pool);
    context->ze->zeMemFree(context->context, tick);
  }
};

using SignalRef = std::shared_ptr<Signal>;

struct Kernel {
  ze_kernel_handle_t object;
  std::mutex arguments;
};

class LevelZeroEvent : public Event {
public:
  explicit LevelZeroEvent(ContextRef context) : context(std::move(context)) {}

  void record(Stream &stream) override;

  void wait() override {
    if (SignalRef signal = get())
      signal->wait();
  }

  bool happened() override {
    SignalRef signal = get();
    return !signal || signal->happened();
  }

  double since(Event &start) override {
    SignalRef from = static_cast<LevelZeroEvent &>(start).get(), to = get();
    if (!from || !to)
      throw Error("the time between two events, of which one was not recorded");
    return double((*to->tick - *from->tick) & context->tickMask) / context->ticksPerSecond * 1e3;
  }

  SignalRef get() {
    std::lock_guard<std::mutex> lock(mutex);
    return recorded;
  }

private:
  ContextRef context;
  std::mutex mutex;
  SignalRef recorded;
};

class LevelZeroStream : public Stream {
public:
  explicit LevelZeroStream(ContextRef shared) : context(std::move(shared)) {
    ze_command_queue_desc_t descriptor{};
    descriptor.stype = ZE_STRUCTURE_TYPE_COMMAND_QUEUE_DESC;
    descriptor.ordinal = context->engines;
    descriptor.mode = ZE_COMMAND_QUEUE_MODE_ASYNCHRONOUS;
    context->check(context->ze->zeCommandListCreateImmediate(context->context, context->device,
                                                             &descriptor, &list),
                   "zeCommandListCreateImmediate");
  }

  // A list in use cannot be destroyed.
  ~LevelZeroStream() override {
    try {
      synchronize();
    } catch (const Error &) {
    }
    context->ze->zeCommandListDestroy(list);
  }

  void copy(void *destination, const void *source, size_t bytes) override {
    append("a copy", [&] {
      return context->ze->zeCommandListAppendMemoryCopy(list, destination, source, bytes, nullptr,
                                                        0, nullptr);
    });
  }

  void fill(void *destination, uint64_t pattern, uint32_t patternBytes, size_t bytes) override {
    append("a fill", [&] {
      return context->ze->zeCommandListAppendMemoryFill(list, destination, &pattern, patternBytes,
                                                        bytes, nullptr, 0, nullptr);
    });
  }

  void launch(const portico_launch &launch) override {
    auto &kernel = *static_cast<Kernel *>(launch.kernel);
    const LevelZeroLibrary &ze = *context->ze;
    std::lock_guard<std::mutex> lock(kernel.arguments);
    uint32_t index = 0;
    auto set = [&](size_t bytes, const void *value) {
      context->check(ze.zeKernelSetArgumentValue(kernel.object, index++, bytes, value),
                     "zeKernelSetArgumentValue");
    };
    for (uint32_t i = 0; i < launch.buffer_count; ++i)
      set(sizeof(void *), &launch.buffers[i]);
    set(sizeof(launch.extent), &launch.extent);
    set(sizeof(launch.status), &launch.status);
    if (launch.group_memory_bytes)
      set(launch.group_memory_bytes, nullptr);
    context->check(
        ze.zeKernelSetGroupSize(kernel.object, launch.block[0], launch.block[1], launch.block[2]),
        "zeKernelSetGroupSize");
    ze_group_count_t groups{launch.grid[0], launch.grid[1], launch.grid[2]};
    append("zeCommandListAppendLaunchKernel", [&] {
      return ze.zeCommandListAppendLaunchKernel(list, kernel.object, &groups, nullptr, 0, nullptr);
    });
  }

  void waitFor(Event &event) override {
    SignalRef signal = static_cast<LevelZeroEvent &>(event).get();
    if (!signal)
      return;
    std::lock_guard<std::mutex> lock(mutex);
    context->check(context->ze->zeCommandListAppendBarrier(list, nullptr, 1, &signal->event),
                   "zeCommandListAppendBarrier");
    kept.push_back({std::move(signal), /*own=*/false});
  }

  void synchronize() override {
    mark()->wait();
    std::lock_guard<std::mutex> lock(mutex);
    dropFinished();
  }

  /// A signal that comes when all of the list so far is done.
  SignalRef mark() {
    auto signal = std::make_shared<Signal>(context);
    std::lock_guard<std::mutex> lock(mutex);
    dropFinished();
    context->check(context->ze->zeCommandListAppendWriteGlobalTimestamp(list, signal->tick, nullptr,
                                                                        0, nullptr),
                   "zeCommandListAppendWriteGlobalTimestamp");
    context->check(context->ze->zeCommandListAppendBarrier(list, signal->event, 0, nullptr),
                   "zeCommandListAppendBarrier");
    kept.push_back({signal, /*own=*/true});
    return signal;
  }

private:
  template <typename Command> void append(const char *what, Command command) {
    std::lock_guard<std::mutex> lock(mutex);
    context->check(command(), what);
    context->check(context->ze->zeCommandListAppendBarrier(list, nullptr, 0, nullptr),
                   "zeCommandListAppendBarrier");
  }

  /// The list works in order: where it has signalled, nothing before refers to a signal.
  void dropFinished() {
    size_t finished = 0;
    for (size_t i = 0; i < kept.size(); ++i) {
      if (!kept[i].own)
        continue;
      if (!kept[i].signal->happened())
        break;
      finished = i + 1;
    }
    kept.erase(kept.begin(), kept.begin() + ptrdiff_t(finished));
  }

  struct Kept {
    SignalRef signal;
    /// This list gives the signal; otherwise it waits for it.
    bool own;
  };

  ContextRef context;
  ze_command_list_handle_t list = nullptr;
  std::mutex mutex;
  /// Signals that commands under way may refer to.
  std::vector<Kept> kept;
};

void LevelZeroEvent::record(Stream &stream) {
  SignalRef signal = static_cast<LevelZeroStream &>(stream).mark();
  std::lock_guard<std::mutex> lock(mutex);
  recorded = std::move(signal);
}

class LevelZeroCode : public Code {
public:
  LevelZeroCode(ContextRef shared, std::string_view spirv) : context(std::move(shared)) {
    ze_module_desc_t descriptor{};
    descriptor.stype = ZE_STRUCTURE_TYPE_MODULE_DESC;
    descriptor.format = ZE_MODULE_FORMAT_IL_SPIRV;
    descriptor.inputSize = spirv.size();
    descriptor.pInputModule = reinterpret_cast<const uint8_t *>(spirv.data());
    descriptor.pBuildFlags = context->buildOptions.c_str();
    ze_module_build_log_handle_t log = nullptr;
    ze_result_t code =
        context->ze->zeModuleCreate(context->context, context->device, &descriptor, &module, &log);
    std::string text;
    if (log) {
      size_t size = 0;
      context->ze->zeModuleBuildLogGetString(log, &size, nullptr);
      text.resize(size);
      context->ze->zeModuleBuildLogGetString(log, &size, text.data());
      context->ze->zeModuleBuildLogDestroy(log);
    }
    context->check(code, ("zeModuleCreate\n" + text).c_str());
  }

  ~LevelZeroCode() override {
    for (auto &[name, kernel] : kernels)
      context->ze->zeKernelDestroy(kernel.object);
    context->ze->zeModuleDestroy(module);
  }

  void *kernel(const std::string &name) override {
    std::lock_guard<std::mutex> lock(mutex);
    auto known = kernels.find(name);
    if (known != kernels.end())
      return &known->second;
    ze_kernel_desc_t descriptor{};
    descriptor.stype = ZE_STRUCTURE_TYPE_KERNEL_DESC;
    descriptor.pKernelName = name.c_str();
    ze_kernel_handle_t object;
    ze_result_t code = context->ze->zeKernelCreate(module, &descriptor, &object);
    if (code == ZE_RESULT_ERROR_INVALID_KERNEL_NAME)
      return nullptr;
    context->check(code, "zeKernelCreate");
    Kernel &kernel = kernels[name];
    kernel.object = object;
    return &kernel;
  }

private:
  ContextRef context;
  ze_module_handle_t module = nullptr;
  std::mutex mutex;
  std::map<std::string, Kernel> kernels;
};

class LevelZeroDevice : public Device {
public:
  explicit LevelZeroDevice(ContextRef context) : context(std::move(context)) {}

  void *allocate(size_t bytes) override {
    ze_device_mem_alloc_desc_t descriptor{};
    descriptor.stype = ZE_STRUCTURE_TYPE_DEVICE_MEM_ALLOC_DESC;
    ze_relaxed_allocation_limits_exp_desc_t large{};
    large.stype = ZE_STRUCTURE_TYPE_RELAXED_ALLOCATION_LIMITS_EXP_DESC;
    large.flags = ZE_RELAXED_ALLOCATION_LIMITS_EXP_FLAG_MAX_SIZE;
    if (bytes > context->usualAllocation)
      descriptor.pNext = &large;
    void *memory = nullptr;
    context->check(context->ze->zeMemAllocDevice(context->context, &descriptor, bytes,
                                                 PORTICO_ALIGNMENT, context->device, &memory),
                   "the allocation");
    return memory;
  }
  void *allocateHost(size_t bytes) override { return context->allocateHost(bytes); }
  void release(void *memory) override { context->ze->zeMemFree(context->context, memory); }
  std::unique_ptr<Stream> makeStream() override {
    return std::make_unique<LevelZeroStream>(context);
  }
  std::unique_ptr<Event> makeEvent() override { return std::make_unique<LevelZeroEvent>(context); }
  std::unique_ptr<Code> build(std::string_view spirv) override {
    return std::make_unique<LevelZeroCode>(context, spirv);
  }

private:
  ContextRef context;
};

/// The first group of engines that runs kernels.
uint32_t computeEngines(const LevelZeroLibrary &ze, ze_device_handle_t device) {
  uint32_t count = 0;
  ze.check(ze.zeDeviceGetCommandQueueGroupProperties(device, &count, nullptr),
           "zeDeviceGetCommandQueueGroupProperties");
  std::vector<ze_command_queue_group_properties_t> groups(count);
  for (auto &group : groups)
    group.stype = ZE_STRUCTURE_TYPE_COMMAND_QUEUE_GROUP_PROPERTIES;
  ze.check(ze.zeDeviceGetCommandQueueGroupProperties(device, &count, groups.data()),
           "zeDeviceGetCommandQueueGroupProperties");
  for (uint32_t i = 0; i < count; ++i)
    if (groups[i].flags & ZE_COMMAND_QUEUE_GROUP_PROPERTY_FLAG_COMPUTE)
      return i;
  throw Error("the device has no engine that computes");
}

} // namespace

std::unique_ptr<Device> portico::spirv::openLevelZeroDevice(std::shared_ptr<LevelZeroLibrary> ze,
                                                            ze_driver_handle_t driver,
                                                            ze_device_handle_t device) {
  auto context = std::make_shared<Context>();
  context->ze = ze;
  context->device = device;
  ze_context_desc_t descriptor{};
  descriptor.stype = ZE_STRUCTURE_TYPE_CONTEXT_DESC;
  ze->check(ze->zeContextCreate(driver, &descriptor, &context->context), "zeContextCreate");
  context->engines = computeEngines(*ze, device);

  ze_device_properties_t properties{};
  // In this version the timer's resolution is a frequency; before, whole nanoseconds.
  properties.stype = ZE_STRUCTURE_TYPE_DEVICE_PROPERTIES_1_2;
  ze->check(ze->zeDeviceGetProperties(device, &properties), "zeDeviceGetProperties");
  if (properties.timerResolution)
    context->ticksPerSecond = double(properties.timerResolution);
  context->usualAllocation = properties.maxMemAllocSize;
  if (properties.timestampValidBits < 64)
    context->tickMask = (uint64_t(1) << properties.timestampValidBits) - 1;

  ze_device_module_properties_t module{};
  module.stype = ZE_STRUCTURE_TYPE_DEVICE_MODULE_PROPERTIES;
  ze->check(ze->zeDeviceGetModuleProperties(device, &module), "zeDeviceGetModuleProperties");
  // Otherwise the compiler may take 32 bits for the offset into a buffer.
  context->buildOptions = "-ze-opt-greater-than-4GB-buffer-required";
  if (module.fp32flags & ZE_DEVICE_FP_FLAG_ROUNDED_DIVIDE_SQRT)
    context->buildOptions += " -cl-fp32-correctly-rounded-divide-sqrt";
  if (const char *more = getenv("PORTICO_SPIRV_BUILD_OPTIONS"))
    context->buildOptions += std::string(" ") + more;
  return std::make_unique<LevelZeroDevice>(std::move(context));
}
