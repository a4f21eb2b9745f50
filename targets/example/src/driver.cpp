// driver.cpp - the run half of the virtual accelerator, as the C table that Portico calls.
//
// The device has memory of its own, which the host only reaches by copies, and does what it is
// handed later, on queues. A kernel is a function of a range of items in a shared object.

#include "memory.h"
#include "queue.h"

#include "portico/plugin.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <set>
#include <string>
#include <unistd.h>
#include <vector>

using namespace example;

namespace {

using Kernel = void (*)(void *const *buffers, int64_t begin, int64_t end, int64_t *status);

constexpr const char *kArch = "virtual1";
constexpr size_t kMemoryBytes = size_t(8) << 30;

thread_local std::string lastError;

int32_t fail(std::string message) {
  lastError = std::move(message);
  return 1;
}

struct Device {
  Memory memory{kMemoryBytes};
  std::mutex mutex;
  std::set<Queue *> queues;
  Queue defaultQueue;

  Queue &queue(void *stream) { return stream ? *static_cast<Queue *>(stream) : defaultQueue; }
};

Device &device(void *handle) { return *static_cast<Device *>(handle); }

// Devices -----------------------------------------------------------------------------------------

bool hostCanPretend() {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
         __builtin_cpu_supports("bmi2");
}

int32_t deviceCount() { return hostCanPretend() ? 1 : 0; }

const char *unavailableReason() {
  return hostCanPretend() ? nullptr
                          : "the processor has no AVX2 and FMA, which /proc/cpuinfo lists";
}

int32_t deviceInfo(int32_t, portico_device_info *info) {
  snprintf(info->name, sizeof(info->name), "virtual accelerator");
  snprintf(info->arch, sizeof(info->arch), "%s", kArch);
  snprintf(info->driver_version, sizeof(info->driver_version), "1.0");
  info->memory_bytes = kMemoryBytes;
  info->host_memory = 0;
  info->compute_units = 1;
  return 0;
}

int32_t deviceOpen(int32_t, void **handle) {
  auto *made = new Device;
  if (!made->memory.valid()) {
    delete made;
    return fail("the system has no addresses for the memory of the device");
  }
  *handle = made;
  return 0;
}

void deviceClose(void *handle) { delete &device(handle); }

int32_t deviceSupports(int32_t, const char *arch) { return strcmp(arch, kArch) == 0; }

// Memory ------------------------------------------------------------------------------------------

int32_t memoryAllocate(void *handle, size_t bytes, void **memory) {
  *memory = device(handle).memory.allocate(bytes);
  return *memory ? 0 : fail("no piece of " + std::to_string(bytes) + " bytes is left");
}

void memoryRelease(void *handle, void *memory, size_t) { device(handle).memory.release(memory); }

int32_t memoryInfo(void *handle, uint64_t *free, uint64_t *total) {
  *free = device(handle).memory.freeBytes();
  *total = kMemoryBytes;
  return 0;
}

int32_t copy(void *handle, void *destination, const void *source, size_t bytes,
             portico_copy_kind kind, void *stream) {
  Device &self = device(handle);
  if (bytes && (self.memory.owns(destination) != (kind != PORTICO_COPY_TO_HOST) ||
                self.memory.owns(source) != (kind != PORTICO_COPY_TO_DEVICE)))
    return fail("a copy between other memories than its kind says");
  self.queue(stream).push([=] { memmove(destination, source, bytes); });
  return 0;
}

int32_t fill(void *handle, void *destination, uint64_t pattern, uint32_t width, size_t bytes,
             void *stream) {
  device(handle).queue(stream).push([=] {
    for (size_t at = 0; at + width <= bytes; at += width)
      memcpy(static_cast<char *>(destination) + at, &pattern, width);
  });
  return 0;
}

// Code --------------------------------------------------------------------------------------------

// The loader takes files by their names, so each program gets a name of its own for a moment.
int32_t moduleLoad(void *, const void *blob, size_t bytes, void **module) {
  char path[] = "/tmp/portico-example-XXXXXX";
  int file = mkstemp(path);
  if (file < 0)
    return fail(std::string("no temporary file: ") + strerror(errno));
  bool written = write(file, blob, bytes) == ssize_t(bytes);
  close(file);
  *module = written ? dlopen(path, RTLD_NOW | RTLD_LOCAL) : nullptr;
  unlink(path);
  return *module ? 0 : fail(written ? dlerror() : "the code could not be written to /tmp");
}

void moduleUnload(void *, void *module) { dlclose(module); }

int32_t moduleKernel(void *, void *module, const char *name, void **kernel) {
  *kernel = dlsym(module, name);
  return *kernel ? 0 : fail(dlerror());
}

int32_t launch(void *handle, const portico_launch *given) {
  auto kernel = reinterpret_cast<Kernel>(given->kernel);
  std::vector<void *> buffers(given->buffers, given->buffers + given->buffer_count);
  int64_t extent = given->extent, *status = given->status;
  // The queue does all items of a launch itself, so one piece of scratch is enough.
  std::shared_ptr<void> scratch;
  if (given->scratch_bytes) {
    scratch.reset(aligned_alloc(64, (given->scratch_bytes + 63) / 64 * 64), free);
    if (!scratch)
      return fail("no memory for a kernel's scratch");
    buffers[buffers.size() - 2] = scratch.get();
  }
  device(handle).queue(given->stream).push([=]() mutable {
    (void)scratch; // kept until the kernel is done
    kernel(buffers.data(), 0, extent, status);
  });
  return 0;
}

// Streams and events ------------------------------------------------------------------------------

int32_t streamCreate(void *handle, void **stream) {
  auto *queue = new Queue;
  std::lock_guard<std::mutex> lock(device(handle).mutex);
  device(handle).queues.insert(queue);
  *stream = queue;
  return 0;
}

void streamDestroy(void *handle, void *stream) {
  auto *queue = static_cast<Queue *>(stream);
  {
    std::lock_guard<std::mutex> lock(device(handle).mutex);
    device(handle).queues.erase(queue);
  }
  delete queue;
}

using Event = std::shared_ptr<Moment>;

int32_t streamWait(void *handle, void *stream, void *event) {
  if (Event moment = *static_cast<Event *>(event))
    device(handle).queue(stream).push([moment] { moment->wait(); });
  return 0;
}

int32_t streamSynchronize(void *handle, void *stream) {
  device(handle).queue(stream).mark()->wait();
  return 0;
}

int32_t eventCreate(void *, void **event) {
  *event = new Event;
  return 0;
}

void eventDestroy(void *, void *event) { delete static_cast<Event *>(event); }

int32_t eventRecord(void *handle, void *event, void *stream) {
  *static_cast<Event *>(event) = device(handle).queue(stream).mark();
  return 0;
}

int32_t eventWait(void *, void *event) {
  if (Event moment = *static_cast<Event *>(event))
    moment->wait();
  return 0;
}

int32_t eventQuery(void *, void *event, int32_t *done) {
  Event moment = *static_cast<Event *>(event);
  *done = !moment || moment->happened();
  return 0;
}

int32_t synchronize(void *handle) {
  Device &self = device(handle);
  std::vector<Event> moments{self.defaultQueue.mark()};
  {
    std::lock_guard<std::mutex> lock(self.mutex);
    for (Queue *queue : self.queues)
      moments.push_back(queue->mark());
  }
  for (const Event &moment : moments)
    moment->wait();
  return 0;
}

const char *getLastError() { return lastError.c_str(); }

portico_driver makeTable() {
  portico_driver table{};
  table.struct_size = sizeof(table);
  table.abi = PORTICO_DRIVER_ABI;
  table.name = "example";
  table.device_count = deviceCount;
  table.device_info = deviceInfo;
  table.device_open = deviceOpen;
  table.device_close = deviceClose;
  table.device_supports = deviceSupports;
  table.memory_allocate = memoryAllocate;
  table.memory_release = memoryRelease;
  table.copy = copy;
  table.fill = fill;
  table.module_load = moduleLoad;
  table.module_unload = moduleUnload;
  table.module_kernel = moduleKernel;
  table.launch = launch;
  table.stream_create = streamCreate;
  table.stream_destroy = streamDestroy;
  table.stream_wait = streamWait;
  table.stream_synchronize = streamSynchronize;
  table.event_create = eventCreate;
  table.event_destroy = eventDestroy;
  table.event_record = eventRecord;
  table.event_wait = eventWait;
  table.event_query = eventQuery;
  table.synchronize = synchronize;
  table.last_error = getLastError;
  table.unavailable_reason = unavailableReason;
  table.memory_info = memoryInfo;
  return table;
}

} // namespace

extern "C" PORTICO_PLUGIN_EXPORT const portico_driver *portico_target_driver(void) {
  static const portico_driver table = makeTable();
  return &table;
}
