//===- Elementwise.h - the scalar meaning of elementwise ops ----------------===//
//
// One implementation for scalars and vectors: the same function makes the body
// of a linalg.generic and the epilogue of a matmul tile.
//
//===----------------------------------------------------------------------===//

#ifndef PORTICO_LOWERING_TOLINALG_ELEMENTWISE_H
#define PORTICO_LOWERING_TOLINALG_ELEMENTWISE_H

#include "lowering/ToLinalg/Casts.h"

namespace portico {

/// The result of the elementwise portico op `op` on `operands`, which are
/// scalars or vectors of compute type. Null for an op that is not elementwise.
/// Leaves math ops for `portico-expand-math`. Integers divided by 0 give 0.
mlir::Value emitElementwise(mlir::OpBuilder &b, mlir::Operation *op, mlir::ValueRange operands);

/// Whether the elementwise op `op` divides integers, and by what may be 0.
bool mayDivideByZero(mlir::Operation *op, mlir::ValueRange operands);
/// Where it does, as an i1 or a vector of them.
mlir::Value emitDividesByZero(mlir::OpBuilder &b, mlir::Operation *op, mlir::ValueRange operands);

} // namespace portico

#endif // PORTICO_LOWERING_TOLINALG_ELEMENTWISE_H
