//===- CudaDriver.cpp - NVIDIA GPUs through libcuda -------------------------===//
//
// Memory, copies, streams and events: each a call or two of the library in the device's
// context. Devices are in CudaDevice, code in CudaModule, graphs in CudaGraph.
//
//===----------------------------------------------------------------------===//

#include "targets/cuda/CudaDriver.h"
#include "targets/common/DriverTable.h"
#include "targets/common/WideFill.h"
#include "targets/cuda/CudaDevice.h"
#include "targets/cuda/CudaModule.h"

#include "portico/driver.h"

using namespace portico;
using namespace portico::cuda;

namespace {

const Device &deviceOf(void *handle) { return *static_cast<Device *>(handle); }

Address addressOf(const void *memory) { return reinterpret_cast<Address>(memory); }

/// Runs `call` in the context of a device.
template <typename Call> int32_t within(void *handle, const char *name, Call call) {
  Current current(deviceOf(handle));
  return current ? check(name, call()) : 1;
}

/// The same for a call that may wait for all that the device does.
template <typename Call> int32_t waiting(void *handle, const char *name, Call call) {
  NoRecording alone(deviceOf(handle));
  return alone ? within(handle, name, call) : 1;
}

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

int32_t memoryAllocate(void *handle, size_t bytes, void **memory) {
  Address address = 0;
  if (int32_t error = within(handle, "cuMemAlloc", [&] { return api().memAlloc(&address, bytes); }))
    return error;
  *memory = reinterpret_cast<void *>(address);
  return 0;
}

void memoryRelease(void *handle, void *memory, size_t) {
  waiting(handle, "cuMemFree", [&] { return api().memFree(addressOf(memory)); });
}

int32_t memoryInfo(void *handle, uint64_t *freeBytes, uint64_t *totalBytes) {
  size_t free = 0, total = 0;
  if (int32_t error =
          within(handle, "cuMemGetInfo", [&] { return api().memGetInfo(&free, &total); }))
    return error;
  *freeBytes = free;
  *totalBytes = total;
  return 0;
}

int32_t hostAllocate(void *handle, size_t bytes, void **memory) {
  return within(handle, "cuMemHostAlloc", [&] { return api().memHostAlloc(memory, bytes, 0); });
}

void hostRelease(void *handle, void *memory) {
  waiting(handle, "cuMemFreeHost", [&] { return api().memFreeHost(memory); });
}

//===----------------------------------------------------------------------===//
// Copies
//===----------------------------------------------------------------------===//

int32_t copy(void *handle, void *destination, const void *source, size_t bytes,
             portico_copy_kind kind, void *given) {
  if (!bytes)
    return 0;
  Stream stream = deviceOf(handle).stream(given);
  Address to = addressOf(destination), from = addressOf(source);
  switch (kind) {
  case PORTICO_COPY_TO_DEVICE:
    return within(handle, "cuMemcpyHtoDAsync",
                  [&] { return api().copyToDevice(to, source, bytes, stream); });
  case PORTICO_COPY_TO_HOST:
    return within(handle, "cuMemcpyDtoHAsync",
                  [&] { return api().copyToHost(destination, from, bytes, stream); });
  case PORTICO_COPY_WITHIN:
    return within(handle, "cuMemcpyDtoDAsync",
                  [&] { return api().copyWithin(to, from, bytes, stream); });
  }
  return failed("no such kind of copy; got " + std::to_string(int(kind)));
}

int32_t fill(void *handle, void *destination, uint64_t pattern, uint32_t patternBytes, size_t bytes,
             void *given) {
  if (bytes < patternBytes)
    return 0;
  Stream stream = deviceOf(handle).stream(given);
  Address to = addressOf(destination);
  switch (patternBytes) {
  case 1:
    return within(handle, "cuMemsetD8Async",
                  [&] { return api().fill8(to, (unsigned char)pattern, bytes, stream); });
  case 2:
    return within(handle, "cuMemsetD16Async",
                  [&] { return api().fill16(to, (unsigned short)pattern, bytes / 2, stream); });
  case 4:
    return within(handle, "cuMemsetD32Async",
                  [&] { return api().fill32(to, unsigned(pattern), bytes / 4, stream); });
  case 8:
    return within(handle, "cuMemsetD32Async", [&] {
      return fillWide(
          pattern, bytes / 8 * 8,
          [&](size_t offset, unsigned word, size_t count) {
            return api().fill32(to + offset, word, count, stream);
          },
          [&](size_t offset, size_t count) {
            return api().copyWithin(to + offset, to, count, stream);
          });
    });
  }
  return failed("no such pattern; got " + std::to_string(patternBytes) +
                " bytes; expected 1, 2, 4 or 8");
}

//===----------------------------------------------------------------------===//
// Streams
//===----------------------------------------------------------------------===//

int32_t streamCreate(void *handle, void **result) {
  Stream stream = nullptr;
  if (int32_t error = within(handle, "cuStreamCreate",
                             [&] { return api().streamCreate(&stream, kIndependent); }))
    return error;
  *result = stream;
  return 0;
}

void streamDestroy(void *handle, void *stream) {
  within(handle, "cuStreamDestroy",
         [&] { return api().streamDestroy(static_cast<Stream>(stream)); });
}

int32_t streamWait(void *handle, void *stream, void *event) {
  return within(handle, "cuStreamWaitEvent", [&] {
    return api().streamWaitEvent(deviceOf(handle).stream(stream), static_cast<Event>(event), 0);
  });
}

int32_t streamSynchronize(void *handle, void *stream) {
  return within(handle, "cuStreamSynchronize",
                [&] { return api().streamSynchronize(deviceOf(handle).stream(stream)); });
}

int32_t synchronize(void *handle) {
  return waiting(handle, "cuCtxSynchronize", [] { return api().contextSynchronize(); });
}

//===----------------------------------------------------------------------===//
// Events
//===----------------------------------------------------------------------===//

int32_t eventCreate(void *handle, void **result) {
  Event event = nullptr;
  if (int32_t error = within(handle, "cuEventCreate", [&] { return api().eventCreate(&event, 0); }))
    return error;
  *result = event;
  return 0;
}

void eventDestroy(void *handle, void *event) {
  within(handle, "cuEventDestroy", [&] { return api().eventDestroy(static_cast<Event>(event)); });
}

int32_t eventRecord(void *handle, void *event, void *stream) {
  return within(handle, "cuEventRecord", [&] {
    return api().eventRecord(static_cast<Event>(event), deviceOf(handle).stream(stream));
  });
}

int32_t eventWait(void *handle, void *event) {
  return within(handle, "cuEventSynchronize",
                [&] { return api().eventSynchronize(static_cast<Event>(event)); });
}

int32_t eventQuery(void *handle, void *event, int32_t *done) {
  return within(handle, "cuEventQuery", [&] {
    Result result = api().eventQuery(static_cast<Event>(event));
    *done = result == kSuccess;
    return result == kNotReady ? kSuccess : result;
  });
}

int32_t eventElapsed(void *handle, void *start, void *end, double *milliseconds) {
  float elapsed = 0;
  if (int32_t error = within(handle, "cuEventElapsedTime", [&] {
        return api().eventElapsed(&elapsed, static_cast<Event>(start), static_cast<Event>(end));
      }))
    return error;
  *milliseconds = elapsed;
  return 0;
}

portico_driver makeTable() {
  portico_driver table = PORTICO_DRIVER_TABLE("cuda");
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

const portico_driver *portico::cuda::driver() {
  static const portico_driver table = makeTable();
  return &table;
}
