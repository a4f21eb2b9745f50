//===- Elementwise.cpp - the scalar meaning of elementwise ops --------------===//

#include "lowering/ToLinalg/Elementwise.h"

#include "dialects/portico/IR/Portico.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/Matchers.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace portico {

namespace {

/// Emits one op; `elem` is the portico element type of its operands.
struct Emitter {
  OpBuilder &b;
  Location loc;
  Type elem;
  ValueRange args;

  bool isFloat() const { return isa<FloatType>(elem); }
  bool isUnsigned() const { return elem.isUnsignedInteger() || elem.isInteger(1); }
  Type type() const { return args[0].getType(); }
  unsigned width() const { return computeType(elem).getIntOrFloatBitWidth(); }

  Value c(double value) { return constantLike(b, loc, type(), value); }
  Value ci(int64_t value) { return intConstantLike(b, loc, type(), value); }
  template <typename Op> Value make(ValueRange operands) { return Op::create(b, loc, operands); }
  template <typename Op> Value unary() { return Op::create(b, loc, args[0]); }
  template <typename Op> Value binary() { return Op::create(b, loc, args[0], args[1]); }
  Value cmpi(arith::CmpIPredicate p, Value x, Value y) {
    return arith::CmpIOp::create(b, loc, p, x, y);
  }
  Value cmpf(arith::CmpFPredicate p, Value x, Value y) {
    return arith::CmpFOp::create(b, loc, p, x, y);
  }
  Value select(Value cond, Value x, Value y) { return arith::SelectOp::create(b, loc, cond, x, y); }

  Value abs() {
    if (isFloat())
      return unary<math::AbsFOp>();
    if (isUnsigned())
      return args[0];
    Value negated = arith::SubIOp::create(b, loc, ci(0), args[0]);
    return select(cmpi(arith::CmpIPredicate::slt, args[0], ci(0)), negated, args[0]);
  }
  Value neg() {
    if (isFloat())
      return unary<arith::NegFOp>();
    return arith::SubIOp::create(b, loc, ci(0), args[0]);
  }
  Value sign() {
    Value x = args[0];
    if (isFloat()) {
      Value negative = select(cmpf(arith::CmpFPredicate::OLT, x, c(0)), c(-1), c(0));
      return select(cmpf(arith::CmpFPredicate::OGT, x, c(0)), c(1), negative);
    }
    if (isUnsigned())
      return select(cmpi(arith::CmpIPredicate::ne, x, ci(0)), ci(1), ci(0));
    Value negative = select(cmpi(arith::CmpIPredicate::slt, x, ci(0)), ci(-1), ci(0));
    return select(cmpi(arith::CmpIPredicate::sgt, x, ci(0)), ci(1), negative);
  }

  /// Integer division and remainder that never trap: x / 0 = x rem 0 = 0 (which
  /// is reported apart), and the smallest integer divided by -1 wraps.
  Value guardedDivision(bool remainder) {
    Value x = args[0], y = args[1];
    Value isZero = cmpi(arith::CmpIPredicate::eq, y, ci(0));
    if (isUnsigned()) {
      Value safe = select(isZero, ci(1), y);
      Value r = remainder ? Value(arith::RemUIOp::create(b, loc, x, safe))
                          : Value(arith::DivUIOp::create(b, loc, x, safe));
      return select(isZero, ci(0), r);
    }
    Value isMinusOne = cmpi(arith::CmpIPredicate::eq, y, ci(-1));
    Value special = arith::OrIOp::create(b, loc, isZero, isMinusOne);
    Value safe = select(special, ci(1), y);
    if (remainder)
      return select(special, ci(0), arith::RemSIOp::create(b, loc, x, safe));
    Value negated = arith::SubIOp::create(b, loc, ci(0), x);
    Value quotient = select(isMinusOne, negated, arith::DivSIOp::create(b, loc, x, safe));
    return select(isZero, ci(0), quotient);
  }

  Value shift(bool left) {
    Value x = args[0], amount = args[1];
    // Unsigned comparison: a negative amount is out of range as well.
    Value inRange = cmpi(arith::CmpIPredicate::ult, amount, ci(width()));
    if (!left && !isUnsigned()) {
      Value safe = select(inRange, amount, ci(width() - 1));
      return arith::ShRSIOp::create(b, loc, x, safe);
    }
    Value safe = select(inRange, amount, ci(0));
    Value shifted = left ? Value(arith::ShLIOp::create(b, loc, x, safe))
                         : Value(arith::ShRUIOp::create(b, loc, x, safe));
    return select(inRange, shifted, ci(0));
  }

  /// `math.ipowi` reads its exponent as signed, so ui8 is raised in i32.
  Value pow() {
    if (isFloat())
      return binary<math::PowFOp>();
    if (!isUnsigned())
      return binary<math::IPowIOp>();
    Type wide = withShapeOf(b.getI32Type(), type());
    Value power = math::IPowIOp::create(b, loc, arith::ExtUIOp::create(b, loc, wide, args[0]),
                                        arith::ExtUIOp::create(b, loc, wide, args[1]));
    return arith::TruncIOp::create(b, loc, type(), power);
  }

  Value compare(CompareDirection direction) {
    using F = arith::CmpFPredicate;
    using I = arith::CmpIPredicate;
    static constexpr F floats[] = {F::OEQ, F::UNE, F::OLT, F::OLE, F::OGT, F::OGE};
    static constexpr I ints[] = {I::eq, I::ne, I::slt, I::sle, I::sgt, I::sge};
    static constexpr I unsignedInts[] = {I::eq, I::ne, I::ult, I::ule, I::ugt, I::uge};
    auto k = static_cast<unsigned>(direction);
    if (isFloat())
      return cmpf(floats[k], args[0], args[1]);
    return cmpi(isUnsigned() ? unsignedInts[k] : ints[k], args[0], args[1]);
  }

  template <typename F, typename S, typename U> Value byType() {
    if (isFloat())
      return binary<F>();
    return isUnsigned() ? binary<U>() : binary<S>();
  }
  template <typename F, typename I> Value byType() { return byType<F, I, I>(); }
};

} // namespace

Value emitElementwise(OpBuilder &b, Operation *op, ValueRange args) {
  Type elem = getElementTypeOrSelf(op->getOperand(0).getType());
  Emitter e{b, op->getLoc(), elem, args};
  return llvm::TypeSwitch<Operation *, Value>(op)
      .Case([&](AbsOp) { return e.abs(); })
      .Case([&](NegOp) { return e.neg(); })
      .Case([&](SignOp) { return e.sign(); })
      .Case([&](FloorOp) { return e.unary<math::FloorOp>(); })
      .Case([&](CeilOp) { return e.unary<math::CeilOp>(); })
      .Case([&](TruncOp) { return e.unary<math::TruncOp>(); })
      .Case([&](RoundOp) { return e.unary<math::RoundEvenOp>(); })
      .Case([&](NotOp) {
        Value ones = intConstantLike(b, e.loc, e.type(), -1);
        return Value(arith::XOrIOp::create(b, e.loc, args[0], ones));
      })
      .Case([&](ExpOp) { return e.unary<math::ExpOp>(); })
      .Case([&](Expm1Op) { return e.unary<math::ExpM1Op>(); })
      .Case([&](LogOp) { return e.unary<math::LogOp>(); })
      .Case([&](Log1pOp) { return e.unary<math::Log1pOp>(); })
      .Case([&](Log2Op) { return e.unary<math::Log2Op>(); })
      .Case([&](SqrtOp) { return e.unary<math::SqrtOp>(); })
      .Case([&](RsqrtOp) { return e.unary<math::RsqrtOp>(); })
      .Case([&](SinOp) { return e.unary<math::SinOp>(); })
      .Case([&](CosOp) { return e.unary<math::CosOp>(); })
      .Case([&](TanhOp) { return e.unary<math::TanhOp>(); })
      .Case([&](ErfOp) { return e.unary<math::ErfOp>(); })
      .Case([&](AddOp) { return e.byType<arith::AddFOp, arith::AddIOp>(); })
      .Case([&](SubOp) { return e.byType<arith::SubFOp, arith::SubIOp>(); })
      .Case([&](MulOp) { return e.byType<arith::MulFOp, arith::MulIOp>(); })
      .Case(
          [&](DivOp) { return e.isFloat() ? e.binary<arith::DivFOp>() : e.guardedDivision(false); })
      .Case(
          [&](RemOp) { return e.isFloat() ? e.binary<arith::RemFOp>() : e.guardedDivision(true); })
      .Case([&](PowOp) { return e.pow(); })
      .Case([&](MaxOp) { return e.byType<arith::MaximumFOp, arith::MaxSIOp, arith::MaxUIOp>(); })
      .Case([&](MinOp) { return e.byType<arith::MinimumFOp, arith::MinSIOp, arith::MinUIOp>(); })
      .Case([&](Atan2Op) { return e.binary<math::Atan2Op>(); })
      .Case([&](AndOp) { return e.binary<arith::AndIOp>(); })
      .Case([&](OrOp) { return e.binary<arith::OrIOp>(); })
      .Case([&](XorOp) { return e.binary<arith::XOrIOp>(); })
      .Case([&](ShlOp) { return e.shift(true); })
      .Case([&](ShrOp) { return e.shift(false); })
      .Case([&](CompareOp compare) { return e.compare(compare.getDirection()); })
      .Case([&](SelectOp) { return e.select(args[0], args[1], args[2]); })
      .Case([&](CastOp cast) {
        return emitCast(b, e.loc, args[0], elem, getElementTypeOrSelf(cast.getType()));
      })
      .Case([&](BitcastOp cast) {
        return emitBitcast(b, e.loc, args[0], elem, getElementTypeOrSelf(cast.getType()));
      })
      .Default([](Operation *) { return Value(); });
}

bool mayDivideByZero(Operation *op, ValueRange args) {
  if (!isa<DivOp, RemOp>(op) || isa<FloatType>(getElementTypeOrSelf(op->getOperand(0).getType())))
    return false;
  APInt divisor;
  return !matchPattern(args[1], m_ConstantInt(&divisor)) || divisor.isZero();
}

Value emitDividesByZero(OpBuilder &b, Operation *op, ValueRange args) {
  Value zero = intConstantLike(b, op->getLoc(), args[1].getType(), 0);
  return arith::CmpIOp::create(b, op->getLoc(), arith::CmpIPredicate::eq, args[1], zero);
}

} // namespace portico
