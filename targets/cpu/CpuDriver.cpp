//===- CpuDriver.cpp - the host as a device ---------------------------------===//
//
// Code is a shared object, loaded from memory; a kernel is a C function
//
//   void kernel(void *const *buffers, int64_t begin, int64_t end, int64_t *status)
//
// and a launch hands ranges of its items to the runtime's threads. Everything has
// been done when a call returns, so events have nothing to remember.
//
//===----------------------------------------------------------------------===//

#include "targets/cpu/CpuDriver.h"
#include "targets/common/HostMemory.h"
#include "targets/common/SharedObject.h"
#include "targets/cpu/CpuFeatures.h"

#include "portico/parallel.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>

using namespace portico;

namespace {

using Kernel = void (*)(void *const *buffers, int64_t begin, int64_t end, int64_t *status);

thread_local std::string lastError;

int32_t failed(std::string message) {
  lastError = std::move(message);
  return 1;
}

//===----------------------------------------------------------------------===//
// Devices
//===----------------------------------------------------------------------===//

int32_t deviceCount() { return 1; }

int32_t deviceInfo(int32_t, portico_device_info *info) {
  snprintf(info->name, sizeof(info->name), "host processor");
  info->memory_bytes = host::memoryBytes();
  info->host_memory = 1;
  info->compute_units = uint32_t(portico_get_num_threads());
  return 0;
}

int32_t deviceOpen(int32_t, void **device) {
  *device = nullptr;
  return 0;
}

void deviceClose(void *) {}

int32_t deviceSupports(int32_t, const char *arch) { return portico::cpu::hostSupports(arch); }

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

int32_t memoryAllocate(void *, size_t bytes, void **memory) {
  *memory = host::allocate(bytes);
  return *memory ? 0 : failed("the system gives no more memory");
}

void memoryRelease(void *, void *memory, size_t) { host::release(memory); }

int32_t copy(void *, void *destination, const void *source, size_t bytes, portico_copy_kind,
             void *) {
  memcpy(destination, source, bytes);
  return 0;
}

int32_t fill(void *, void *destination, uint64_t pattern, uint32_t patternBytes, size_t bytes,
             void *) {
  host::fill(destination, pattern, patternBytes, bytes);
  return 0;
}

//===----------------------------------------------------------------------===//
// Code
//===----------------------------------------------------------------------===//

int32_t moduleLoad(void *, const void *blob, size_t bytes, void **module) {
  std::string error;
  *module = host::loadObject(blob, bytes, error);
  return *module ? 0 : failed(std::move(error));
}

void moduleUnload(void *, void *module) { host::unloadObject(module); }

int32_t moduleKernel(void *, void *module, const char *name, void **kernel) {
  std::string error;
  *kernel = host::findSymbol(module, name, error);
  return *kernel ? 0 : failed(std::move(error));
}

/// Scratch of one thread, grown as kernels ask for it and kept until the thread ends.
class Scratch {
public:
  ~Scratch() { free(memory); }
  void *get(size_t bytes) {
    if (bytes > size) {
      size_t rounded = (bytes + 4095) / 4096 * 4096;
      free(memory);
      memory = aligned_alloc(PORTICO_ALIGNMENT, rounded);
      size = memory ? rounded : 0;
    }
    return memory;
  }

private:
  void *memory = nullptr;
  size_t size = 0;
};

thread_local Scratch scratch;

struct Work {
  const portico_launch *launch;
  Kernel kernel;
  bool outOfMemory;
};

void runPlain(void *context, int64_t begin, int64_t end) {
  auto *work = static_cast<Work *>(context);
  work->kernel(work->launch->buffers, begin, end, work->launch->status);
}

// The scratch slot differs from task to task, so each has its own list of buffers.
void runWithScratch(void *context, int64_t begin, int64_t end) {
  auto *work = static_cast<Work *>(context);
  const portico_launch &launch = *work->launch;
  void *memory = scratch.get(launch.scratch_bytes);
  if (!memory) {
    __atomic_store_n(&work->outOfMemory, true, __ATOMIC_RELAXED);
    return;
  }
  constexpr uint32_t kInline = 64;
  void *local[kInline];
  std::unique_ptr<void *[]> heap;
  if (launch.buffer_count > kInline)
    heap.reset(new void *[launch.buffer_count]);
  void **buffers = heap ? heap.get() : local;
  std::copy(launch.buffers, launch.buffers + launch.buffer_count, buffers);
  buffers[launch.buffer_count - 2] = memory;
  work->kernel(buffers, begin, end, launch.status);
}

int32_t launch(void *, const portico_launch *launch) {
  Work work{launch, reinterpret_cast<Kernel>(launch->kernel), false};
  auto *task = launch->scratch_bytes ? runWithScratch : runPlain;
  if (launch->extent <= launch->grain)
    task(&work, 0, launch->extent);
  else
    portico_parallel_for(launch->extent, launch->grain, task, &work);
  return work.outOfMemory ? failed("no memory for a kernel's scratch") : 0;
}

//===----------------------------------------------------------------------===//
// Streams and events: nothing is ever left to wait for
//===----------------------------------------------------------------------===//

int32_t streamCreate(void *, void **stream) {
  *stream = nullptr;
  return 0;
}
void streamDestroy(void *, void *) {}
int32_t streamWait(void *, void *, void *) { return 0; }
int32_t streamSynchronize(void *, void *) { return 0; }

int32_t eventCreate(void *, void **event) {
  *event = nullptr;
  return 0;
}
void eventDestroy(void *, void *) {}
int32_t eventRecord(void *, void *, void *) { return 0; }
int32_t eventWait(void *, void *) { return 0; }
int32_t eventQuery(void *, void *, int32_t *done) {
  *done = 1;
  return 0;
}
int32_t synchronize(void *) { return 0; }

const char *getLastError() { return lastError.c_str(); }

const portico_driver table = {
    sizeof(portico_driver),
    PORTICO_DRIVER_ABI,
    "cpu",
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
    /*unavailable_reason=*/nullptr,
    /*memory_info=*/nullptr,
    /*host_allocate=*/nullptr,
    /*host_release=*/nullptr,
    /*event_elapsed=*/nullptr,
    /*graph_begin=*/nullptr,
    /*graph_end=*/nullptr,
    /*graph_launch=*/nullptr,
    /*graph_destroy=*/nullptr,
};

} // namespace

const portico_driver *portico::cpu::driver() { return &table; }
