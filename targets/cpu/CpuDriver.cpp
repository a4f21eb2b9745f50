//===- CpuDriver.cpp - the host as a device ---------------------------------===//
//
// A kernel is a C function
//
//   void kernel(void *const *buffers, int64_t begin, int64_t end, int64_t *status)
//
// and a launch hands ranges of its items to the runtime's threads.
//
//===----------------------------------------------------------------------===//

#include "targets/cpu/CpuDriver.h"
#include "targets/common/DriverError.h"
#include "targets/common/HostDriver.h"
#include "targets/cpu/CpuFeatures.h"

#include "portico/parallel.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>

using namespace portico;

namespace {

using Kernel = void (*)(void *const *buffers, int64_t begin, int64_t end, int64_t *status);

//===----------------------------------------------------------------------===//
// Devices
//===----------------------------------------------------------------------===//

int32_t deviceCount() { return 1; }

int32_t deviceInfo(int32_t ordinal, portico_device_info *info) {
  snprintf(info->name, sizeof(info->name), "host processor");
  return host::deviceInfo(ordinal, info);
}

int32_t deviceSupports(int32_t, const char *arch) { return portico::cpu::hostSupports(arch); }

//===----------------------------------------------------------------------===//
// Launches
//===----------------------------------------------------------------------===//

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

portico_driver makeTable() {
  portico_driver table = host::driverTable("cpu");
  table.device_count = deviceCount;
  table.device_info = deviceInfo;
  table.device_supports = deviceSupports;
  table.launch = launch;
  return table;
}

} // namespace

const portico_driver *portico::cpu::driver() {
  static const portico_driver table = makeTable();
  return &table;
}
