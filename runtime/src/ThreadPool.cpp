//===- ThreadPool.cpp - the threads that run kernels ------------------------===//
//
// pthreadpool does the work; this file decides how many threads there are, how
// a range is cut, and what happens to the pool in a forked child.
//
//===----------------------------------------------------------------------===//

#include "Status.h"
#include "portico/parallel.h"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <mutex>
#include <new>
#include <pthread.h>
#include <pthreadpool.h>
#include <sched.h>
#include <shared_mutex>

using namespace portico::rt;

namespace {

constexpr int32_t kMaxThreads = 1024;

// More tasks than threads, so that a thread that is held up does not hold up all.
constexpr int64_t kTasksPerThread = 4;

// A grain of several items is what pays for handing out one task. To wake threads
// that sleep takes as long as a few of them. (A grain of one item may be any amount.)
constexpr int64_t kTasksWorthWaking = 4;

int32_t defaultThreads() {
  if (const char *text = getenv("PORTICO_NUM_THREADS")) {
    long value = strtol(text, nullptr, 10);
    if (value >= 1 && value <= kMaxThreads)
      return int32_t(value);
  }
  // The processors this process may use, not those of the machine.
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof(set), &set) == 0)
    return std::min<int32_t>(std::max(1, CPU_COUNT(&set)), kMaxThreads);
  return 1;
}

struct Pool {
  // Shared by those who use `handle`, exclusive to replace it.
  std::shared_mutex mutex;
  // A shared lock goes to those who ask for it even while somebody waits for the
  // exclusive one, who could wait forever: who wants to share it waits in turn then.
  std::mutex turn;
  std::atomic<bool> replacing{false};
  pthreadpool_t handle = nullptr;
  std::atomic<int32_t> threads{defaultThreads()};

  Pool() { pthread_atfork(nullptr, nullptr, forgetAfterFork); }
  static void forgetAfterFork();
  // Made when the library is loaded: its own making must not race with a fork.
  static Pool *instance;
};

Pool *Pool::instance = new Pool;
Pool &pool() { return *Pool::instance; }

// The child has none of the pool's threads, and a lock may have been held by a
// thread that is gone: start anew. The parent's handle is left alone, as its
// destructor would wait for threads that do not exist here.
void Pool::forgetAfterFork() {
  Pool &self = pool();
  new (&self.mutex) std::shared_mutex;
  new (&self.turn) std::mutex;
  self.replacing = false;
  self.handle = nullptr;
}

struct Task {
  void (*function)(void *, int64_t, int64_t);
  void *context;
};

void runTile(void *argument, size_t begin, size_t count) {
  auto *task = static_cast<Task *>(argument);
  task->function(task->context, int64_t(begin), int64_t(begin + count));
}

} // namespace

int32_t portico_get_num_threads(void) { return pool().threads.load(std::memory_order_relaxed); }

portico_code portico_set_num_threads(int32_t threads, portico_status *status) {
  if (threads < 1 || threads > kMaxThreads)
    return fail(status, PORTICO_INVALID_ARGUMENT,
                "[set_num_threads] bad number of threads; got %d; expected 1 to %d", threads,
                kMaxThreads);
  Pool &self = pool();
  std::lock_guard<std::mutex> turn(self.turn);
  self.replacing = true;
  std::unique_lock<std::shared_mutex> lock(self.mutex);
  self.replacing = false;
  if (threads == self.threads)
    return PORTICO_OK;
  if (self.handle)
    pthreadpool_destroy(self.handle);
  self.handle = nullptr;
  self.threads = threads;
  return PORTICO_OK;
}

void portico_parallel_for(int64_t extent, int64_t grain, void (*task)(void *, int64_t, int64_t),
                          void *context) {
  if (extent <= 0)
    return;
  grain = std::max<int64_t>(grain, 1);
  Pool &self = pool();
  int64_t threads = self.threads.load(std::memory_order_relaxed);
  if (threads == 1 || extent <= grain || (grain > 1 && extent < kTasksWorthWaking * grain))
    return task(context, 0, extent);

  if (self.replacing)
    std::lock_guard<std::mutex> turn(self.turn);
  std::shared_lock<std::shared_mutex> lock(self.mutex);
  if (!self.handle) {
    lock.unlock();
    {
      std::unique_lock<std::shared_mutex> exclusive(self.mutex);
      if (!self.handle && self.threads > 1)
        self.handle = pthreadpool_create(size_t(self.threads.load()));
    }
    lock.lock();
  }
  // No pool (one thread now, or no thread could be made): do it here.
  if (!self.handle)
    return task(context, 0, extent);
  int64_t tasks = threads * kTasksPerThread;
  int64_t tile = (extent + tasks - 1) / tasks;
  tile = (tile + grain - 1) / grain * grain;
  Task bound{task, context};
  // Otherwise the workers spin for tens of milliseconds after each launch, waiting for
  // the next: with anything else on the machine, if only the user's own Python or data
  // loader, a training step took three times as long.
  pthreadpool_parallelize_1d_tile_1d(self.handle, runTile, &bound, size_t(extent), size_t(tile),
                                     PTHREADPOOL_FLAG_YIELD_WORKERS);
}
