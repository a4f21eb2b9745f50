//===- AmdgcnIntrinsics.cpp - what only AMD's machines have -----------------===//

#include "targets/hostsimt/IntrinsicCall.h"

#include "llvm/ADT/STLExtras.h"

using namespace llvm;
using namespace portico::hostsimt;

namespace {

class AmdgcnLowering : IntrinsicCall {
public:
  AmdgcnLowering(KernelCode &kernel, CallInst &call, StringRef name)
      : IntrinsicCall(kernel, call, name) {}

  bool run() {
    if (!name.consume_front("amdgcn."))
      return false;
    // From RDNA 4 on a barrier is two instructions; it is the second that waits.
    if (name == "s.barrier" || name == "s.barrier.wait")
      return waits(
          kernel.call(builder, offsetof(Services, barrier), builder.getVoidTy(), {ownSite()}));
    if (name == "s.barrier.signal" || isHint())
      return replace(nullptr);
    if (name == "wave.barrier")
      return waits(kernel.call(builder, offsetof(Services, subgroupBarrier), builder.getVoidTy(),
                               {builder.getInt64(~uint64_t(0)), ownSite()}));
    if (name == "mbcnt.lo" || name == "mbcnt.hi")
      return countBelow();
    if (name.starts_with("ballot."))
      return ballot();
    return exchange();
  }

private:
  Value *ownSite() { return kernel.site(call, /*own=*/true); }

  /// Instructions that tell the machine when, not what.
  bool isHint() const {
    for (const char *prefix : {"s.waitcnt", "s.wait.", "sched.", "iglp.", "s.setprio", "s.sleep"})
      if (name.starts_with(prefix))
        return true;
    return false;
  }

  /// mbcnt.lo(mask, base): base + the lanes of mask below this one, of the first 32.
  bool countBelow() {
    Value *lane = kernel.load(builder, offsetof(Item, lane), i32);
    Value *all = builder.getInt32(~0u), *zero = builder.getInt32(0);
    Value *width = builder.getInt32(32);
    Value *upper = builder.CreateICmpUGE(lane, width);
    Value *in = builder.CreateAnd(lane, builder.getInt32(31));
    Value *below =
        builder.CreateSub(builder.CreateShl(builder.getInt32(1), in), builder.getInt32(1));
    Value *mask = name == "mbcnt.lo" ? builder.CreateSelect(upper, all, below)
                                     : builder.CreateSelect(upper, below, zero);
    Value *set = builder.CreateAnd(operand(0), mask);
    Value *count = builder.CreateUnaryIntrinsic(Intrinsic::ctpop, set);
    return replace(builder.CreateAdd(count, operand(1)));
  }

  bool ballot() {
    Value *got =
        kernel.call(builder, offsetof(Services, vote), builder.getInt64Ty(),
                    {builder.getInt32(uint32_t(Vote::ballot)), builder.getInt64(~uint64_t(0)),
                     builder.CreateZExt(operand(0), i32), ownSite()});
    return waits(builder.CreateTrunc(got, call.getType()));
  }

  /// Does `each` to every 32 bits of a value.
  Value *inWords(ArrayRef<Value *> values, function_ref<Value *(ArrayRef<Value *>)> each) {
    Type *type = values.front()->getType();
    unsigned bits = unsigned(type->getPrimitiveSizeInBits().getFixedValue());
    if (bits <= 32) {
      Type *integer = builder.getIntNTy(bits);
      SmallVector<Value *> words;
      for (Value *value : values)
        words.push_back(builder.CreateZExt(builder.CreateBitCast(value, integer), i32));
      return builder.CreateBitCast(builder.CreateTrunc(each(words), integer), type);
    }
    auto *vector = FixedVectorType::get(i32, bits / 32);
    Value *result = PoisonValue::get(vector);
    for (unsigned i = 0; i < bits / 32; ++i) {
      SmallVector<Value *> words;
      for (Value *value : values)
        words.push_back(
            builder.CreateExtractElement(builder.CreateBitCast(value, vector), uint64_t(i)));
      result = builder.CreateInsertElement(result, each(words), uint64_t(i));
    }
    return builder.CreateBitCast(result, type);
  }

  /// Each word is an exchange, with a site of its own.
  bool exchange() {
    auto service = [&](size_t offset, ArrayRef<Value *> arguments) {
      SmallVector<Value *> all(arguments);
      all.push_back(ownSite());
      return kernel.call(builder, offset, i32, all);
    };
    // The lane is an address of 4 bytes a lane.
    if (name == "ds.bpermute")
      return waits(
          service(offsetof(Services, readLane), {operand(1), builder.CreateLShr(operand(0), 2)}));
    if (name == "ds.permute")
      return waits(
          service(offsetof(Services, sendToLane), {operand(1), builder.CreateLShr(operand(0), 2)}));
    if (name == "ds.swizzle")
      return waits(service(offsetof(Services, swizzle), {operand(0), operand(1)}));
    if (name.starts_with("readlane") || name.starts_with("readfirstlane")) {
      Value *lane = name.starts_with("readlane") ? operand(1) : builder.getInt32(0);
      return waits(inWords({operand(0)}, [&](ArrayRef<Value *> word) {
        return service(offsetof(Services, readLane), {word[0], lane});
      }));
    }
    if (name.starts_with("update.dpp"))
      return waits(inWords({operand(0), operand(1)}, [&](ArrayRef<Value *> words) {
        return service(offsetof(Services, dpp), {words[0], words[1], operand(2), operand(3),
                                                 operand(4), builder.CreateZExt(operand(5), i32)});
      }));
    if (name.starts_with("mov.dpp."))
      return waits(inWords({operand(0)}, [&](ArrayRef<Value *> words) {
        return service(offsetof(Services, dpp), {words[0], words[0], operand(1), operand(2),
                                                 operand(3), builder.CreateZExt(operand(4), i32)});
      }));
    return false;
  }
};

} // namespace

bool portico::hostsimt::lowerAmdgcn(KernelCode &kernel, CallInst &call, StringRef name) {
  return AmdgcnLowering(kernel, call, name).run();
}
