//===- ForkWatch.cpp - whether a vendor's library survived ------------------===//

#include "targets/common/ForkWatch.h"

#include <atomic>
#include <pthread.h>

using namespace portico;

/// How many forks lie between this process and the one that loaded this code.
static std::atomic<unsigned> forks{0};

ForkWatch::ForkWatch() {
  static const int registered =
      pthread_atfork(nullptr, nullptr, [] { forks.fetch_add(1, std::memory_order_relaxed); });
  (void)registered;
  before = forks.load(std::memory_order_relaxed);
}

bool ForkWatch::inChild() const { return forks.load(std::memory_order_relaxed) != before; }

const char *ForkWatch::advice() {
  return "this process was forked from one that used the device; expected a process of its own; "
         "try the start method 'spawn' of multiprocessing";
}
