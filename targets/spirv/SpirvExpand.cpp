//===- SpirvExpand.cpp - intrinsics that SPIR-V has no instruction for -------===//

#include "targets/spirv/SpirvExpand.h"

#include "llvm/ADT/FloatingPointMode.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/Transforms/Utils/Local.h"

using namespace llvm;

namespace {

Value *rotate(IRBuilder<> &b, IntrinsicInst *call, bool left) {
  Value *high = call->getArgOperand(0), *low = call->getArgOperand(1);
  Type *type = call->getType();
  Constant *top = ConstantInt::get(type, type->getScalarSizeInBits() - 1);
  // The other shift is done in two steps, since by all the bits it is undefined.
  Value *count = b.CreateAnd(call->getArgOperand(2), top);
  Value *rest = b.CreateXor(count, top);
  if (left)
    return b.CreateOr(b.CreateShl(high, count), b.CreateLShr(b.CreateLShr(low, 1), rest));
  return b.CreateOr(b.CreateShl(b.CreateShl(high, 1), rest), b.CreateLShr(low, count));
}

/// 1, 0 or -1.
Value *compare(IRBuilder<> &b, IntrinsicInst *call, bool isSigned) {
  Value *x = call->getArgOperand(0), *y = call->getArgOperand(1);
  Value *more = b.CreateICmp(isSigned ? ICmpInst::ICMP_SGT : ICmpInst::ICMP_UGT, x, y);
  Value *less = b.CreateICmp(isSigned ? ICmpInst::ICMP_SLT : ICmpInst::ICMP_ULT, x, y);
  Type *type = call->getType();
  return b.CreateSub(b.CreateZExt(more, type), b.CreateZExt(less, type));
}

Type *integersOf(Type *floats) {
  Type *integer = IntegerType::get(floats->getContext(), floats->getScalarSizeInBits());
  auto *vector = dyn_cast<VectorType>(floats);
  return vector ? VectorType::get(integer, vector->getElementCount()) : integer;
}

/// IEEE 754's maximum or minimum: NaN where there is one, and -0 below +0.
Value *extreme(IRBuilder<> &b, IntrinsicInst *call, bool larger) {
  Value *x = call->getArgOperand(0), *y = call->getArgOperand(1);
  Type *bits = integersOf(call->getType());
  Value *better = larger ? b.CreateFCmpOGT(x, y) : b.CreateFCmpOLT(x, y);
  Value *chosen = b.CreateSelect(better, x, y);
  // Equal values differ in the sign of zero at most.
  Value *i = b.CreateBitCast(x, bits), *j = b.CreateBitCast(y, bits);
  Value *zero = b.CreateBitCast(larger ? b.CreateAnd(i, j) : b.CreateOr(i, j), call->getType());
  chosen = b.CreateSelect(b.CreateFCmpOEQ(x, y), zero, chosen);
  return b.CreateSelect(b.CreateFCmpUNO(x, y), b.CreateFAdd(x, y), chosen);
}

/// Whether a float is of one of the classes of a mask, by its bits.
Value *isClass(IRBuilder<> &b, IntrinsicInst *call) {
  Value *x = call->getArgOperand(0);
  auto mask = unsigned(cast<ConstantInt>(call->getArgOperand(1))->getZExtValue());
  Type *type = integersOf(x->getType());
  const fltSemantics &semantics = x->getType()->getScalarType()->getFltSemantics();
  unsigned width = type->getScalarSizeInBits();
  APInt infinity = APFloat::getInf(semantics).bitcastToAPInt();
  APInt smallest = APFloat::getSmallestNormalized(semantics).bitcastToAPInt();
  APInt quiet = APFloat::getQNaN(semantics).bitcastToAPInt();
  auto number = [&](const APInt &value) { return ConstantInt::get(type, value); };
  auto below = [&](Value *v, const APInt &bound) { return b.CreateICmpULT(v, number(bound)); };

  Value *bits = b.CreateBitCast(x, type);
  Value *negative = b.CreateICmpSLT(bits, Constant::getNullValue(type));
  Value *positive = b.CreateNot(negative);
  Value *size = b.CreateAnd(bits, number(APInt::getSignedMaxValue(width)));
  Value *isNan = b.CreateICmpUGT(size, number(infinity));
  Value *isQuiet = b.CreateICmpUGE(size, number(quiet));
  Value *isInfinite = b.CreateICmpEQ(size, number(infinity));
  Value *isZero = b.CreateICmpEQ(size, Constant::getNullValue(type));
  Value *isSubnormal = b.CreateAnd(below(size, smallest), b.CreateNot(isZero));
  Value *isNormal = b.CreateAnd(b.CreateNot(below(size, smallest)), below(size, infinity));

  Value *result = Constant::getNullValue(call->getType());
  auto add = [&](unsigned bit, Value *test) {
    if (mask & bit)
      result = b.CreateOr(result, test);
  };
  auto addSigned = [&](unsigned minus, unsigned plus, Value *test) {
    add(minus, b.CreateAnd(test, negative));
    add(plus, b.CreateAnd(test, positive));
  };
  add(fcQNan, isQuiet);
  add(fcSNan, b.CreateAnd(isNan, b.CreateNot(isQuiet)));
  addSigned(fcNegInf, fcPosInf, isInfinite);
  addSigned(fcNegNormal, fcPosNormal, isNormal);
  addSigned(fcNegSubnormal, fcPosSubnormal, isSubnormal);
  addSigned(fcNegZero, fcPosZero, isZero);
  return result;
}

/// Null where the intrinsic can stay.
Value *expand(IntrinsicInst *call) {
  IRBuilder<> b(call);
  switch (call->getIntrinsicID()) {
  case Intrinsic::fshl:
    return rotate(b, call, /*left=*/true);
  case Intrinsic::fshr:
    return rotate(b, call, /*left=*/false);
  case Intrinsic::scmp:
    return compare(b, call, /*isSigned=*/true);
  case Intrinsic::ucmp:
    return compare(b, call, /*isSigned=*/false);
  case Intrinsic::maximum:
    return extreme(b, call, /*larger=*/true);
  case Intrinsic::minimum:
    return extreme(b, call, /*larger=*/false);
  case Intrinsic::is_fpclass:
    return isClass(b, call);
  default:
    return nullptr;
  }
}

Value *expandMask(IntrinsicInst *call) {
  bool all = call->getIntrinsicID() == Intrinsic::vector_reduce_and;
  if (!call->getType()->isIntegerTy(1) ||
      (!all && call->getIntrinsicID() != Intrinsic::vector_reduce_or))
    return nullptr;
  Value *mask = call->getArgOperand(0);
  IRBuilder<> b(call);
  Value *result = b.CreateExtractElement(mask, uint64_t(0));
  for (unsigned i = 1; i < cast<FixedVectorType>(mask->getType())->getNumElements(); ++i) {
    Value *element = b.CreateExtractElement(mask, uint64_t(i));
    result = all ? b.CreateAnd(result, element) : b.CreateOr(result, element);
  }
  return result;
}

/// The lowest `bits` of `x`, from the last to the first; the others are 0.
Value *reverse(IRBuilder<> &b, Value *x, unsigned bits) {
  Value *one = ConstantInt::get(x->getType(), 1), *result = ConstantInt::get(x->getType(), 0);
  for (unsigned i = 0; i < bits; ++i) {
    Value *bit = b.CreateAnd(b.CreateLShr(x, i), one);
    result = b.CreateOr(result, b.CreateShl(bit, bits - 1 - i));
  }
  return result;
}

/// A value as a wider integer, whose bits beyond those of `x` are anything.
Value *widen(IRBuilder<> &b, Value *x, Type *wide) {
  if (auto *cut = dyn_cast<TruncInst>(x))
    return b.CreateZExtOrTrunc(cut->getOperand(0), wide);
  auto *both = dyn_cast<BinaryOperator>(x);
  if (!both || !both->isBitwiseLogicOp())
    return b.CreateZExt(x, wide);
  return b.CreateBinOp(both->getOpcode(), widen(b, both->getOperand(0), wide),
                       widen(b, both->getOperand(1), wide));
}

/// Of the narrow integer that was reversed nothing is left but what others need.
void expandReversal(IntrinsicInst *call) {
  IRBuilder<> b(call);
  unsigned bits = call->getType()->getIntegerBitWidth();
  Type *wide = b.getIntNTy(std::max<unsigned>(8, PowerOf2Ceil(bits)));
  Value *narrow = call->getArgOperand(0);
  Value *result = reverse(b, widen(b, narrow, wide), bits);
  for (User *user : make_early_inc_range(call->users()))
    if (auto *widened = dyn_cast<ZExtInst>(user)) {
      b.SetInsertPoint(widened);
      widened->replaceAllUsesWith(b.CreateZExtOrTrunc(result, widened->getType()));
      widened->eraseFromParent();
    }
  if (!call->use_empty()) {
    b.SetInsertPoint(call);
    call->replaceAllUsesWith(b.CreateTrunc(result, call->getType()));
  }
  call->eraseFromParent();
  RecursivelyDeleteTriviallyDeadInstructions(narrow);
}

void expandReversals(Module &module) {
  SmallVector<IntrinsicInst *> calls;
  for (Function &function : module)
    for (Instruction &instruction : instructions(function))
      if (auto *call = dyn_cast<IntrinsicInst>(&instruction))
        if (call->getIntrinsicID() == Intrinsic::bitreverse && call->getType()->isIntegerTy())
          calls.push_back(call);
  for (IntrinsicInst *call : calls)
    expandReversal(call);
}

void replace(Module &module, Value *(*expansion)(IntrinsicInst *)) {
  for (Function &function : module)
    for (Instruction &instruction : make_early_inc_range(instructions(function)))
      if (auto *call = dyn_cast<IntrinsicInst>(&instruction))
        if (Value *value = expansion(call)) {
          call->replaceAllUsesWith(value);
          call->eraseFromParent();
        }
}

} // namespace

void portico::spirv::expandMaskReductions(Module &module) { replace(module, expandMask); }

void portico::spirv::expandIntrinsics(Module &module) {
  expandReversals(module);
  replace(module, expand);
}
