//===- IntrinsicCall.h - one call of what only a device has -----------------===//

#ifndef PORTICO_TARGETS_HOSTSIMT_INTRINSICCALL_H
#define PORTICO_TARGETS_HOSTSIMT_INTRINSICCALL_H

#include "targets/hostsimt/KernelCode.h"

#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/Instructions.h"

namespace portico::hostsimt {

/// What the lowerings of the intrinsics of each vendor start from.
class IntrinsicCall {
protected:
  IntrinsicCall(KernelCode &kernel, llvm::CallInst &call, llvm::StringRef name)
      : kernel(kernel), call(call), name(name), builder(&call), i32(builder.getInt32Ty()),
        i64(builder.getInt64Ty()) {}

  llvm::Value *operand(unsigned i) { return call.getArgOperand(i); }

  /// `value`, or nothing, takes the place of the call. True: it was known.
  bool replace(llvm::Value *value) {
    if (value)
      call.replaceAllUsesWith(value);
    call.eraseFromParent();
    return true;
  }
  /// The same where work-items wait for each other in `value`.
  bool waits(llvm::Value *value) {
    kernel.synchronises = true;
    return replace(call.getType()->isVoidTy() ? nullptr : value);
  }

  KernelCode &kernel;
  llvm::CallInst &call;
  llvm::StringRef name;
  llvm::IRBuilder<> builder;
  llvm::Type *i32, *i64;
};

} // namespace portico::hostsimt

#endif // PORTICO_TARGETS_HOSTSIMT_INTRINSICCALL_H
