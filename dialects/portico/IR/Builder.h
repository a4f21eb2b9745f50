//===- Builder.h - expressions over portico values --------------------------===//
//
// Gradient rules and rewrites are formulas; with `Expr` they read like ones:
//
//     Expr x(builder, loc, getX());
//     grads[0] = x.of(dy) * cos(x);
//
// An `Expr` is a value together with where new ops go. Result types follow from
// the operands, as everywhere in portico; numbers become splat constants of the
// other operand's type.
//
//===----------------------------------------------------------------------===//

#ifndef PORTICO_IR_BUILDER_H
#define PORTICO_IR_BUILDER_H

#include "dialects/portico/IR/Portico.h"

#include "mlir/IR/Builders.h"

namespace portico {

using Dims = llvm::SmallVector<int64_t, 6>;

class Expr {
public:
  Expr(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value value)
      : builder(&builder), loc(loc), value(value) {}

  operator mlir::Value() const { return value; }
  mlir::RankedTensorType type() const {
    return mlir::cast<mlir::RankedTensorType>(value.getType());
  }
  llvm::ArrayRef<int64_t> shape() const { return type().getShape(); }
  int64_t dim(int64_t i) const { return type().getDimSize(i); }
  int64_t rank() const { return type().getRank(); }
  mlir::Type dtype() const { return type().getElementType(); }

  /// Another value, with this expression's builder.
  Expr of(mlir::Value other) const { return Expr(*builder, loc, other); }
  /// The only result of a new op.
  template <typename Op, typename... Args> Expr make(Args &&...args) const {
    return of(Op::create(*builder, loc, std::forward<Args>(args)...));
  }

  /// Constants and counters; `number` is rounded to the element type.
  Expr splat(mlir::RankedTensorType type, double number) const;
  Expr splat(double number) const { return splat(type(), number); }
  Expr zeros(mlir::Type type) const { return splat(mlir::cast<mlir::RankedTensorType>(type), 0); }
  Expr iota(llvm::ArrayRef<int64_t> shape, int64_t axis) const;

private:
  mlir::OpBuilder *builder;
  mlir::Location loc;
  mlir::Value value;
};

//===----------------------------------------------------------------------===//
// Elementwise
//===----------------------------------------------------------------------===//

#define PORTICO_EXPR_UNARY(name, Op)                                                               \
  inline Expr name(Expr x) { return x.make<Op>(x); }
PORTICO_EXPR_UNARY(operator-, NegOp)
PORTICO_EXPR_UNARY(sign, SignOp)
PORTICO_EXPR_UNARY(trunc, TruncOp)
PORTICO_EXPR_UNARY(exp, ExpOp)
PORTICO_EXPR_UNARY(log, LogOp)
PORTICO_EXPR_UNARY(sin, SinOp)
PORTICO_EXPR_UNARY(cos, CosOp)
#undef PORTICO_EXPR_UNARY

#define PORTICO_EXPR_BINARY(name, Op)                                                              \
  inline Expr name(Expr lhs, Expr rhs) { return lhs.make<Op>(lhs, rhs); }                          \
  inline Expr name(Expr lhs, double rhs) { return name(lhs, lhs.splat(rhs)); }                     \
  inline Expr name(double lhs, Expr rhs) { return name(rhs.splat(lhs), rhs); }
PORTICO_EXPR_BINARY(operator+, AddOp)
PORTICO_EXPR_BINARY(operator-, SubOp)
PORTICO_EXPR_BINARY(operator*, MulOp)
PORTICO_EXPR_BINARY(operator/, DivOp)
PORTICO_EXPR_BINARY(pow, PowOp)
PORTICO_EXPR_BINARY(operator&, AndOp)
#undef PORTICO_EXPR_BINARY

#define PORTICO_EXPR_COMPARE(name, direction)                                                      \
  inline Expr name(Expr lhs, Expr rhs) {                                                           \
    return lhs.make<CompareOp>(lhs, rhs, CompareDirection::direction);                             \
  }                                                                                                \
  inline Expr name(Expr lhs, double rhs) { return name(lhs, lhs.splat(rhs)); }
PORTICO_EXPR_COMPARE(eq, EQ)
PORTICO_EXPR_COMPARE(ne, NE)
PORTICO_EXPR_COMPARE(lt, LT)
PORTICO_EXPR_COMPARE(ge, GE)
#undef PORTICO_EXPR_COMPARE

inline Expr select(Expr pred, Expr onTrue, Expr onFalse) {
  return pred.make<SelectOp>(pred, onTrue, onFalse);
}
inline Expr select(Expr pred, double onTrue, Expr onFalse) {
  return select(pred, onFalse.splat(onTrue), onFalse);
}
inline Expr select(Expr pred, Expr onTrue, double onFalse) {
  return select(pred, onTrue, onTrue.splat(onFalse));
}
/// `x` as `dtype`; `x` itself where it already is.
Expr castTo(Expr x, mlir::Type dtype);

//===----------------------------------------------------------------------===//
// Shape: each returns its operand where there is nothing to do
//===----------------------------------------------------------------------===//

Expr reshape(Expr x, llvm::ArrayRef<int64_t> shape);
Expr broadcast(Expr x, llvm::ArrayRef<int64_t> shape, llvm::ArrayRef<int64_t> dims);
Expr permute(Expr x, llvm::ArrayRef<int64_t> permutation);
Expr slice(Expr x, llvm::ArrayRef<int64_t> starts, llvm::ArrayRef<int64_t> limits,
           llvm::ArrayRef<int64_t> strides = {});
Expr updateSlice(Expr x, Expr update, llvm::ArrayRef<int64_t> starts,
                 llvm::ArrayRef<int64_t> strides);
Expr pad(Expr x, double value, llvm::ArrayRef<int64_t> low, llvm::ArrayRef<int64_t> high);
Expr reduce(Expr x, ReduceKind kind, llvm::ArrayRef<int64_t> axes);

/// The order of dimensions that brings `axis` to the end of `rank` dimensions.
Dims axisLast(int64_t rank, int64_t axis);
/// The permutation that undoes `permutation`.
Dims inverse(llvm::ArrayRef<int64_t> permutation);
/// 0, 1, .. `count` - 1.
Dims iotaDims(int64_t count, int64_t first = 0);
/// The dimensions of 0 .. `rank` - 1 that are not in `dims`.
Dims otherDims(int64_t rank, llvm::ArrayRef<int64_t> dims);
/// `shape[i]` for each `i` in `dims`.
Dims pick(llvm::ArrayRef<int64_t> shape, llvm::ArrayRef<int64_t> dims);

} // namespace portico

#endif // PORTICO_IR_BUILDER_H
