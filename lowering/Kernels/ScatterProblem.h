//===- ScatterProblem.h - a scatter as five sizes and a combiner ------------===//
//
//   x [outer][size][inner], indices [batch][count], updates [outer][count][inner]
//
// where outer = batch x middle: the dimensions between the batch and the axis.
//
//===----------------------------------------------------------------------===//

#ifndef PORTICO_LOWERING_KERNELS_SCATTERPROBLEM_H
#define PORTICO_LOWERING_KERNELS_SCATTERPROBLEM_H

#include "lowering/Kernels/MatmulTile.h"

namespace portico {

struct ScatterProblem {
  explicit ScatterProblem(ScatterOp op);

  int64_t outer() const { return batch * middle; }
  bool sets() const;
  /// Whether updates are combined elsewhere than in the result.
  bool rounds() const { return running != elem; }

  TypedMemory x(PhaseFunction &e) const;
  TypedMemory updates(PhaseFunction &e) const;
  TypedMemory result(PhaseFunction &e) const { return {e.results[0], elem}; }
  /// Where updates are combined: in the result, or where that rounds at the beginning of the
  /// shared memory.
  TypedMemory combined(PhaseFunction &e) const;

  /// Index number `which`, 0 where it is out of range, which is reported.
  mlir::Value checkedIndex(PhaseFunction &e, mlir::Value which) const;
  /// Two scalars or vectors in compute type.
  mlir::Value combine(PhaseFunction &e, mlir::Value before, mlir::Value update) const;

  mutable ScatterOp op;
  /// Of elements in memory, and what updates are combined in: sums and products of f16 and
  /// bf16 are rounded once, at the end.
  mlir::Type elem, running;
  int64_t batch = 1, middle = 1, size = 1, inner = 1, count = 1;
};

/// Stores `value`, in compute type, as an element or `lanes` of them.
void storeTyped(PhaseFunction &e, mlir::Value value, TypedMemory to, mlir::Value place,
                int64_t lanes);
/// An element, or `lanes` of them, from one memory into another.
void moveTyped(PhaseFunction &e, TypedMemory from, mlir::Value at, TypedMemory to,
               mlir::Value place, int64_t lanes);

} // namespace portico

#endif // PORTICO_LOWERING_KERNELS_SCATTERPROBLEM_H
