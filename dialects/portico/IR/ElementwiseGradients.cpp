//===- ElementwiseGradients.cpp - gradient rules of Elementwise.td ----------===//
//
// Where a function has no derivative the rules do what PyTorch does. A rule
// that must hide an infinity or a nan replaces the operand of the bad function,
// not its result: selecting the result alone would give 0 * inf = nan in the
// second derivative.
//
//===----------------------------------------------------------------------===//

#include "dialects/portico/IR/Builder.h"

using namespace mlir;
using namespace portico;

//===----------------------------------------------------------------------===//
// Unary
//===----------------------------------------------------------------------===//

/// The gradient of a unary op as a formula of its operand `x`, result `y` and
/// cotangent `dy`.
#define UNARY_RULE(Op, formula)                                                                    \
  LogicalResult Op::vjp(OpBuilder &builder, ValueRange cotangents, ArrayRef<bool> needs,           \
                        SmallVectorImpl<Value> &grads) {                                           \
    Expr x(builder, getLoc(), getX());                                                             \
    Expr y = x.of(getResult()), dy = x.of(cotangents[0]);                                          \
    (void)y;                                                                                       \
    grads[0] = formula;                                                                            \
    return success();                                                                              \
  }

static constexpr double kLn2 = 0.693147180559945309417232121458;
static constexpr double kTwoOverSqrtPi = 1.12837916709551257389615890312;

UNARY_RULE(AbsOp, dy *sign(x))
UNARY_RULE(NegOp, -dy)
UNARY_RULE(ExpOp, dy *y)
UNARY_RULE(Expm1Op, dy *(y + 1.0))
UNARY_RULE(LogOp, dy / x)
UNARY_RULE(Log1pOp, dy / (x + 1.0))
UNARY_RULE(Log2Op, dy / (x * kLn2))
UNARY_RULE(SqrtOp, dy / (y * 2.0))
UNARY_RULE(RsqrtOp, dy *(y * y * y * -0.5))
UNARY_RULE(SinOp, dy *cos(x))
UNARY_RULE(CosOp, -(dy *sin(x)))
UNARY_RULE(TanhOp, dy * (1.0 - y * y))
UNARY_RULE(ErfOp, dy *(exp(-(x *x)) * kTwoOverSqrtPi))
#undef UNARY_RULE

//===----------------------------------------------------------------------===//
// Binary
//===----------------------------------------------------------------------===//

namespace {
/// What the rule of a binary op reads.
struct BinaryRule {
  Expr lhs, rhs, result, dy;
  ArrayRef<bool> needs;
  SmallVectorImpl<Value> &grads;
};
} // namespace

template <typename Op, typename Rule>
static LogicalResult binaryVjp(Op op, OpBuilder &builder, ValueRange cotangents,
                               ArrayRef<bool> needs, SmallVectorImpl<Value> &grads, Rule rule) {
  Expr lhs(builder, op.getLoc(), op.getLhs());
  rule(BinaryRule{lhs, lhs.of(op.getRhs()), lhs.of(op.getResult()), lhs.of(cotangents[0]), needs,
                  grads});
  return success();
}

#define BINARY_RULE(Op)                                                                            \
  static void vjpOf##Op(const BinaryRule &r);                                                      \
  LogicalResult Op::vjp(OpBuilder &builder, ValueRange cotangents, ArrayRef<bool> needs,           \
                        SmallVectorImpl<Value> &grads) {                                           \
    return binaryVjp(*this, builder, cotangents, needs, grads, vjpOf##Op);                         \
  }                                                                                                \
  static void vjpOf##Op(const BinaryRule &r)

BINARY_RULE(AddOp) { r.grads[0] = r.grads[1] = r.dy; }

BINARY_RULE(SubOp) {
  r.grads[0] = r.dy;
  if (r.needs[1])
    r.grads[1] = -r.dy;
}

BINARY_RULE(MulOp) {
  if (r.needs[0])
    r.grads[0] = r.dy * r.rhs;
  if (r.needs[1])
    r.grads[1] = r.dy * r.lhs;
}

BINARY_RULE(DivOp) {
  if (r.needs[0])
    r.grads[0] = r.dy / r.rhs;
  if (r.needs[1])
    r.grads[1] = -(r.dy * ((r.lhs / r.rhs) / r.rhs));
}

// lhs - rhs * trunc(lhs / rhs), and trunc is flat almost everywhere.
BINARY_RULE(RemOp) {
  r.grads[0] = r.dy;
  if (r.needs[1])
    r.grads[1] = -(r.dy * trunc(r.lhs / r.rhs));
}

BINARY_RULE(PowOp) {
  if (r.needs[0]) {
    // x^0 is flat, also at x = 0 where 0 * x^-1 is nan.
    Expr flat = eq(r.rhs, 0.0);
    Expr exponent = select(flat, 1.0, r.rhs - 1.0);
    r.grads[0] = select(flat, 0.0, r.dy * (r.rhs * pow(r.lhs, exponent)));
  }
  if (r.needs[1]) {
    // 0^y is flat for y > 0; its one-sided derivative at y = 0 counts as 0.
    Expr flat = eq(r.lhs, 0.0) & ge(r.rhs, 0.0);
    r.grads[1] = r.dy * (r.result * log(select(flat, 1.0, r.lhs)));
  }
}

/// The cotangent of `mine` in max or min: none where it lost, half at a tie.
/// A nan loses to nothing, so that it shows in the gradient of both.
static Expr winnerCotangent(Expr dy, Expr lost, Expr tie) {
  return select(lost, 0.0, select(tie, dy * 0.5, dy));
}
BINARY_RULE(MaxOp) {
  Expr tie = eq(r.lhs, r.rhs);
  if (r.needs[0])
    r.grads[0] = winnerCotangent(r.dy, lt(r.lhs, r.rhs), tie);
  if (r.needs[1])
    r.grads[1] = winnerCotangent(r.dy, lt(r.rhs, r.lhs), tie);
}
BINARY_RULE(MinOp) {
  Expr tie = eq(r.lhs, r.rhs);
  if (r.needs[0])
    r.grads[0] = winnerCotangent(r.dy, lt(r.rhs, r.lhs), tie);
  if (r.needs[1])
    r.grads[1] = winnerCotangent(r.dy, lt(r.lhs, r.rhs), tie);
}

BINARY_RULE(Atan2Op) {
  Expr square = r.lhs * r.lhs + r.rhs * r.rhs;
  // At the origin the gradient counts as 0.
  Expr scaled = r.dy / select(eq(square, 0.0), 1.0, square);
  if (r.needs[0])
    r.grads[0] = r.rhs * scaled;
  if (r.needs[1])
    r.grads[1] = -(r.lhs * scaled);
}
#undef BINARY_RULE

//===----------------------------------------------------------------------===//
// Select and cast
//===----------------------------------------------------------------------===//

LogicalResult SelectOp::vjp(OpBuilder &builder, ValueRange cotangents, ArrayRef<bool> needs,
                            SmallVectorImpl<Value> &grads) {
  Expr pred(builder, getLoc(), getPred());
  Expr dy = pred.of(cotangents[0]);
  if (needs[1])
    grads[1] = select(pred, dy, 0.0);
  if (needs[2])
    grads[2] = select(pred, 0.0, dy);
  return success();
}

LogicalResult CastOp::vjp(OpBuilder &builder, ValueRange cotangents, ArrayRef<bool> needs,
                          SmallVectorImpl<Value> &grads) {
  Expr x(builder, getLoc(), getX());
  grads[0] = castTo(x.of(cotangents[0]), x.dtype());
  return success();
}
