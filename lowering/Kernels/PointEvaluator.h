//===- PointEvaluator.h - the value of an expression at an index ------------===//
//
// The ops around a kernel's main op (the bias and activation after a matmul, the
// permutation before it) are evaluated point by point: asked for a value at an
// index, the evaluator walks up through elementwise ops and data movement, which
// only changes the index, and loads what it meets at the top. A point is one
// element or a vector of elements along one dimension.
//
//===----------------------------------------------------------------------===//

#ifndef PORTICO_LOWERING_KERNELS_POINTEVALUATOR_H
#define PORTICO_LOWERING_KERNELS_POINTEVALUATOR_H

#include "lowering/Kernels/PhaseFunction.h"

#include <functional>

namespace portico {

/// A coordinate of a point: `base + lane * step` for each of its lanes.
struct LaneIndex {
  mlir::Value base;
  int64_t step = 0;
  bool operator==(const LaneIndex &other) const { return base == other.base && step == other.step; }
};
using PointIndex = llvm::SmallVector<LaneIndex>;

class PointEvaluator {
public:
  PointEvaluator(PhaseFunction &function, KernelOp kernel);

  /// The value that is not evaluated but known: the main op's result, as a
  /// scalar or vector of compute type.
  using Known = std::function<mlir::Value(const PointIndex &, int64_t lanes)>;
  void know(mlir::Value value, Known known);

  /// `values` at `index`, scalars or vectors of compute type.
  llvm::SmallVector<mlir::Value> at(mlir::ValueRange values, const PointIndex &index,
                                    int64_t lanes);

  /// The point of a row-major tensor in `memory` with elements of type `elem`.
  mlir::Value load(mlir::Value memory, const PointIndex &index, llvm::ArrayRef<int64_t> shape,
                   mlir::Type elem);

  /// Whether `value` can be evaluated, taking `known` as given.
  static bool supports(mlir::Value value, mlir::Value known = nullptr);
  /// Whether it can be evaluated several elements of the last dimension at a time.
  static bool supportsLanes(mlir::Value value, mlir::Value known = nullptr);

private:
  mlir::Value evaluate(mlir::Value value, const PointIndex &index);
  mlir::Value compute(mlir::Value value, const PointIndex &index);
  mlir::Value loadArgument(mlir::Value memory, LaneIndex linear, mlir::Type elem);
  mlir::Value numberOf(LaneIndex i);
  mlir::Value constant(ConstantOp op, const PointIndex &index);
  LaneIndex linearize(const PointIndex &index, llvm::ArrayRef<int64_t> shape);
  PointIndex operandIndex(mlir::Operation *op, const PointIndex &index);

  PhaseFunction &e;
  llvm::DenseMap<mlir::Value, mlir::Value> memory;
  llvm::DenseMap<mlir::Value, Known> known;
  int64_t lanes = 1;
  /// What has been evaluated at this point, so that shared operands are
  /// evaluated once.
  struct Memo {
    mlir::Value value;
    PointIndex index;
    mlir::Value result;
  };
  llvm::SmallVector<Memo> memo;
};

} // namespace portico

#endif // PORTICO_LOWERING_KERNELS_POINTEVALUATOR_H
