//===- Fiber.cpp - a stack of its own ---------------------------------------===//
//
// glibc's swapcontext saves the signal mask, which is a system call each time; a
// barrier of 256 work-items is 512 switches. On x86-64 a switch is what the
// calling convention asks a function to keep, and nothing else.
//
//===----------------------------------------------------------------------===//

#include "targets/hostsimt/Fiber.h"

#include <cstdint>

#if defined(__SANITIZE_ADDRESS__)
#define PORTICO_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define PORTICO_ASAN 1
#endif
#endif
#if PORTICO_ASAN
#include <sanitizer/common_interface_defs.h>
#endif

using namespace portico::hostsimt;

namespace {

/// Tells the address sanitizer, where there is one, that the stack is another one.
/// An object lives on the stack that is left.
class SwitchNotice {
public:
  SwitchNotice(const void *bottom, size_t size) {
#if PORTICO_ASAN
    __sanitizer_start_switch_fiber(&left, bottom, size);
#endif
    (void)bottom, (void)size;
  }
  /// Back again; `bottom` and `size` are those of the stack that was left for this one.
  void done(const void **bottom, size_t *size) { arrived(left, bottom, size); }

  static void arrived(void *left, const void **bottom, size_t *size) {
#if PORTICO_ASAN
    __sanitizer_finish_switch_fiber(left, bottom, size);
#endif
    (void)left, (void)bottom, (void)size;
  }

private:
  void *left = nullptr;
};

/// The fiber that was running before this one.
thread_local Fiber *previous = nullptr;

} // namespace

void Fiber::begin(void *fiber) {
  auto *self = static_cast<Fiber *>(fiber);
  SwitchNotice::arrived(nullptr, &previous->bottom, &previous->size);
  self->entry(self->argument);
}

#if defined(__x86_64__)

extern "C" {
// Saves the caller's state on its stack and that stack in `*from`; takes up `to`.
void portico_hostsimt_switch(void **from, void *to);
// Where a new fiber begins: r12 is its function, r13 the argument.
void portico_hostsimt_begin();
}

asm(R"(
  .text
  .p2align 4
  .type portico_hostsimt_switch,@function
portico_hostsimt_switch:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %rsp, (%rdi)
  movq %rsi, %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  retq
  .size portico_hostsimt_switch, .-portico_hostsimt_switch

  .p2align 4
  .type portico_hostsimt_begin,@function
portico_hostsimt_begin:
  movq %r13, %rdi
  callq *%r12
  ud2
  .size portico_hostsimt_begin, .-portico_hostsimt_begin
)");

void Fiber::start(char *stack, size_t bytes, void (*function)(void *), void *with) {
  entry = function;
  argument = with;
  bottom = stack;
  size = bytes;
  // What portico_hostsimt_switch takes off the stack, in its order, so that the
  // stack pointer is a multiple of 16 where portico_hostsimt_begin makes its call.
  auto top = (reinterpret_cast<uintptr_t>(stack) + bytes) & ~uintptr_t(15);
  auto *frame = reinterpret_cast<void **>(top) - 9;
  frame[0] = frame[1] = nullptr;              // r15, r14
  frame[2] = this;                            // r13
  frame[3] = reinterpret_cast<void *>(begin); // r12
  frame[4] = frame[5] = nullptr;              // rbx, rbp
  frame[6] = reinterpret_cast<void *>(portico_hostsimt_begin);
  stackPointer = frame;
}

void Fiber::switchTo(Fiber &from, Fiber &to) {
  SwitchNotice notice(to.bottom, to.size);
  previous = &from;
  portico_hostsimt_switch(&from.stackPointer, to.stackPointer);
  notice.done(&previous->bottom, &previous->size);
}

#else

void Fiber::trampoline(unsigned high, unsigned low) {
  begin(reinterpret_cast<Fiber *>(uintptr_t(high) << 32 | low));
}

void Fiber::start(char *stack, size_t bytes, void (*function)(void *), void *with) {
  entry = function;
  argument = with;
  bottom = stack;
  size = bytes;
  getcontext(&context);
  context.uc_stack.ss_sp = stack;
  context.uc_stack.ss_size = bytes;
  context.uc_link = nullptr;
  auto self = reinterpret_cast<uintptr_t>(this);
  makecontext(&context, reinterpret_cast<void (*)()>(trampoline), 2, unsigned(self >> 32),
              unsigned(self));
}

void Fiber::switchTo(Fiber &from, Fiber &to) {
  SwitchNotice notice(to.bottom, to.size);
  previous = &from;
  swapcontext(&from.context, &to.context);
  notice.done(&previous->bottom, &previous->size);
}

#endif
