//===- Intrinsics.cpp - special registers, and who does the rest ------------===//

#include "targets/hostsimt/KernelCode.h"

#include "llvm/ADT/StringSwitch.h"
#include "llvm/IR/InlineAsm.h"
#include "llvm/IR/Instructions.h"

using namespace llvm;
using namespace portico::hostsimt;

Error portico::hostsimt::lowerIntrinsics(KernelCode &kernel) {
  SmallVector<CallInst *> calls;
  for (BasicBlock &block : kernel.function)
    for (Instruction &instruction : block)
      if (auto *call = dyn_cast<CallInst>(&instruction))
        if (Function *callee = call->getCalledFunction();
            call->isInlineAsm() || (callee && callee->getName().starts_with("device.")))
          calls.push_back(call);
  for (CallInst *call : calls) {
    if (call->isInlineAsm()) {
      if (lowerNvvmAssembly(kernel, *call))
        continue;
      return createStringError("the code has an instruction as text that cannot be emulated: " +
                               Twine(cast<InlineAsm>(call->getCalledOperand())->getAsmString()));
    }
    StringRef name = call->getCalledFunction()->getName();
    name.consume_front("device.");
    if (!lowerRegister(kernel, *call, name) && !lowerMatrix(kernel, *call, name) &&
        !lowerNvvm(kernel, *call, name) && !lowerNvvmTransfer(kernel, *call, name) &&
        !lowerAmdgcn(kernel, *call, name)) {
      Origin origin = originOfSource(call->getDebugLoc());
      return createStringError("the code calls '" + name.str() + "', which cannot be emulated" +
                               (origin.where.empty() ? "" : " (" + origin.where + ")"));
    }
  }
  return Error::success();
}

/// The offset in Item of the register `name`; nothing where it is no register.
static std::optional<size_t> fieldOf(StringRef name) {
  size_t dimension = name.ends_with(".x") ? 0 : name.ends_with(".y") ? 1 : 2;
  StringRef vector = name.drop_back(2);
  if (name.size() > 2 && name[name.size() - 2] == '.') {
    std::optional<size_t> base =
        StringSwitch<std::optional<size_t>>(vector)
            .Cases({"nvvm.read.ptx.sreg.tid", "amdgcn.workitem.id"}, offsetof(Item, localId))
            .Cases({"nvvm.read.ptx.sreg.ctaid", "amdgcn.workgroup.id"}, offsetof(Item, groupId))
            .Case("nvvm.read.ptx.sreg.ntid", offsetof(Item, groupSize))
            .Case("nvvm.read.ptx.sreg.nctaid", offsetof(Item, gridSize))
            .Default(std::nullopt);
    if (base)
      return *base + dimension * sizeof(uint32_t);
  }
  return StringSwitch<std::optional<size_t>>(name)
      .Case("nvvm.read.ptx.sreg.laneid", offsetof(Item, lane))
      .Case("nvvm.read.ptx.sreg.warpid", offsetof(Item, subgroup))
      .Cases({"nvvm.read.ptx.sreg.warpsize", "amdgcn.wavefrontsize"}, offsetof(Item, subgroupSize))
      .Case("amdgcn.implicitarg.ptr", offsetof(Item, implicitArguments))
      .Default(std::nullopt);
}

bool portico::hostsimt::lowerRegister(KernelCode &kernel, CallInst &call, StringRef name) {
  std::optional<size_t> field = fieldOf(name);
  if (!field)
    return false;
  IRBuilder<> builder(&call);
  call.replaceAllUsesWith(kernel.load(builder, *field, call.getType()));
  call.eraseFromParent();
  return true;
}
