//===- Fiber.h - a stack of its own -----------------------------------------===//

#ifndef PORTICO_TARGETS_HOSTSIMT_FIBER_H
#define PORTICO_TARGETS_HOSTSIMT_FIBER_H

#include <cstddef>

#if !defined(__x86_64__)
#include <ucontext.h>
#endif

namespace portico::hostsimt {

/// Something that runs until it switches to something else. All of a thread's
/// fibers stay on that thread.
class Fiber {
public:
  /// The next switch to this fiber calls `entry(argument)` on the stack
  /// [stack, stack + bytes). `entry` must not return.
  void start(char *stack, size_t bytes, void (*entry)(void *), void *argument);

  /// Goes on with `to`; returns when something switches to `from`, which is what
  /// is running now.
  static void switchTo(Fiber &from, Fiber &to);

private:
  /// Where a fiber begins.
  static void begin(void *fiber);

  void (*entry)(void *) = nullptr;
  void *argument = nullptr;
  /// Known for a thread's own stack once it was left; for sanitizers.
  const void *bottom = nullptr;
  size_t size = 0;
#if defined(__x86_64__)
  void *stackPointer = nullptr;
#else
  ucontext_t context;
  static void trampoline(unsigned high, unsigned low);
#endif
};

} // namespace portico::hostsimt

#endif // PORTICO_TARGETS_HOSTSIMT_FIBER_H
