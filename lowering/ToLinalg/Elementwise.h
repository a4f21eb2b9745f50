//===- Elementwise.h - the scalar meaning of elementwise ops ----------------===//
//
// One implementation for scalars and vectors: the same function makes the body
// of a linalg.generic and the epilogue of a matmul tile.
//
//===----------------------------------------------------------------------===//

#ifndef PORTICO_LOWERING_TOLINALG_ELEMENTWISE_H
#define PORTICO_LOWERING_TOLINALG_ELEMENTWISE_H

#include "mlir/IR/Builders.h"

namespace portico {

/// How elements of `elem` (a portico element type) lie in memory:
/// i1 is a byte, ui8 is i8, the rest is itself.
mlir::Type storageType(mlir::Type elem);
/// How they are computed with: f16 and bf16 in f32, ui8 as i8, the rest as is.
mlir::Type computeType(mlir::Type elem);

/// `type` with the shape of `like`: the element itself or a vector of it.
mlir::Type withShapeOf(mlir::Type type, mlir::Type like);

/// Storage to compute type and back, for a scalar or a vector of elements.
mlir::Value toCompute(mlir::OpBuilder &b, mlir::Location loc, mlir::Value stored, mlir::Type elem);
mlir::Value toStorage(mlir::OpBuilder &b, mlir::Location loc, mlir::Value value, mlir::Type elem);

/// The result of the elementwise portico op `op` on `operands`, which are
/// scalars or vectors of compute type.
mlir::Value emitElementwise(mlir::OpBuilder &b, mlir::Operation *op, mlir::ValueRange operands);

/// A scalar or splat constant of `type` (float or integer, or a vector of it).
mlir::Value constantLike(mlir::OpBuilder &b, mlir::Location loc, mlir::Type type, double value);
mlir::Value intConstantLike(mlir::OpBuilder &b, mlir::Location loc, mlir::Type type, int64_t value);

} // namespace portico

#endif // PORTICO_LOWERING_TOLINALG_ELEMENTWISE_H
