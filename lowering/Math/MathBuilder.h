//===- MathBuilder.h - arithmetic on floats and their bits ------------------===//

#ifndef PORTICO_LOWERING_MATH_MATHBUILDER_H
#define PORTICO_LOWERING_MATH_MATHBUILDER_H

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/Builders.h"

namespace portico {

/// Emits ops on one float type, f32 or f64, scalar or vector.
class MathBuilder {
public:
  using Value = mlir::Value;

  /// `hasDoubles`: f32 may be computed in f64 on the way.
  MathBuilder(mlir::OpBuilder &b, mlir::Location loc, mlir::Type type, bool hasDoubles = true);

  mlir::OpBuilder &b;
  mlir::Location loc;
  mlir::Type type, intType;
  bool isDouble, hasDoubles;

  /// The same shape in another element type.
  mlir::Type as(mlir::Type elem) const;
  MathBuilder doubles() { return {b, loc, as(b.getF64Type())}; }

  Value c(double value);
  Value ci(int64_t value);
  /// A constant by width: the coefficients of a polynomial differ.
  Value c(double single, double twice) { return c(isDouble ? twice : single); }
  Value inf() { return c(__builtin_inf()); }
  Value nan() { return c(__builtin_nan("")); }

  Value add(Value x, Value y) { return mlir::arith::AddFOp::create(b, loc, x, y); }
  Value sub(Value x, Value y) { return mlir::arith::SubFOp::create(b, loc, x, y); }
  Value mul(Value x, Value y) { return mlir::arith::MulFOp::create(b, loc, x, y); }
  Value div(Value x, Value y) { return mlir::arith::DivFOp::create(b, loc, x, y); }
  Value fma(Value x, Value y, Value z) { return mlir::math::FmaOp::create(b, loc, x, y, z); }
  Value neg(Value x) { return mlir::arith::NegFOp::create(b, loc, x); }
  Value abs(Value x) { return mlir::math::AbsFOp::create(b, loc, x); }
  Value trunc(Value x) { return mlir::math::TruncOp::create(b, loc, x); }
  Value copysign(Value x, Value sign) { return mlir::math::CopySignOp::create(b, loc, x, sign); }

  Value cmp(mlir::arith::CmpFPredicate p, Value x, Value y) {
    return mlir::arith::CmpFOp::create(b, loc, p, x, y);
  }
  Value lt(Value x, Value y) { return cmp(mlir::arith::CmpFPredicate::OLT, x, y); }
  Value gt(Value x, Value y) { return cmp(mlir::arith::CmpFPredicate::OGT, x, y); }
  Value ge(Value x, Value y) { return cmp(mlir::arith::CmpFPredicate::OGE, x, y); }
  Value eq(Value x, Value y) { return cmp(mlir::arith::CmpFPredicate::OEQ, x, y); }
  Value isNan(Value x) { return cmp(mlir::arith::CmpFPredicate::UNO, x, x); }
  Value select(Value cond, Value x, Value y) {
    return mlir::arith::SelectOp::create(b, loc, cond, x, y);
  }
  Value both(Value x, Value y) { return mlir::arith::AndIOp::create(b, loc, x, y); }
  Value either(Value x, Value y) { return mlir::arith::OrIOp::create(b, loc, x, y); }
  Value negated(Value cond);

  Value addi(Value x, Value y) { return mlir::arith::AddIOp::create(b, loc, x, y); }
  Value subi(Value x, Value y) { return mlir::arith::SubIOp::create(b, loc, x, y); }
  Value andi(Value x, Value y) { return mlir::arith::AndIOp::create(b, loc, x, y); }
  Value shl(Value x, int64_t n) { return mlir::arith::ShLIOp::create(b, loc, x, ci(n)); }
  Value shru(Value x, int64_t n) { return mlir::arith::ShRUIOp::create(b, loc, x, ci(n)); }
  Value shrs(Value x, int64_t n) { return mlir::arith::ShRSIOp::create(b, loc, x, ci(n)); }
  Value cmpi(mlir::arith::CmpIPredicate p, Value x, Value y) {
    return mlir::arith::CmpIOp::create(b, loc, p, x, y);
  }
  Value bits(Value x) { return mlir::arith::BitcastOp::create(b, loc, intType, x); }
  Value fromBits(Value x) { return mlir::arith::BitcastOp::create(b, loc, type, x); }
  /// An integer as a float.
  Value toFloat(Value x) { return mlir::arith::SIToFPOp::create(b, loc, type, x); }

  /// Mantissa bits and exponent bias.
  int64_t mantissaBits() const { return isDouble ? 52 : 23; }
  int64_t bias() const { return isDouble ? 1023 : 127; }

  /// c[0] + c[1] x + c[2] x^2 ...
  Value polynomial(Value x, llvm::ArrayRef<double> coefficients);
  /// The nearest integer, as a float and as an integer. |x| must be below
  /// 2^(mantissaBits - 2); a nan stays one and never becomes poison.
  std::pair<Value, Value> nearest(Value x);
  /// x * 2^n for |n| up to twice the bias: two factors, one rounding.
  Value scale(Value x, Value n);
  /// 2^n for n within the normal exponents.
  Value exp2Integer(Value n) { return fromBits(shl(addi(n, ci(bias())), mantissaBits())); }
};

} // namespace portico

#endif // PORTICO_LOWERING_MATH_MATHBUILDER_H
