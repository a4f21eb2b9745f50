//===- MockDriver.cpp - the host, dressed up as a device --------------------===//
//
// Runs the code of the first target of the build (which must be for this host) as an
// accelerator would: in memory of its own that the host cannot touch, on streams
// that work later, and with figures that tests choose through the environment:
//
//   PORTICO_MOCK_DEVICES      how many there are (2); 0: absent, with a reason
//   PORTICO_MOCK_MEMORY       bytes of each (1 GiB)
//   PORTICO_MOCK_DELAY_US     how late every piece of work is (200)
//   PORTICO_MOCK_FAIL_LAUNCH  the launch of that number, counted from 1, is refused
//   PORTICO_MOCK_NO_GRAPHS    1: it refuses to record graphs
//
//===----------------------------------------------------------------------===//

#include "MockDriver.h"
#include "Memory.h"
#include "Queue.h"

#include "targets/common/DriverTable.h"

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <string>
#include <sys/mman.h>
#include <unistd.h>
#include <vector>

using namespace portico::mock;

namespace {

using Kernel = void (*)(void *const *buffers, int64_t begin, int64_t end, int64_t *status);

thread_local std::string errorText;

int32_t failed(std::string message) {
  errorText = std::move(message);
  return 1;
}

const char *lastError() { return errorText.c_str(); }

long setting(const char *variable, long otherwise) {
  const char *text = getenv(variable);
  return text && *text ? strtol(text, nullptr, 10) : otherwise;
}

size_t memoryBytes() { return size_t(setting("PORTICO_MOCK_MEMORY", 1L << 30)); }

Queue *newQueue() {
  return new Queue(std::chrono::microseconds(setting("PORTICO_MOCK_DELAY_US", 200)));
}

struct Device {
  Memory memory{memoryBytes()};
  Queue *defaultQueue = newQueue();
  std::mutex mutex;
  std::vector<Queue *> queues{defaultQueue};

  Queue &queue(void *stream) { return stream ? *static_cast<Queue *>(stream) : *defaultQueue; }
  /// Where the bytes are, for an address of the host's or of the device's.
  void *bytes(const void *address) {
    return memory.owns(address) ? memory.behind(address) : const_cast<void *>(address);
  }
};

Device &device(void *handle) { return *static_cast<Device *>(handle); }

//===----------------------------------------------------------------------===//
// Devices
//===----------------------------------------------------------------------===//

int32_t deviceCount() { return int32_t(setting("PORTICO_MOCK_DEVICES", 2)); }

const char *unavailableReason() {
  return deviceCount() ? nullptr : "PORTICO_MOCK_DEVICES is 0 in the environment";
}

int32_t deviceInfo(int32_t ordinal, portico_device_info *info) {
  snprintf(info->name, sizeof(info->name), "mock device %d", ordinal);
  snprintf(info->driver_version, sizeof(info->driver_version), "1.2");
  info->memory_bytes = memoryBytes();
  info->host_memory = 0;
  info->compute_units = 1;
  return 0;
}

int32_t deviceOpen(int32_t, void **handle) {
  *handle = new Device;
  return 0;
}

void deviceClose(void *) {}

// Code is made for this host and handed over in the same process.
int32_t deviceSupports(int32_t, const char *) { return 1; }

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

int32_t memoryAllocate(void *handle, size_t bytes, void **memory) {
  *memory = device(handle).memory.allocate(bytes);
  return *memory ? 0 : failed("no piece of " + std::to_string(bytes) + " bytes is left");
}

void memoryRelease(void *handle, void *memory, size_t) { device(handle).memory.release(memory); }

int32_t memoryInfo(void *handle, uint64_t *freeBytes, uint64_t *totalBytes) {
  *freeBytes = device(handle).memory.freeBytes();
  *totalBytes = device(handle).memory.capacity();
  return 0;
}

int32_t copy(void *handle, void *destination, const void *source, size_t bytes,
             portico_copy_kind kind, void *stream) {
  Device &self = device(handle);
  bool toDevice = kind != PORTICO_COPY_TO_HOST, fromDevice = kind != PORTICO_COPY_TO_DEVICE;
  if (self.memory.owns(destination) != toDevice || self.memory.owns(source) != fromDevice)
    return failed("a copy of the wrong kind");
  self.queue(stream).push(
      [=, &self] { memmove(self.bytes(destination), self.bytes(source), bytes); });
  return 0;
}

int32_t fill(void *handle, void *destination, uint64_t pattern, uint32_t patternBytes, size_t bytes,
             void *stream) {
  Device &self = device(handle);
  if (!self.memory.owns(destination))
    return failed("a fill of memory that is not the device's");
  self.queue(stream).push([=, &self] {
    char *at = static_cast<char *>(self.bytes(destination));
    for (size_t done = 0; done + patternBytes <= bytes; done += patternBytes)
      memcpy(at + done, &pattern, patternBytes);
  });
  return 0;
}

//===----------------------------------------------------------------------===//
// Code
//===----------------------------------------------------------------------===//

int32_t moduleLoad(void *, const void *blob, size_t bytes, void **module) {
  char path[] = "/tmp/portico-mock-XXXXXX";
  int file = mkstemp(path);
  if (file < 0)
    return failed(std::string("mkstemp: ") + strerror(errno));
  bool written = write(file, blob, bytes) == ssize_t(bytes);
  close(file);
  *module = written ? dlopen(path, RTLD_NOW | RTLD_LOCAL) : nullptr;
  unlink(path);
  return *module ? 0 : failed(written ? dlerror() : "the code could not be written");
}

void moduleUnload(void *, void *module) { dlclose(module); }

int32_t moduleKernel(void *, void *module, const char *name, void **kernel) {
  *kernel = dlsym(module, name);
  return *kernel ? 0 : failed(dlerror());
}

int32_t launch(void *handle, const portico_launch *given) {
  static std::atomic<long> launches{0};
  if (++launches == setting("PORTICO_MOCK_FAIL_LAUNCH", 0))
    return failed("the launch was told to fail");
  Device &self = device(handle);
  portico_launch launch = *given;
  std::vector<void *> buffers(launch.buffers, launch.buffers + launch.buffer_count);
  for (void *&buffer : buffers) {
    if (buffer && !self.memory.owns(buffer))
      return failed("a kernel was given memory of the host");
    buffer = buffer ? self.bytes(buffer) : nullptr;
  }
  if (!self.memory.owns(launch.status))
    return failed("a kernel was given status words of the host");
  auto *status = static_cast<int64_t *>(self.bytes(launch.status));
  self.queue(launch.stream).push([=]() mutable {
    std::vector<uint64_t> scratch(launch.scratch_bytes / 8 + 9);
    // Kernels rely on the alignment that the runtime promises.
    auto start = (reinterpret_cast<uintptr_t>(scratch.data()) + 63) / 64 * 64;
    if (launch.scratch_bytes)
      buffers[buffers.size() - 2] = reinterpret_cast<void *>(start);
    reinterpret_cast<Kernel>(launch.kernel)(buffers.data(), 0, launch.extent, status);
  });
  return 0;
}

//===----------------------------------------------------------------------===//
// Streams and events
//===----------------------------------------------------------------------===//

int32_t streamCreate(void *handle, void **stream) {
  Device &self = device(handle);
  std::lock_guard<std::mutex> lock(self.mutex);
  self.queues.push_back(newQueue());
  *stream = self.queues.back();
  return 0;
}

void streamDestroy(void *, void *) {}

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

//===----------------------------------------------------------------------===//
// Pinned memory and graphs
//===----------------------------------------------------------------------===//

int32_t hostAllocate(void *, size_t bytes, void **memory) {
  *memory = malloc(bytes);
  return *memory ? 0 : failed("the host has no more memory");
}

void hostRelease(void *, void *memory) { free(memory); }

using Graph = std::vector<std::function<void()>>;

int32_t graphBegin(void *handle, void *stream) {
  if (setting("PORTICO_MOCK_NO_GRAPHS", 0))
    return failed("graphs were told to fail");
  device(handle).queue(stream).record();
  return 0;
}

int32_t graphEnd(void *handle, void *stream, void **graph) {
  *graph = new Graph(device(handle).queue(stream).recorded());
  return 0;
}

int32_t graphLaunch(void *handle, void *graph, void *stream) {
  for (const auto &task : *static_cast<Graph *>(graph))
    device(handle).queue(stream).push(task);
  return 0;
}

void graphDestroy(void *, void *graph) { delete static_cast<Graph *>(graph); }

int32_t eventElapsed(void *, void *start, void *end, double *milliseconds) {
  Event first = *static_cast<Event *>(start), second = *static_cast<Event *>(end);
  *milliseconds = std::chrono::duration<double, std::milli>(second->when() - first->when()).count();
  return 0;
}

int32_t synchronize(void *handle) {
  Device &self = device(handle);
  std::vector<Queue *> queues;
  {
    std::lock_guard<std::mutex> lock(self.mutex);
    queues = self.queues;
  }
  for (Queue *queue : queues)
    queue->mark()->wait();
  return 0;
}

portico_driver makeTable() {
  portico_driver table = PORTICO_DRIVER_TABLE("mock");
  table.aliases = "mimic,pretend";
  table.code_target = "cpu";
  table.unavailable_reason = unavailableReason;
  table.memory_info = memoryInfo;
  table.host_allocate = hostAllocate;
  table.host_release = hostRelease;
  table.event_elapsed = eventElapsed;
  table.graph_begin = graphBegin;
  table.graph_end = graphEnd;
  table.graph_launch = graphLaunch;
  table.graph_destroy = graphDestroy;
  return table;
}

} // namespace

const portico_driver *portico_target_driver() {
  static const portico_driver table = makeTable();
  return &table;
}
