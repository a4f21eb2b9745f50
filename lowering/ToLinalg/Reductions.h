//===- Reductions.h - what combines elements, and with what it begins -------===//

#ifndef PORTICO_LOWERING_TOLINALG_REDUCTIONS_H
#define PORTICO_LOWERING_TOLINALG_REDUCTIONS_H

#include "dialects/portico/IR/Portico.h"

#include "mlir/IR/Builders.h"

namespace portico {

/// The value that changes nothing under `kind`, of the compute type of `elem`.
mlir::Value reductionIdentity(mlir::OpBuilder &b, mlir::Location loc, ReduceKind kind,
                              mlir::Type elem);
mlir::TypedAttr reductionIdentityAttr(mlir::Builder &b, ReduceKind kind, mlir::Type elem);

/// x `kind` y, for scalars or vectors of the compute type of `elem`. The op is
/// the only one made, and x its first operand.
mlir::Value emitCombine(mlir::OpBuilder &b, mlir::Location loc, ReduceKind kind, mlir::Type elem,
                        mlir::Value x, mlir::Value y);

/// One step of arg_reduce: the better of the pairs (value, index); the first of
/// equals, nan before all. Associative and commutative.
std::pair<mlir::Value, mlir::Value> emitArgCombine(mlir::OpBuilder &b, mlir::Location loc,
                                                   ReduceKind kind, mlir::Type elem,
                                                   std::pair<mlir::Value, mlir::Value> best,
                                                   std::pair<mlir::Value, mlir::Value> candidate);

} // namespace portico

#endif // PORTICO_LOWERING_TOLINALG_REDUCTIONS_H
