//===- Checks.cpp - looks at addresses before memory is touched -------------===//
//
// Most addresses are a parameter, a piece of group memory or a private array plus
// an offset, and are held against the very memory they were made for:
//
// Before:
//   %p = getelementptr float, ptr %x, i64 %i
//   store float %v, ptr %p
// After:
//   %offset = sub (ptrtoint %p), (ptrtoint %x)
//   %missed = icmp ugt i64 %offset, (bytes of %x) - 4
//   br i1 %missed, label %report, label %fine
// report:
//   call void (services->outOfBounds)(%item, ptr %p, i64 4, i32 1, i32 0, ptr @site)
//   unreachable
// fine:
//   store float %v, ptr %p
//
// Accesses to group memory are then reported to the emulator, which looks for
// races. Other addresses it looks up itself.
//
//===----------------------------------------------------------------------===//

#include "targets/hostsimt/KernelCode.h"

#include "llvm/Analysis/ValueTracking.h"
#include "llvm/IR/DataLayout.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/MDBuilder.h"
#include "llvm/IR/ReplaceConstant.h"
#include "llvm/Transforms/Utils/BasicBlockUtils.h"

#include <algorithm>

using namespace llvm;
using namespace portico::hostsimt;

namespace {

/// One access of one instruction.
struct Touch {
  Instruction *instruction;
  Value *address;
  /// Constant, or a value of the kernel.
  Value *bytes;
  Access access;
  Align alignment;
};

class Checker {
public:
  explicit Checker(KernelCode &kernel)
      : kernel(kernel), layout(kernel.function.getParent()->getDataLayout()),
        word(Type::getInt64Ty(kernel.function.getContext())) {}

  void run() {
    SmallVector<Touch> touches;
    for (BasicBlock &block : kernel.function)
      for (Instruction &instruction : block) {
        // The code generator may otherwise conclude from an address that it is fine.
        if (auto *address = dyn_cast<GetElementPtrInst>(&instruction))
          address->setNoWrapFlags(GEPNoWrapFlags::none());
        collect(instruction, touches);
      }
    for (Touch &touch : touches)
      check(touch);
  }

private:
  void collect(Instruction &instruction, SmallVectorImpl<Touch> &touches) {
    auto size = [&](Type *type) -> Value * {
      return ConstantInt::get(word, layout.getTypeStoreSize(type).getFixedValue());
    };
    if (auto *load = dyn_cast<LoadInst>(&instruction)) {
      // Parameters come from memory, too, but from the emulator's own.
      if (getUnderlyingObject(load->getPointerOperand(), 0) != kernel.function.getArg(1))
        touches.push_back({load, load->getPointerOperand(), size(load->getType()),
                           load->isAtomic() ? Access::atomic : Access::read, load->getAlign()});
    } else if (auto *store = dyn_cast<StoreInst>(&instruction)) {
      touches.push_back({store, store->getPointerOperand(),
                         size(store->getValueOperand()->getType()),
                         store->isAtomic() ? Access::atomic : Access::write, store->getAlign()});
    } else if (auto *update = dyn_cast<AtomicRMWInst>(&instruction)) {
      touches.push_back({update, update->getPointerOperand(), size(update->getType()),
                         Access::atomic, update->getAlign()});
    } else if (auto *exchange = dyn_cast<AtomicCmpXchgInst>(&instruction)) {
      touches.push_back({exchange, exchange->getPointerOperand(),
                         size(exchange->getNewValOperand()->getType()), Access::atomic,
                         exchange->getAlign()});
    } else if (auto *memory = dyn_cast<AnyMemIntrinsic>(&instruction)) {
      Value *bytes = memory->getLength();
      touches.push_back({memory, memory->getRawDest(), bytes, Access::write,
                         memory->getDestAlign().valueOrOne()});
      if (auto *transfer = dyn_cast<AnyMemTransferInst>(memory))
        touches.push_back({memory, transfer->getRawSource(), bytes, Access::read,
                           transfer->getSourceAlign().valueOrOne()});
    }
  }

  void check(Touch &touch) {
    Value *base = getUnderlyingObject(touch.address, /*MaxLookup=*/0);
    IRBuilder<> builder(touch.instruction);
    builder.SetCurrentDebugLocation(DebugLoc());
    touch.bytes = builder.CreateZExtOrTrunc(touch.bytes, word);
    if (auto known = kernel.addresses.find(base); known != kernel.addresses.end())
      return hold(touch, base, bytesOfParameter(known->second), known->second);
    if (auto *variable = dyn_cast<GlobalVariable>(base)) {
      Value *size =
          ConstantInt::get(word, layout.getTypeAllocSize(variable->getValueType()).getFixedValue());
      if (!isGroupVariable(*variable))
        return hold(touch, base, size, kConstantMemory);
      hold(touch, base, size, kGroupMemory);
      return reportGroupAccess(touch);
    }
    if (auto *array = dyn_cast<AllocaInst>(base))
      if (std::optional<TypeSize> size = array->getAllocationSize(layout))
        return hold(touch, base, ConstantInt::get(word, size->getFixedValue()), kPrivateMemory);
    if (auto *call = dyn_cast<CallInst>(base);
        call && call->getCalledFunction() &&
        call->getCalledFunction()->getName() == "device.amdgcn.implicitarg.ptr")
      return hold(touch, base, ConstantInt::get(word, kImplicitArgumentBytes), kConstantMemory);
    noteGranularity(touch);
    kernel.call(builder, offsetof(Services, access), builder.getVoidTy(),
                {touch.address, touch.bytes, builder.getInt32(uint32_t(touch.access)),
                 kernel.site(*touch.instruction, /*own=*/false)});
  }

  /// The size of a parameter's memory, loaded once where the kernel begins.
  Value *bytesOfParameter(int32_t number) {
    Value *&size = sizes[number];
    if (!size) {
      IRBuilder<> builder(&*kernel.function.getEntryBlock().getFirstInsertionPt());
      Value *all = kernel.load(builder, offsetof(Item, bytes), builder.getPtrTy());
      Value *at = builder.CreateConstInBoundsGEP1_64(word, all, number);
      auto *load = builder.CreateLoad(word, at);
      load->setMetadata(LLVMContext::MD_invariant_load, MDNode::get(builder.getContext(), {}));
      size = load;
    }
    return size;
  }

  void hold(Touch &touch, Value *base, Value *size, int32_t memory) {
    if (provablyInside(touch, base, size))
      return;
    IRBuilder<> builder(touch.instruction);
    builder.SetCurrentDebugLocation(DebugLoc());
    Value *offset = builder.CreateSub(builder.CreatePtrToInt(touch.address, word),
                                      builder.CreatePtrToInt(base, word));
    // Fits nowhere, or begins too late: neither difference wraps where it counts.
    Value *missed =
        builder.CreateOr(builder.CreateICmpULT(size, touch.bytes),
                         builder.CreateICmpUGT(offset, builder.CreateSub(size, touch.bytes)));
    Instruction *report =
        SplitBlockAndInsertIfThen(missed, touch.instruction->getIterator(), /*Unreachable=*/true,
                                  MDBuilder(builder.getContext()).createUnlikelyBranchWeights());
    IRBuilder<> reporter(report);
    kernel.call(reporter, offsetof(Services, outOfBounds), reporter.getVoidTy(),
                {touch.address, touch.bytes, reporter.getInt32(uint32_t(touch.access)),
                 reporter.getInt32(uint32_t(memory)),
                 kernel.site(*touch.instruction, /*own=*/false)});
  }

  bool provablyInside(const Touch &touch, Value *base, Value *size) {
    auto *total = dyn_cast<ConstantInt>(size);
    auto *bytes = dyn_cast<ConstantInt>(touch.bytes);
    APInt offset(64, 0);
    return total && bytes &&
           touch.address->stripAndAccumulateConstantOffsets(layout, offset,
                                                            /*AllowNonInbounds=*/true) == base &&
           !offset.isNegative() && bytes->getValue().ule(total->getValue()) &&
           offset.ule(total->getValue() - bytes->getValue());
  }

  /// What all accesses to group memory are multiples of.
  void noteGranularity(const Touch &touch) {
    uint64_t granularity = touch.alignment.value();
    auto *bytes = dyn_cast<ConstantInt>(touch.bytes);
    uint64_t size = bytes ? bytes->getZExtValue() : 1;
    while (size % granularity)
      granularity /= 2;
    kernel.groupGranularity = std::min<uint32_t>(kernel.groupGranularity, uint32_t(granularity));
  }

  void reportGroupAccess(const Touch &touch) {
    noteGranularity(touch);
    IRBuilder<> builder(touch.instruction);
    builder.SetCurrentDebugLocation(DebugLoc());
    Value *memory = kernel.load(builder, offsetof(Item, groupMemory), builder.getPtrTy());
    Value *offset =
        builder.CreateTrunc(builder.CreateSub(builder.CreatePtrToInt(touch.address, word),
                                              builder.CreatePtrToInt(memory, word)),
                            builder.getInt32Ty());
    kernel.call(builder, offsetof(Services, groupAccess), builder.getVoidTy(),
                {offset, builder.CreateTrunc(touch.bytes, builder.getInt32Ty()),
                 builder.getInt32(uint32_t(touch.access)),
                 kernel.site(*touch.instruction, /*own=*/false)});
  }

  KernelCode &kernel;
  const DataLayout &layout;
  Type *word;
  std::map<int32_t, Value *> sizes;
};

} // namespace

void portico::hostsimt::addChecks(KernelCode &kernel) { Checker(kernel).run(); }

void portico::hostsimt::placeGroupMemory(KernelCode &kernel) {
  Module &module = *kernel.function.getParent();
  const DataLayout &layout = module.getDataLayout();
  SmallVector<Constant *> all;
  for (GlobalVariable &variable : module.globals())
    if (isGroupVariable(variable))
      all.push_back(&variable);
  convertUsersOfConstantsToInstructions(all); // the checks' own
  SmallVector<GlobalVariable *> variables;
  for (GlobalVariable &variable : module.globals())
    if (isGroupVariable(variable) && any_of(variable.users(), [&](User *user) {
          auto *instruction = dyn_cast<Instruction>(user);
          return instruction && instruction->getFunction() == &kernel.function;
        }))
      variables.push_back(&variable);

  IRBuilder<> builder(&*kernel.function.getEntryBlock().getFirstInsertionPt());
  Value *memory = variables.empty()
                      ? nullptr
                      : kernel.load(builder, offsetof(Item, groupMemory), builder.getPtrTy());
  uint64_t offset = 0;
  for (GlobalVariable *variable : variables) {
    offset = alignTo(offset, layout.getPreferredAlign(variable));
    Value *place = builder.CreateConstGEP1_64(builder.getInt8Ty(), memory, offset);
    variable->replaceUsesWithIf(place, [&](Use &use) {
      auto *instruction = dyn_cast<Instruction>(use.getUser());
      return instruction && instruction->getFunction() == &kernel.function;
    });
    offset += layout.getTypeAllocSize(variable->getValueType());
  }
  kernel.groupMemoryBytes = uint32_t(offset);

  for (BasicBlock &block : kernel.function)
    for (Instruction &instruction : block)
      if (auto *array = dyn_cast<AllocaInst>(&instruction))
        if (std::optional<TypeSize> size = array->getAllocationSize(layout))
          kernel.privateBytes += uint32_t(alignTo(size->getFixedValue(), array->getAlign()));
}
