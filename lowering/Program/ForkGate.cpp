//===- ForkGate.cpp - no fork in the middle of a compilation ----------------===//

#include "lowering/Program/ForkGate.h"

#include <new>
#include <pthread.h>
#include <shared_mutex>

using namespace portico;

namespace {

struct Gate {
  std::shared_mutex mutex;
  Gate() {
    // The child's thread has another number than the one that locked, so it cannot
    // unlock; and as nobody else is there, it need not.
    pthread_atfork([] { instance->mutex.lock(); }, [] { instance->mutex.unlock(); },
                   [] { new (&instance->mutex) std::shared_mutex; });
  }
  // Made when the library is loaded: its own making must not race with a fork.
  static Gate *instance;
};

Gate *Gate::instance = new Gate;

} // namespace

ForkGate::ForkGate() { Gate::instance->mutex.lock_shared(); }
ForkGate::~ForkGate() { Gate::instance->mutex.unlock_shared(); }
