//===- HalfConversions.cpp - what the host rounds to halves by calls --------===//
//
// GPUs round to f16 and bf16 in one instruction. The host has one for floats to f16;
// for the others its code generator calls functions of a library, and it makes such
// conversions where it moves halves around, too. Here are the functions.
//
//===----------------------------------------------------------------------===//

#include "targets/hostsimt/KernelCode.h"

using namespace llvm;
using namespace portico::hostsimt;

namespace {

/// A double as a float, rounded to odd: to round that again, to fewer bits, is to
/// round once, as it never is a tie that the double was not.
Value *roundToOdd(IRBuilder<> &builder, Value *wide) {
  Value *nearest = builder.CreateFPTrunc(wide, builder.getFloatTy());
  Value *back = builder.CreateFPExt(nearest, wide->getType());
  Value *away = builder.CreateFCmpOGT(builder.CreateUnaryIntrinsic(Intrinsic::fabs, back),
                                      builder.CreateUnaryIntrinsic(Intrinsic::fabs, wide));
  Value *inexact = builder.CreateFCmpUNE(back, wide);
  Type *bits = builder.getInt32Ty();
  // One less where rounding went away from zero, and odd where it was not exact.
  Value *down =
      builder.CreateSub(builder.CreateBitCast(nearest, bits), builder.CreateZExt(away, bits));
  Value *odd = builder.CreateOr(down, builder.CreateZExt(inexact, bits));
  return builder.CreateBitCast(odd, nearest->getType());
}

/// A float as a bf16, to nearest, ties to even; a NaN stays one.
Value *roundToBfloat(IRBuilder<> &builder, Value *value) {
  Value *bits = builder.CreateBitCast(value, builder.getInt32Ty());
  Value *high = builder.CreateLShr(bits, 16);
  Value *last = builder.CreateAnd(high, builder.getInt32(1));
  Value *bias = builder.CreateAdd(last, builder.getInt32(0x7fff));
  Value *rounded = builder.CreateLShr(builder.CreateAdd(bits, bias), 16);
  Value *quiet = builder.CreateOr(high, builder.getInt32(0x40));
  Value *result = builder.CreateSelect(builder.CreateFCmpUNO(value, value), quiet, rounded);
  return builder.CreateBitCast(builder.CreateTrunc(result, builder.getInt16Ty()),
                               builder.getBFloatTy());
}

/// Adds `name(from) -> to`; of several objects one copy is kept.
void define(Module &module, StringRef name, Type *from, Type *to,
            function_ref<Value *(IRBuilder<> &, Value *)> body) {
  auto *function = Function::Create(FunctionType::get(to, {from}, false),
                                    GlobalValue::LinkOnceODRLinkage, name, module);
  function->setVisibility(GlobalValue::HiddenVisibility);
  IRBuilder<> builder(BasicBlock::Create(module.getContext(), "", function));
  builder.CreateRet(body(builder, function->getArg(0)));
}

} // namespace

void portico::hostsimt::addHalfConversions(Module &module) {
  LLVMContext &context = module.getContext();
  Type *f64 = Type::getDoubleTy(context), *f32 = Type::getFloatTy(context);
  Type *half = Type::getHalfTy(context), *bfloat = Type::getBFloatTy(context);
  define(module, "__truncsfbf2", f32, bfloat, roundToBfloat);
  define(module, "__truncdfbf2", f64, bfloat, [](IRBuilder<> &builder, Value *value) {
    return roundToBfloat(builder, roundToOdd(builder, value));
  });
  define(module, "__truncdfhf2", f64, half, [&](IRBuilder<> &builder, Value *value) {
    return builder.CreateFPTrunc(roundToOdd(builder, value), half);
  });
}
