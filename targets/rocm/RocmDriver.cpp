//===- RocmDriver.cpp - AMD GPUs through libamdhip64 ------------------------===//
//
// Memory, copies, code, streams, events and graphs: each a call or two of the library
// with the device current. Devices are in RocmDevice.
//
//===----------------------------------------------------------------------===//

#include "targets/common/DriverTable.h"
#include "targets/common/LaunchParameters.h"
#include "targets/common/WideFill.h"
#include "targets/rocm/RocmDevice.h"

#include "portico/driver.h"

#include <cstdlib>
#include <cstring>
#include <memory>

using namespace portico;
using namespace portico::rocm;

namespace {

const Device &deviceOf(void *handle) { return *static_cast<Device *>(handle); }

int32_t synchronize(void *handle) {
  return within(handle, "hipDeviceSynchronize", [] { return hip().hipDeviceSynchronize(); });
}

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

int32_t memoryAllocate(void *handle, size_t bytes, void **memory) {
  return within(handle, "hipMalloc", [&] { return hip().hipMalloc(memory, bytes); });
}

void memoryRelease(void *handle, void *memory, size_t) {
  within(handle, "hipFree", [&] { return hip().hipFree(memory); });
}

int32_t hostAllocate(void *handle, size_t bytes, void **memory) {
  return within(handle, "hipHostMalloc", [&] { return hip().hipHostMalloc(memory, bytes, 0); });
}

void hostRelease(void *handle, void *memory) {
  within(handle, "hipHostFree", [&] { return hip().hipHostFree(memory); });
}

int32_t memoryInfo(void *handle, uint64_t *freeBytes, uint64_t *totalBytes) {
  size_t free = 0, total = 0;
  if (int32_t error =
          within(handle, "hipMemGetInfo", [&] { return hip().hipMemGetInfo(&free, &total); }))
    return error;
  *freeBytes = free;
  *totalBytes = total;
  return 0;
}

//===----------------------------------------------------------------------===//
// Copies
//===----------------------------------------------------------------------===//

int32_t copy(void *handle, void *destination, const void *source, size_t bytes,
             portico_copy_kind kind, void *given) {
  if (!bytes)
    return 0;
  HipStream stream = deviceOf(handle).stream(given);
  void *from = const_cast<void *>(source);
  switch (kind) {
  case PORTICO_COPY_TO_DEVICE:
    return within(handle, "hipMemcpyHtoDAsync",
                  [&] { return hip().hipMemcpyHtoDAsync(destination, from, bytes, stream); });
  case PORTICO_COPY_TO_HOST:
    return within(handle, "hipMemcpyDtoHAsync",
                  [&] { return hip().hipMemcpyDtoHAsync(destination, from, bytes, stream); });
  case PORTICO_COPY_WITHIN:
    return within(handle, "hipMemcpyDtoDAsync",
                  [&] { return hip().hipMemcpyDtoDAsync(destination, from, bytes, stream); });
  }
  return failed("no such kind of copy; got " + std::to_string(int(kind)));
}

int32_t fill(void *handle, void *destination, uint64_t pattern, uint32_t patternBytes, size_t bytes,
             void *given) {
  if (bytes < patternBytes)
    return 0;
  HipStream stream = deviceOf(handle).stream(given);
  char *to = static_cast<char *>(destination);
  switch (patternBytes) {
  case 1:
    return within(handle, "hipMemsetD8Async", [&] {
      return hip().hipMemsetD8Async(to, (unsigned char)pattern, bytes, stream);
    });
  case 2:
    return within(handle, "hipMemsetD16Async", [&] {
      return hip().hipMemsetD16Async(to, (unsigned short)pattern, bytes / 2, stream);
    });
  case 4:
    return within(handle, "hipMemsetD32Async", [&] {
      return hip().hipMemsetD32Async(to, int(uint32_t(pattern)), bytes / 4, stream);
    });
  case 8:
    return within(handle, "hipMemsetD32Async", [&] {
      return fillWide(
          pattern, bytes / 8 * 8,
          [&](size_t offset, uint32_t word, size_t count) {
            return hip().hipMemsetD32Async(to + offset, int(word), count, stream);
          },
          [&](size_t offset, size_t count) {
            return hip().hipMemcpyDtoDAsync(to + offset, to, count, stream);
          });
    });
  }
  return failed("no such pattern; got " + std::to_string(patternBytes) +
                " bytes; expected 1, 2, 4 or 8");
}

//===----------------------------------------------------------------------===//
// Code
//===----------------------------------------------------------------------===//

/// The library may read the image as long as the module lives.
struct Module {
  HipModule handle = nullptr;
  std::unique_ptr<void, decltype(&free)> image{nullptr, &free};
};

int32_t moduleLoad(void *handle, const void *blob, size_t bytes, void **result) {
  constexpr size_t kPage = 4096;
  auto module = std::make_unique<Module>();
  module->image.reset(aligned_alloc(kPage, (bytes + kPage - 1) / kPage * kPage));
  if (!module->image)
    return failed("no memory for the code");
  memcpy(module->image.get(), blob, bytes);
  if (int32_t error = within(handle, "hipModuleLoadData", [&] {
        return hip().hipModuleLoadData(&module->handle, module->image.get());
      }))
    return error;
  *result = module.release();
  return 0;
}

void moduleUnload(void *handle, void *given) {
  std::unique_ptr<Module> module(static_cast<Module *>(given));
  within(handle, "hipModuleUnload", [&] { return hip().hipModuleUnload(module->handle); });
}

int32_t moduleKernel(void *handle, void *module, const char *name, void **kernel) {
  return within(handle, "hipModuleGetFunction", [&] {
    return hip().hipModuleGetFunction(kernel, static_cast<Module *>(module)->handle, name);
  });
}

int32_t launch(void *handle, const portico_launch *launch) {
  const uint32_t *grid = launch->grid, *block = launch->block;
  if (!grid[0] || !grid[1] || !grid[2])
    return 0;
  // The library counts work-items, not groups, in 32 bits.
  for (int i = 0; i < 3; ++i)
    if (uint64_t items = uint64_t(grid[i]) * block[i]; items > UINT32_MAX)
      return failed("launch: too many work-items; got " + std::to_string(items) + " in dimension " +
                    std::to_string(i) + "; expected at most 4294967295");
  LaunchParameters parameters(*launch);
  // Group memory is part of the code object: the library adds what it says there to
  // what is asked for here.
  return within(handle, "hipModuleLaunchKernel", [&] {
    return hip().hipModuleLaunchKernel(
        launch->kernel, grid[0], grid[1], grid[2], block[0], block[1], block[2], 0,
        deviceOf(handle).stream(launch->stream), parameters.data(), nullptr);
  });
}

//===----------------------------------------------------------------------===//
// Streams
//===----------------------------------------------------------------------===//

int32_t streamCreate(void *handle, void **stream) {
  return within(handle, "hipStreamCreateWithFlags",
                [&] { return hip().hipStreamCreateWithFlags(stream, kHipStreamNonBlocking); });
}

void streamDestroy(void *handle, void *stream) {
  within(handle, "hipStreamDestroy", [&] { return hip().hipStreamDestroy(stream); });
}

int32_t streamWait(void *handle, void *stream, void *event) {
  return within(handle, "hipStreamWaitEvent", [&] {
    return hip().hipStreamWaitEvent(deviceOf(handle).stream(stream), event, 0);
  });
}

int32_t streamSynchronize(void *handle, void *stream) {
  return within(handle, "hipStreamSynchronize",
                [&] { return hip().hipStreamSynchronize(deviceOf(handle).stream(stream)); });
}

//===----------------------------------------------------------------------===//
// Events
//===----------------------------------------------------------------------===//

int32_t eventCreate(void *handle, void **event) {
  return within(handle, "hipEventCreateWithFlags",
                [&] { return hip().hipEventCreateWithFlags(event, 0); });
}

void eventDestroy(void *handle, void *event) {
  within(handle, "hipEventDestroy", [&] { return hip().hipEventDestroy(event); });
}

int32_t eventRecord(void *handle, void *event, void *stream) {
  return within(handle, "hipEventRecord",
                [&] { return hip().hipEventRecord(event, deviceOf(handle).stream(stream)); });
}

int32_t eventWait(void *handle, void *event) {
  return within(handle, "hipEventSynchronize", [&] { return hip().hipEventSynchronize(event); });
}

int32_t eventQuery(void *handle, void *event, int32_t *done) {
  return within(handle, "hipEventQuery", [&] {
    HipError error = hip().hipEventQuery(event);
    *done = error == kHipSuccess;
    if (error != kHipNotReady)
      return error;
    (void)hip().hipGetLastError(); // an answer, not a failure for others to find
    return kHipSuccess;
  });
}

int32_t eventElapsed(void *handle, void *start, void *end, double *milliseconds) {
  float elapsed = 0;
  if (int32_t error = within(handle, "hipEventElapsedTime",
                             [&] { return hip().hipEventElapsedTime(&elapsed, start, end); }))
    return error;
  *milliseconds = elapsed;
  return 0;
}

//===----------------------------------------------------------------------===//
// Graphs
//===----------------------------------------------------------------------===//

int32_t graphBegin(void *handle, void *stream) {
  // Other threads may go on allocating memory meanwhile.
  return within(handle, "hipStreamBeginCapture", [&] {
    return hip().hipStreamBeginCapture(deviceOf(handle).stream(stream), kHipCaptureModeThreadLocal);
  });
}

int32_t graphEnd(void *handle, void *stream, void **result) {
  HipGraph graph = nullptr;
  if (int32_t error = within(handle, "hipStreamEndCapture", [&] {
        return hip().hipStreamEndCapture(deviceOf(handle).stream(stream), &graph);
      }))
    return error;
  return within(handle, "hipGraphInstantiate", [&] {
    HipError error = hip().hipGraphInstantiate(result, graph, nullptr, nullptr, 0);
    hip().hipGraphDestroy(graph); // the executable is a copy
    return error;
  });
}

int32_t graphLaunch(void *handle, void *graph, void *stream) {
  return within(handle, "hipGraphLaunch",
                [&] { return hip().hipGraphLaunch(graph, deviceOf(handle).stream(stream)); });
}

void graphDestroy(void *handle, void *graph) {
  within(handle, "hipGraphExecDestroy", [&] { return hip().hipGraphExecDestroy(graph); });
}

portico_driver makeTable() {
  portico_driver table = PORTICO_DRIVER_TABLE("rocm");
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

namespace portico::rocm {
const portico_driver *driver() {
  static const portico_driver table = makeTable();
  return &table;
}
} // namespace portico::rocm
