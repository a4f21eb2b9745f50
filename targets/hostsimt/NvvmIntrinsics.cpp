//===- NvvmIntrinsics.cpp - what only PTX has -------------------------------===//

#include "targets/hostsimt/IntrinsicCall.h"

#include "llvm/ADT/StringSwitch.h"

using namespace llvm;
using namespace portico::hostsimt;

namespace {

class NvvmLowering : IntrinsicCall {
public:
  NvvmLowering(KernelCode &kernel, CallInst &call, StringRef name)
      : IntrinsicCall(kernel, call, name) {}

  bool run() {
    if (!name.consume_front("nvvm."))
      return false;
    if (name.starts_with("barrier0") || name.starts_with("barrier.cta.sync"))
      return barrier();
    if (name == "bar.warp.sync")
      return waits(kernel.call(builder, offsetof(Services, subgroupBarrier), builder.getVoidTy(),
                               {mask(0), ownSite()}));
    if (name.consume_front("shfl.sync."))
      return shuffle();
    if (name.consume_front("vote."))
      return vote();
    if (name.consume_front("redux.sync."))
      return reduce();
    if (name == "f2tf32.rna")
      return roundToTf32();
    // The work-items of a group see each other's writes at once.
    if (name.starts_with("membar.") || name.starts_with("fence."))
      return replace(nullptr);
    return false;
  }

private:
  Value *ownSite() {
    if (!site)
      site = kernel.site(call, /*own=*/true);
    return site;
  }
  Value *mask(unsigned i) { return builder.CreateZExt(operand(i), i64); }

  /// Barrier 0 of all work-items; there is no use for the fifteen others.
  bool barrier() {
    if (name.contains(".count") || name.contains(".red"))
      return false;
    if (call.arg_size() == 1)
      if (auto *number = dyn_cast<ConstantInt>(operand(0)); !number || !number->isZero())
        return false;
    return waits(
        kernel.call(builder, offsetof(Services, barrier), builder.getVoidTy(), {ownSite()}));
  }

  /// shfl.sync.<mode>.<type>[p](mask, value, distance, clamp)
  bool shuffle() {
    auto [word, type] = name.split('.');
    std::optional<Shuffle> mode = StringSwitch<std::optional<Shuffle>>(word)
                                      .Case("up", Shuffle::up)
                                      .Case("down", Shuffle::down)
                                      .Case("bfly", Shuffle::butterfly)
                                      .Case("idx", Shuffle::index)
                                      .Default(std::nullopt);
    if (!mode)
      return false;
    Type *valueType = operand(1)->getType();
    Value *got =
        kernel.call(builder, offsetof(Services, shuffle), i64,
                    {builder.getInt32(uint32_t(*mode)), mask(0),
                     builder.CreateBitCast(operand(1), i32), operand(2), operand(3), ownSite()});
    Value *value = builder.CreateBitCast(builder.CreateTrunc(got, i32), valueType);
    if (!call.getType()->isStructTy())
      return waits(value);
    Value *inside = builder.CreateTrunc(builder.CreateLShr(got, 32), builder.getInt1Ty());
    Value *both = builder.CreateInsertValue(PoisonValue::get(call.getType()), value, 0);
    return waits(builder.CreateInsertValue(both, inside, 1));
  }

  /// To 10 bits behind the point, to nearest, of two to the one farther from zero: half of the
  /// last place that stays is added to the magnitude, the rest cut off. Of NaNs there is one.
  bool roundToTf32() {
    Value *bits = builder.CreateBitCast(call.getArgOperand(0), i32);
    Value *cut =
        builder.CreateAnd(builder.CreateAdd(bits, builder.getInt32(0x1000)), ~uint64_t(0x1fff));
    Value *nan = builder.CreateFCmpUNO(call.getArgOperand(0), call.getArgOperand(0));
    Value *magnitude = builder.CreateAnd(bits, 0x7fffffff);
    Value *finite = builder.CreateICmpULT(magnitude, builder.getInt32(0x7f800000));
    Value *number = builder.CreateSelect(finite, cut, bits);
    return replace(builder.CreateSelect(nan, builder.getInt32(0x7fffffff), number));
  }

  /// vote.<kind>.sync(mask, predicate)
  bool vote() {
    std::optional<Vote> kind = StringSwitch<std::optional<Vote>>(name)
                                   .Case("any.sync", Vote::any)
                                   .Case("all.sync", Vote::all)
                                   .Case("uni.sync", Vote::uniform)
                                   .Case("ballot.sync", Vote::ballot)
                                   .Default(std::nullopt);
    if (!kind)
      return false;
    Value *got = kernel.call(builder, offsetof(Services, vote), i64,
                             {builder.getInt32(uint32_t(*kind)), mask(0),
                              builder.CreateZExt(operand(1), i32), ownSite()});
    return waits(builder.CreateTrunc(got, call.getType()));
  }

  /// redux.sync.<kind>(value, mask)
  bool reduce() {
    std::optional<Reduction> kind = StringSwitch<std::optional<Reduction>>(name)
                                        .Case("add", Reduction::add)
                                        .Case("umin", Reduction::umin)
                                        .Case("umax", Reduction::umax)
                                        .Case("min", Reduction::smin)
                                        .Case("max", Reduction::smax)
                                        .Case("and", Reduction::bitAnd)
                                        .Case("or", Reduction::bitOr)
                                        .Case("xor", Reduction::bitXor)
                                        .Default(std::nullopt);
    if (!kind)
      return false;
    return waits(kernel.call(builder, offsetof(Services, reduce), i32,
                             {builder.getInt32(uint32_t(*kind)), mask(1), operand(0), ownSite()}));
  }

  Constant *site = nullptr;
};

} // namespace

bool portico::hostsimt::lowerNvvm(KernelCode &kernel, CallInst &call, StringRef name) {
  return NvvmLowering(kernel, call, name).run();
}
