//===- Casts.h - element types in memory, in registers, and between ---------===//

#ifndef PORTICO_LOWERING_TOLINALG_CASTS_H
#define PORTICO_LOWERING_TOLINALG_CASTS_H

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

/// portico.cast and portico.bitcast between portico element types.
mlir::Value emitCast(mlir::OpBuilder &b, mlir::Location loc, mlir::Value x, mlir::Type from,
                     mlir::Type to);
mlir::Value emitBitcast(mlir::OpBuilder &b, mlir::Location loc, mlir::Value x, mlir::Type from,
                        mlir::Type to);

/// A scalar or splat constant of `type` (float, integer or index, or a vector).
mlir::Value constantLike(mlir::OpBuilder &b, mlir::Location loc, mlir::Type type, double value);
mlir::Value intConstantLike(mlir::OpBuilder &b, mlir::Location loc, mlir::Type type, int64_t value);

} // namespace portico

#endif // PORTICO_LOWERING_TOLINALG_CASTS_H
