//===- Recovery.cpp - work that outlives LLVM's fatal errors ----------------===//

#include "targets/Recovery.h"

#include "llvm/Support/ErrorHandling.h"

#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <mutex>
#include <system_error>
#include <unistd.h>
#include <utility>

using namespace portico;

struct Attempt::State {
  std::mutex mutex;
  std::condition_variable changed;
  bool over = false;
  std::optional<std::string> said;
  std::exception_ptr thrown;

  void run(const std::function<void()> &work) {
    try {
      work();
    } catch (...) {
      thrown = std::current_exception();
    }
    end();
  }

  /// The rest of the thread's life.
  [[noreturn]] void giveUp(const char *reason) {
    for (; innermost; innermost = innermost->outer)
      innermost->release();
    // Signals to the process are for threads that can do something about them.
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, nullptr);
    said = reason;
    end();
    for (;;)
      pause();
  }

  static thread_local State *current;
  static thread_local HeldLock *innermost;

private:
  void end() {
    std::lock_guard<std::mutex> lock(mutex);
    over = true;
    changed.notify_all();
  }
};

thread_local Attempt::State *Attempt::State::current = nullptr;
thread_local HeldLock *Attempt::State::innermost = nullptr;

namespace {

/// LLVM calls this on whichever thread fails. One that is not ours, of an application
/// with the same copy of LLVM, gets what it would get without a handler: the message,
/// and with our return the end of the process.
void onFatalError(void *, const char *reason, bool) {
  if (Attempt::State::current)
    Attempt::State::current->giveUp(reason);
  fprintf(stderr, "LLVM ERROR: %s\n", reason);
}

/// The same for memory; this one must not return.
void onBadAlloc(void *, const char *reason, bool) {
  if (Attempt::State::current)
    Attempt::State::current->giveUp("out of memory");
  fprintf(stderr, "LLVM ERROR: out of memory\n%s\n", reason);
  abort();
}

/// Once, so that a handler that an application installs later stays.
void installHandlers() {
  static const bool installed = [] {
    llvm::install_fatal_error_handler(onFatalError);
    llvm::install_bad_alloc_error_handler(onBadAlloc);
    return true;
  }();
  (void)installed;
}

} // namespace

Attempt::Attempt(std::function<void()> work) : state(std::make_shared<State>()) {
  installHandlers();
  // The thread has the state and the work to itself: it may outlive this object.
  auto body = [state = state, work] {
    State::current = state.get();
    state->run(work);
  };
  try {
    thread = std::thread(std::move(body));
  } catch (const std::system_error &) {
    state->run(work); // no more threads: done without a way back
  }
}

Attempt::~Attempt() {
  if (thread.joinable())
    waitForEnd();
}

void Attempt::waitForEnd() {
  {
    std::unique_lock<std::mutex> lock(state->mutex);
    state->changed.wait(lock, [this] { return state->over; });
  }
  if (state->said)
    thread.detach();
  else if (thread.joinable())
    thread.join();
}

std::optional<std::string> Attempt::wait() {
  waitForEnd();
  if (state->thrown)
    std::rethrow_exception(std::exchange(state->thrown, nullptr));
  return state->said;
}

std::optional<std::string> portico::attempt(llvm::function_ref<void()> work) {
  return Attempt(work).wait();
}

HeldLock::HeldLock() : outer(Attempt::State::innermost) { Attempt::State::innermost = this; }
HeldLock::~HeldLock() { Attempt::State::innermost = outer; }
