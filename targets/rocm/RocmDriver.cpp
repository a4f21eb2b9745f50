//===- RocmDriver.cpp - AMD GPUs through libamdhip64 ------------------------===//
//
// A device is an ordinal and a stream of its own, where work goes that names no
// other: the library's default stream cannot be captured into a graph. The library
// keeps its current device per thread, and any thread may call, so every entry that
// needs one sets it first.
//
//===----------------------------------------------------------------------===//

#include "targets/rocm/HipApi.h"

#include "portico/driver.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <string>

using namespace portico::rocm;

namespace {

struct Device {
  int ordinal;
  HipStream stream;
};

/// The library may read the image as long as the module lives.
struct Module {
  HipModule handle = nullptr;
  std::unique_ptr<void, decltype(&free)> image{nullptr, &free};
};

thread_local std::string lastError;

const HipApi &hip() { return hipLibrary().api; }

int32_t failed(std::string message) {
  lastError = std::move(message);
  return 1;
}

int32_t check(const char *call, HipError error) {
  if (error == kHipSuccess)
    return 0;
  return failed(std::string(call) + ": " + hip().hipGetErrorString(error) + " (" +
                hip().hipGetErrorName(error) + ")");
}

#define CHECK(call, ...)                                                                           \
  do {                                                                                             \
    if (int32_t code = check(#call, hip().call(__VA_ARGS__)))                                      \
      return code;                                                                                 \
  } while (false)

Device &enter(void *device) {
  auto &self = *static_cast<Device *>(device);
  // A device that was opened can be set; what is wrong with it shows in the call that follows.
  (void)hip().hipSetDevice(self.ordinal);
  return self;
}

HipStream streamOf(Device &device, void *stream) { return stream ? stream : device.stream; }

//===----------------------------------------------------------------------===//
// Devices
//===----------------------------------------------------------------------===//

int32_t deviceCount() { return hipLibrary().devices; }

const char *unavailableReason() {
  const HipLibrary &library = hipLibrary();
  return library.devices > 0 ? nullptr : library.reason.c_str();
}

int32_t deviceInfo(int32_t ordinal, portico_device_info *info) {
  size_t bytes = 0;
  int units = 0, version = 0;
  CHECK(hipDeviceGetName, info->name, int(sizeof(info->name)), ordinal);
  CHECK(hipDeviceTotalMem, &bytes, ordinal);
  CHECK(hipDeviceGetAttribute, &units, kHipAttributeMultiprocessorCount, ordinal);
  CHECK(hipRuntimeGetVersion, &version);
  std::string processor = hipProcessor(ordinal);
  if (processor.empty())
    return failed("hipGetDeviceProperties: names no processor for device " +
                  std::to_string(ordinal));
  info->memory_bytes = bytes;
  info->host_memory = 0;
  snprintf(info->arch, sizeof(info->arch), "%s", processor.c_str());
  info->compute_units = uint32_t(units);
  // 60342134 is version 6.3.42134.
  snprintf(info->driver_version, sizeof(info->driver_version), "HIP %d.%d.%d", version / 10000000,
           version / 100000 % 100, version % 100000);
  return 0;
}

int32_t deviceOpen(int32_t ordinal, void **device) {
  CHECK(hipSetDevice, ordinal);
  auto self = std::make_unique<Device>();
  self->ordinal = ordinal;
  CHECK(hipStreamCreateWithFlags, &self->stream, kHipStreamNonBlocking);
  *device = self.release();
  return 0;
}

void deviceClose(void *device) {
  std::unique_ptr<Device> self(&enter(device));
  hip().hipStreamDestroy(self->stream);
}

int32_t deviceSupports(int32_t ordinal, const char *arch) { return hipProcessor(ordinal) == arch; }

int32_t synchronize(void *device) {
  enter(device);
  CHECK(hipDeviceSynchronize);
  return 0;
}

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

int32_t memoryAllocate(void *device, size_t bytes, void **memory) {
  enter(device);
  CHECK(hipMalloc, memory, bytes);
  return 0;
}

void memoryRelease(void *device, void *memory, size_t) {
  enter(device);
  hip().hipFree(memory);
}

int32_t hostAllocate(void *device, size_t bytes, void **memory) {
  enter(device);
  CHECK(hipHostMalloc, memory, bytes, 0);
  return 0;
}

void hostRelease(void *device, void *memory) {
  enter(device);
  hip().hipHostFree(memory);
}

int32_t memoryInfo(void *device, uint64_t *free, uint64_t *total) {
  enter(device);
  size_t freeBytes = 0, totalBytes = 0;
  CHECK(hipMemGetInfo, &freeBytes, &totalBytes);
  *free = freeBytes;
  *total = totalBytes;
  return 0;
}

int32_t copy(void *device, void *destination, const void *source, size_t bytes,
             portico_copy_kind kind, void *stream) {
  Device &self = enter(device);
  HipStream queue = streamOf(self, stream);
  void *from = const_cast<void *>(source);
  switch (kind) {
  case PORTICO_COPY_TO_DEVICE:
    CHECK(hipMemcpyHtoDAsync, destination, from, bytes, queue);
    return 0;
  case PORTICO_COPY_TO_HOST:
    CHECK(hipMemcpyDtoHAsync, destination, from, bytes, queue);
    return 0;
  case PORTICO_COPY_WITHIN:
    CHECK(hipMemcpyDtoDAsync, destination, from, bytes, queue);
    return 0;
  }
  return failed("copy: unknown kind " + std::to_string(int(kind)));
}

/// The library sets 1, 2 and 4 bytes at a time. Of eight, one element is set in two
/// halves and what is there is doubled until all is.
int32_t fillWide(HipStream queue, char *destination, uint64_t pattern, size_t bytes) {
  if (bytes < 8)
    return 0;
  CHECK(hipMemsetD32Async, destination, int(uint32_t(pattern)), 1, queue);
  CHECK(hipMemsetD32Async, destination + 4, int(uint32_t(pattern >> 32)), 1, queue);
  bytes -= bytes % 8;
  for (size_t done = 8; done < bytes; done *= 2)
    CHECK(hipMemcpyDtoDAsync, destination + done, destination, std::min(done, bytes - done), queue);
  return 0;
}

int32_t fill(void *device, void *destination, uint64_t pattern, uint32_t patternBytes, size_t bytes,
             void *stream) {
  Device &self = enter(device);
  HipStream queue = streamOf(self, stream);
  // A pattern whose halves are equal is a shorter one.
  for (; patternBytes > 1; patternBytes /= 2) {
    uint32_t half = patternBytes * 4;
    uint64_t mask = (uint64_t(1) << half) - 1;
    if ((pattern & mask) != (pattern >> half & mask))
      break;
  }
  switch (patternBytes) {
  case 1:
    CHECK(hipMemsetD8Async, destination, (unsigned char)pattern, bytes, queue);
    return 0;
  case 2:
    CHECK(hipMemsetD16Async, destination, (unsigned short)pattern, bytes / 2, queue);
    return 0;
  case 4:
    CHECK(hipMemsetD32Async, destination, int(uint32_t(pattern)), bytes / 4, queue);
    return 0;
  case 8:
    return fillWide(queue, static_cast<char *>(destination), pattern, bytes);
  }
  return failed("fill: a pattern of " + std::to_string(patternBytes) +
                " bytes; expected 1, 2, 4 or 8");
}

//===----------------------------------------------------------------------===//
// Code
//===----------------------------------------------------------------------===//

int32_t moduleLoad(void *device, const void *blob, size_t bytes, void **module) {
  enter(device);
  constexpr size_t kPage = 4096;
  auto result = std::make_unique<Module>();
  result->image.reset(aligned_alloc(kPage, (bytes + kPage - 1) / kPage * kPage));
  if (!result->image)
    return failed("no memory for the code");
  memcpy(result->image.get(), blob, bytes);
  CHECK(hipModuleLoadData, &result->handle, result->image.get());
  *module = result.release();
  return 0;
}

void moduleUnload(void *device, void *module) {
  enter(device);
  std::unique_ptr<Module> self(static_cast<Module *>(module));
  hip().hipModuleUnload(self->handle);
}

int32_t moduleKernel(void *device, void *module, const char *name, void **kernel) {
  enter(device);
  CHECK(hipModuleGetFunction, kernel, static_cast<Module *>(module)->handle, name);
  return 0;
}

int32_t launch(void *device, const portico_launch *launch) {
  Device &self = enter(device);
  // The library counts work-items, not groups, in 32 bits.
  for (int i = 0; i < 3; ++i)
    if (uint64_t items = uint64_t(launch->grid[i]) * launch->block[i]; items > UINT32_MAX)
      return failed("launch: too many work-items; got " + std::to_string(items) + " in dimension " +
                    std::to_string(i) + "; expected at most 4294967295");
  // One pointer to each argument: the buffers, the extent, the status.
  constexpr uint32_t kInline = 64;
  void *local[kInline];
  std::unique_ptr<void *[]> heap;
  uint32_t count = launch->buffer_count + 2;
  if (count > kInline)
    heap.reset(new void *[count]);
  void **parameters = heap ? heap.get() : local;
  for (uint32_t i = 0; i < launch->buffer_count; ++i)
    parameters[i] = const_cast<void **>(launch->buffers + i);
  parameters[count - 2] = const_cast<int64_t *>(&launch->extent);
  parameters[count - 1] = const_cast<int64_t **>(&launch->status);
  // Group memory is part of the code object: the library adds what it says there to
  // what is asked for here.
  CHECK(hipModuleLaunchKernel, launch->kernel, launch->grid[0], launch->grid[1], launch->grid[2],
        launch->block[0], launch->block[1], launch->block[2], 0, streamOf(self, launch->stream),
        parameters, nullptr);
  return 0;
}

//===----------------------------------------------------------------------===//
// Streams and events
//===----------------------------------------------------------------------===//

int32_t streamCreate(void *device, void **stream) {
  enter(device);
  CHECK(hipStreamCreateWithFlags, stream, kHipStreamNonBlocking);
  return 0;
}

void streamDestroy(void *device, void *stream) {
  enter(device);
  hip().hipStreamDestroy(stream);
}

int32_t streamWait(void *device, void *stream, void *event) {
  Device &self = enter(device);
  CHECK(hipStreamWaitEvent, streamOf(self, stream), event, 0);
  return 0;
}

int32_t streamSynchronize(void *device, void *stream) {
  Device &self = enter(device);
  CHECK(hipStreamSynchronize, streamOf(self, stream));
  return 0;
}

int32_t eventCreate(void *device, void **event) {
  enter(device);
  CHECK(hipEventCreateWithFlags, event, 0);
  return 0;
}

void eventDestroy(void *device, void *event) {
  enter(device);
  hip().hipEventDestroy(event);
}

int32_t eventRecord(void *device, void *event, void *stream) {
  Device &self = enter(device);
  CHECK(hipEventRecord, event, streamOf(self, stream));
  return 0;
}

int32_t eventWait(void *device, void *event) {
  enter(device);
  CHECK(hipEventSynchronize, event);
  return 0;
}

int32_t eventQuery(void *device, void *event, int32_t *done) {
  enter(device);
  HipError error = hip().hipEventQuery(event);
  *done = error == kHipSuccess;
  return error == kHipNotReady ? 0 : check("hipEventQuery", error);
}

int32_t eventElapsed(void *device, void *start, void *end, double *milliseconds) {
  enter(device);
  float elapsed = 0;
  CHECK(hipEventElapsedTime, &elapsed, start, end);
  *milliseconds = elapsed;
  return 0;
}

//===----------------------------------------------------------------------===//
// Graphs
//===----------------------------------------------------------------------===//

int32_t graphBegin(void *device, void *stream) {
  Device &self = enter(device);
  // Other threads may go on allocating memory meanwhile.
  CHECK(hipStreamBeginCapture, streamOf(self, stream), kHipCaptureModeThreadLocal);
  return 0;
}

int32_t graphEnd(void *device, void *stream, void **graph) {
  Device &self = enter(device);
  HipGraph captured = nullptr;
  CHECK(hipStreamEndCapture, streamOf(self, stream), &captured);
  int32_t code =
      check("hipGraphInstantiate", hip().hipGraphInstantiate(graph, captured, nullptr, nullptr, 0));
  hip().hipGraphDestroy(captured);
  return code;
}

int32_t graphLaunch(void *device, void *graph, void *stream) {
  Device &self = enter(device);
  CHECK(hipGraphLaunch, graph, streamOf(self, stream));
  return 0;
}

void graphDestroy(void *device, void *graph) {
  enter(device);
  hip().hipGraphExecDestroy(graph);
}

const char *getLastError() { return lastError.c_str(); }

const portico_driver table = {
    sizeof(portico_driver),
    PORTICO_DRIVER_ABI,
    "rocm",
    deviceCount,
    deviceInfo,
    deviceOpen,
    deviceClose,
    deviceSupports,
    memoryAllocate,
    memoryRelease,
    copy,
    fill,
    moduleLoad,
    moduleUnload,
    moduleKernel,
    launch,
    streamCreate,
    streamDestroy,
    streamWait,
    streamSynchronize,
    eventCreate,
    eventDestroy,
    eventRecord,
    eventWait,
    eventQuery,
    synchronize,
    getLastError,
    /*aliases=*/nullptr,
    /*code_target=*/nullptr,
    unavailableReason,
    memoryInfo,
    hostAllocate,
    hostRelease,
    eventElapsed,
    graphBegin,
    graphEnd,
    graphLaunch,
    graphDestroy,
};

} // namespace

namespace portico::rocm {
const portico_driver *driver() { return &table; }
} // namespace portico::rocm
