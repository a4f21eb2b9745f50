//===- Combine.h - the four associative functions on registers --------------===//

#ifndef PORTICO_LOWERING_KERNELS_COMBINE_H
#define PORTICO_LOWERING_KERNELS_COMBINE_H

#include "dialects/portico/IR/Portico.h"

#include "mlir/IR/Builders.h"

namespace portico {

/// x combined with y, scalars or vectors in compute type of elements `elem` (a
/// portico type: it tells signed from unsigned). nan wins max and min.
mlir::Value combine(mlir::OpBuilder &b, mlir::Location loc, ReduceKind kind, mlir::Type elem,
                    mlir::Value x, mlir::Value y);

/// What changes nothing: 0, 1, the smallest and the largest value. `type` is the
/// type computed with, a scalar or a vector; `elem` as above.
mlir::Value identityOf(mlir::OpBuilder &b, mlir::Location loc, ReduceKind kind, mlir::Type elem,
                       mlir::Type type);

} // namespace portico

#endif // PORTICO_LOWERING_KERNELS_COMBINE_H
