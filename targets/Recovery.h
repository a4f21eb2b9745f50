//===- Recovery.h - work that outlives LLVM's fatal errors ------------------===//
//
// Where LLVM can go no further ("Cannot select", a type that a code generator does
// not know, an op of a dialect that nobody loaded) it calls its fatal error handler,
// and ends the process when that returns. The process is the user's, with the work
// of hours in it. So whatever runs LLVM's code runs as an `Attempt`, on a thread of
// its own, and the handler does not return: the thread stays where it is, asleep for
// ever, and whoever waits for it is told what LLVM said.
//
// Why not jump out of the handler? LLVM is built without exceptions: an exception
// (and longjmp likewise) skips the destructors of LLVM's frames but runs those of the
// frames around them, so that contexts and modules are destroyed in the middle of a
// change, and what LLVM keeps for each thread points into frames that are gone.
// LLVM's own CrashRecoveryContext takes the signals of the process, which are
// Python's. On a thread that sleeps everything stays valid and nobody looks at it
// again; the price is its memory, some megabytes for a failure that should not exist.
//
// What a sleeping thread shares with others is its locks. LLVM holds none while it
// generates code; ours are a `RecoverableLock` and are given back.
//
//===----------------------------------------------------------------------===//

#ifndef PORTICO_TARGETS_RECOVERY_H
#define PORTICO_TARGETS_RECOVERY_H

#include "llvm/ADT/STLFunctionalExtras.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>

namespace portico {

/// Work on a thread of its own. It must not end in the middle of a change to what
/// others see: where LLVM gives up, nothing after that is done, no destructor either.
class Attempt {
public:
  explicit Attempt(std::function<void()> work);
  ~Attempt();
  Attempt(const Attempt &) = delete;
  Attempt &operator=(const Attempt &) = delete;

  /// Waits for the end; once. What LLVM said, where it gave up. What the work throws
  /// is thrown here.
  std::optional<std::string> wait();

  struct State;

private:
  void waitForEnd();

  std::shared_ptr<State> state;
  std::thread thread;
};

/// An `Attempt` that is waited for at once.
std::optional<std::string> attempt(llvm::function_ref<void()> work);

/// A lock that others wait for and that is held while LLVM runs.
class HeldLock {
public:
  HeldLock(const HeldLock &) = delete;
  HeldLock &operator=(const HeldLock &) = delete;
  virtual void release() = 0;

protected:
  HeldLock();
  ~HeldLock();

private:
  friend struct Attempt::State;
  HeldLock *outer;
};

/// `Lock` is a std::unique_lock or a std::shared_lock.
template <typename Lock> class RecoverableLock : public HeldLock {
public:
  explicit RecoverableLock(typename Lock::mutex_type &mutex) : lock(mutex) {}
  void release() override { lock.unlock(); }

private:
  Lock lock;
};

} // namespace portico

#endif // PORTICO_TARGETS_RECOVERY_H
