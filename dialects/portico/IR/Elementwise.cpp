//===- Elementwise.cpp - folds of unary and binary ops ---------------------===//
//
// An identity is here only if it holds for every bit pattern but the payload of a
// nan: x + 0.0 is not x (-0.0 + 0.0 is 0.0), x + -0.0 is; x - x is not 0 (inf, nan).
//
//===----------------------------------------------------------------------===//

#include "dialects/portico/IR/ConstantFold.h"
#include "dialects/portico/IR/Portico.h"

using namespace mlir;
using namespace portico;

static constexpr auto nearest = APFloat::rmNearestTiesToEven;

static bool isFloat(Value value) { return isa<FloatType>(getElementTypeOrSelf(value.getType())); }
/// ui8 is the one integer whose order and quotients are unsigned.
static bool isUnsigned(Value value) {
  return getElementTypeOrSelf(value.getType()).isUnsignedInteger();
}

/// Folds one operand by the function of its kind.
template <typename IntFn, typename FloatFn>
static OpFoldResult foldUnary(Attribute x, Type type, IntFn onInt, FloatFn onFloat) {
  return foldElements({x}, type, [&](ArrayRef<Scalar> s) -> std::optional<Scalar> {
    if (auto *integer = std::get_if<APInt>(&s[0]))
      return onInt(*integer);
    return onFloat(std::get<APFloat>(s[0]));
  });
}

template <typename IntFn, typename FloatFn>
static OpFoldResult foldBinary(Attribute lhs, Attribute rhs, Type type, IntFn onInt,
                               FloatFn onFloat) {
  return foldElements({lhs, rhs}, type, [&](ArrayRef<Scalar> s) -> std::optional<Scalar> {
    if (auto *integer = std::get_if<APInt>(&s[0]))
      return onInt(*integer, std::get<APInt>(s[1]));
    return onFloat(std::get<APFloat>(s[0]), std::get<APFloat>(s[1]));
  });
}

/// A division by an integer 0 is an error of the run, which a fold must not hide.
template <typename IntFn, typename FloatFn>
static OpFoldResult foldQuotient(Attribute lhs, Attribute rhs, Type type, IntFn onInt,
                                 FloatFn onFloat) {
  return foldElements({lhs, rhs}, type, [&](ArrayRef<Scalar> s) -> std::optional<Scalar> {
    if (auto *integer = std::get_if<APInt>(&s[0])) {
      const APInt &divisor = std::get<APInt>(s[1]);
      return divisor.isZero() ? std::nullopt : std::optional<Scalar>(onInt(*integer, divisor));
    }
    return onFloat(std::get<APFloat>(s[0]), std::get<APFloat>(s[1]));
  });
}

/// For ops that floats, or integers, never reach.
static const auto none = [](const auto &...) -> std::optional<Scalar> { return std::nullopt; };

//===----------------------------------------------------------------------===//
// Unary
//===----------------------------------------------------------------------===//

OpFoldResult AbsOp::fold(FoldAdaptor adaptor) {
  // abs forgets the sign, so it may come from before a neg; and abs of abs is abs.
  if (auto neg = getX().getDefiningOp<NegOp>()) {
    setOperand(neg.getX());
    return getResult();
  }
  if (getX().getDefiningOp<AbsOp>())
    return getX();
  bool isUnsignedType = isUnsigned(getX());
  return foldUnary(
      adaptor.getX(), getType(), [&](const APInt &x) { return isUnsignedType ? x : x.abs(); },
      [](const APFloat &x) { return llvm::abs(x); });
}

OpFoldResult NegOp::fold(FoldAdaptor adaptor) {
  if (auto neg = getX().getDefiningOp<NegOp>())
    return neg.getX();
  return foldUnary(
      adaptor.getX(), getType(), [](const APInt &x) { return -x; },
      [](const APFloat &x) { return llvm::neg(x); });
}

OpFoldResult SignOp::fold(FoldAdaptor adaptor) {
  bool isUnsignedType = isUnsigned(getX());
  return foldUnary(
      adaptor.getX(), getType(),
      [&](const APInt &x) {
        int64_t sign = x.isZero() ? 0 : (!isUnsignedType && x.isNegative()) ? -1 : 1;
        return APInt(x.getBitWidth(), sign, true, true);
      },
      [](const APFloat &x) {
        // 0 for -0.0 and nan: the sign of the result is the sign of a number.
        if (x.isNaN() || x.isZero())
          return APFloat::getZero(x.getSemantics());
        return APFloat::getOne(x.getSemantics(), x.isNegative());
      });
}

/// The rounding ops: exact in every format.
static OpFoldResult foldRounding(Attribute x, Type type, APFloat::roundingMode mode) {
  return foldUnary(x, type, none, [&](APFloat value) {
    value.roundToIntegral(mode);
    return value;
  });
}
OpFoldResult FloorOp::fold(FoldAdaptor adaptor) {
  return foldRounding(adaptor.getX(), getType(), APFloat::rmTowardNegative);
}
OpFoldResult CeilOp::fold(FoldAdaptor adaptor) {
  return foldRounding(adaptor.getX(), getType(), APFloat::rmTowardPositive);
}
OpFoldResult TruncOp::fold(FoldAdaptor adaptor) {
  return foldRounding(adaptor.getX(), getType(), APFloat::rmTowardZero);
}
OpFoldResult RoundOp::fold(FoldAdaptor adaptor) {
  return foldRounding(adaptor.getX(), getType(), nearest);
}

OpFoldResult NotOp::fold(FoldAdaptor adaptor) {
  if (auto inner = getX().getDefiningOp<NotOp>())
    return inner.getX();
  return foldUnary(adaptor.getX(), getType(), [](const APInt &x) { return ~x; }, none);
}

//===----------------------------------------------------------------------===//
// Arithmetic
//===----------------------------------------------------------------------===//

OpFoldResult AddOp::fold(FoldAdaptor adaptor) {
  if (isSplatOfNegativeZero(adaptor.getRhs()) ||
      (!isFloat(getLhs()) && isSplatOf(adaptor.getRhs(), 0)))
    return getLhs();
  return foldBinary(
      adaptor.getLhs(), adaptor.getRhs(), getType(),
      [](const APInt &a, const APInt &b) { return a + b; },
      [](APFloat a, const APFloat &b) {
        a.add(b, nearest);
        return a;
      });
}

OpFoldResult SubOp::fold(FoldAdaptor adaptor) {
  // -0.0 - 0.0 is -0.0: exact for floats too.
  if (isSplatOf(adaptor.getRhs(), 0))
    return getLhs();
  if (getLhs() == getRhs() && !isFloat(getLhs()))
    return splatOf(getType(), 0);
  return foldBinary(
      adaptor.getLhs(), adaptor.getRhs(), getType(),
      [](const APInt &a, const APInt &b) { return a - b; },
      [](APFloat a, const APFloat &b) {
        a.subtract(b, nearest);
        return a;
      });
}

OpFoldResult MulOp::fold(FoldAdaptor adaptor) {
  if (isSplatOf(adaptor.getRhs(), 1))
    return getLhs();
  // Not for floats: nan * 0, inf * 0 and -1 * 0 are not 0.0.
  if (!isFloat(getLhs()) && isSplatOf(adaptor.getRhs(), 0))
    return adaptor.getRhs();
  return foldBinary(
      adaptor.getLhs(), adaptor.getRhs(), getType(),
      [](const APInt &a, const APInt &b) { return a * b; },
      [](APFloat a, const APFloat &b) {
        a.multiply(b, nearest);
        return a;
      });
}

OpFoldResult DivOp::fold(FoldAdaptor adaptor) {
  if (isSplatOf(adaptor.getRhs(), 1))
    return getLhs();
  bool isUnsignedType = isUnsigned(getLhs());
  return foldQuotient(
      adaptor.getLhs(), adaptor.getRhs(), getType(),
      [&](const APInt &a, const APInt &b) {
        return isUnsignedType ? a.udiv(b) : a.sdiv(b); // sdiv wraps for min / -1
      },
      [](APFloat a, const APFloat &b) {
        a.divide(b, nearest);
        return a;
      });
}

OpFoldResult RemOp::fold(FoldAdaptor adaptor) {
  bool isUnsignedType = isUnsigned(getLhs());
  return foldQuotient(
      adaptor.getLhs(), adaptor.getRhs(), getType(),
      [&](const APInt &a, const APInt &b) {
        if (!isUnsignedType && b.isAllOnes())
          return APInt::getZero(a.getBitWidth());
        return isUnsignedType ? a.urem(b) : a.srem(b);
      },
      [](APFloat a, const APFloat &b) {
        a.mod(b); // C fmod, always exact
        return a;
      });
}

/// base to the exponent by squaring, modulo 2^width.
static APInt integerPower(APInt base, APInt exponent, bool isUnsignedType) {
  APInt result(base.getBitWidth(), 1);
  if (!isUnsignedType && exponent.isNegative()) {
    // 1 / base^n truncated: 0 unless the base is 1 or -1.
    if (base.isOne())
      return base;
    if (base.isAllOnes())
      return exponent[0] ? base : result;
    return APInt::getZero(base.getBitWidth());
  }
  for (; !exponent.isZero(); exponent.lshrInPlace(1)) {
    if (exponent[0])
      result *= base;
    base *= base;
  }
  return result;
}

OpFoldResult PowOp::fold(FoldAdaptor adaptor) {
  // IEEE 754: pow(x, 0) is 1 for every x, nan included; pow(x, 1) is x.
  if (isSplatOf(adaptor.getRhs(), 0) || isSplatOfNegativeZero(adaptor.getRhs()))
    return splatOf(getType(), 1);
  if (isSplatOf(adaptor.getRhs(), 1))
    return getLhs();
  bool isUnsignedType = isUnsigned(getLhs());
  return foldBinary(
      adaptor.getLhs(), adaptor.getRhs(), getType(),
      [&](const APInt &a, const APInt &b) { return integerPower(a, b, isUnsignedType); }, none);
}

namespace {
/// pow(x, 2) -> mul(x, x): the product is the correctly rounded square.
struct SquareFromPow : OpRewritePattern<PowOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(PowOp op, PatternRewriter &rewriter) const override {
    auto exponent = op.getRhs().getDefiningOp<ConstantOp>();
    if (!exponent || !isSplatOf(exponent.getValue(), 2))
      return failure();
    rewriter.replaceOpWithNewOp<MulOp>(op, op.getLhs(), op.getLhs());
    return success();
  }
};
} // namespace

void PowOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *context) {
  patterns.add<SquareFromPow>(context);
}

/// max and min: `maximum` and `minimum` of APFloat let nan win, as the ops do.
template <typename Op, typename SignedFn, typename UnsignedFn, typename FloatFn>
static OpFoldResult foldExtremum(Op op, typename Op::FoldAdaptor adaptor, SignedFn onSigned,
                                 UnsignedFn onUnsigned, FloatFn onFloat) {
  if (op.getLhs() == op.getRhs())
    return op.getLhs();
  bool isUnsignedType = isUnsigned(op.getLhs());
  return foldBinary(
      adaptor.getLhs(), adaptor.getRhs(), op.getType(),
      [&](const APInt &a, const APInt &b) {
        return APInt(isUnsignedType ? onUnsigned(a, b) : onSigned(a, b));
      },
      [&](const APFloat &a, const APFloat &b) -> std::optional<Scalar> {
        // Which of 0.0 and -0.0 is the larger is left to the target.
        if (a.isZero() && b.isZero() && a.isNegative() != b.isNegative())
          return std::nullopt;
        return onFloat(a, b);
      });
}
OpFoldResult MaxOp::fold(FoldAdaptor adaptor) {
  return foldExtremum(*this, adaptor, llvm::APIntOps::smax, llvm::APIntOps::umax, llvm::maximum);
}
OpFoldResult MinOp::fold(FoldAdaptor adaptor) {
  return foldExtremum(*this, adaptor, llvm::APIntOps::smin, llvm::APIntOps::umin, llvm::minimum);
}

//===----------------------------------------------------------------------===//
// Bits
//===----------------------------------------------------------------------===//

OpFoldResult AndOp::fold(FoldAdaptor adaptor) {
  if (getLhs() == getRhs() || isSplatOfOnes(adaptor.getRhs()))
    return getLhs();
  if (isSplatOf(adaptor.getRhs(), 0))
    return adaptor.getRhs();
  return foldBinary(
      adaptor.getLhs(), adaptor.getRhs(), getType(),
      [](const APInt &a, const APInt &b) { return a & b; }, none);
}

OpFoldResult OrOp::fold(FoldAdaptor adaptor) {
  if (getLhs() == getRhs() || isSplatOf(adaptor.getRhs(), 0))
    return getLhs();
  if (isSplatOfOnes(adaptor.getRhs()))
    return adaptor.getRhs();
  return foldBinary(
      adaptor.getLhs(), adaptor.getRhs(), getType(),
      [](const APInt &a, const APInt &b) { return a | b; }, none);
}

OpFoldResult XorOp::fold(FoldAdaptor adaptor) {
  if (isSplatOf(adaptor.getRhs(), 0))
    return getLhs();
  if (getLhs() == getRhs())
    return splatOf(getType(), 0);
  return foldBinary(
      adaptor.getLhs(), adaptor.getRhs(), getType(),
      [](const APInt &a, const APInt &b) { return a ^ b; }, none);
}

/// Whether a shift amount is negative or not below the width.
static bool shiftsOut(const APInt &amount, bool isUnsignedType) {
  return (!isUnsignedType && amount.isNegative()) || amount.uge(amount.getBitWidth());
}

OpFoldResult ShlOp::fold(FoldAdaptor adaptor) {
  if (isSplatOf(adaptor.getRhs(), 0))
    return getLhs();
  bool isUnsignedType = isUnsigned(getLhs());
  return foldBinary(
      adaptor.getLhs(), adaptor.getRhs(), getType(),
      [&](const APInt &a, const APInt &b) {
        return shiftsOut(b, isUnsignedType) ? APInt::getZero(a.getBitWidth()) : a.shl(b);
      },
      none);
}

OpFoldResult ShrOp::fold(FoldAdaptor adaptor) {
  if (isSplatOf(adaptor.getRhs(), 0))
    return getLhs();
  bool isUnsignedType = isUnsigned(getLhs());
  return foldBinary(
      adaptor.getLhs(), adaptor.getRhs(), getType(),
      [&](const APInt &a, const APInt &b) {
        unsigned width = a.getBitWidth();
        if (isUnsignedType)
          return shiftsOut(b, true) ? APInt::getZero(width) : a.lshr(b);
        return shiftsOut(b, false) ? a.ashr(width - 1) : a.ashr(b);
      },
      none);
}
