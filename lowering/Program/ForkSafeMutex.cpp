//===- ForkSafeMutex.cpp - a mutex that a forked child finds unlocked -------===//

#include "lowering/Program/ForkSafeMutex.h"

#include <pthread.h>
#include <vector>

using namespace portico;

namespace {

struct Registry {
  std::mutex mutex;
  std::vector<ForkSafeMutex *> all;
};

Registry &registry() {
  static Registry *instance = new Registry;
  return *instance;
}

void lockAll() {
  registry().mutex.lock();
  for (ForkSafeMutex *mutex : registry().all)
    mutex->lock();
}

void unlockAll() {
  for (ForkSafeMutex *mutex : registry().all)
    mutex->unlock();
  registry().mutex.unlock();
}

} // namespace

ForkSafeMutex::ForkSafeMutex() {
  static std::once_flag once;
  std::call_once(once, [] { pthread_atfork(lockAll, unlockAll, unlockAll); });
  std::lock_guard<std::mutex> lock(registry().mutex);
  registry().all.push_back(this);
}
