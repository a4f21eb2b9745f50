//===- Reductions.h - what combines elements, and with what it begins -------===//

#ifndef PORTICO_LOWERING_TOLINALG_REDUCTIONS_H
#define PORTICO_LOWERING_TOLINALG_REDUCTIONS_H

#include "dialects/portico/IR/Portico.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
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

/// Says on a reduction what combines its elements, so that a strategy can apply
/// it between accumulators: `portico.combine`, `portico.combined_type`. With two
/// outputs it is the combination of arg_reduce.
void nameCombiner(mlir::linalg::GenericOp generic, ReduceKind kind, mlir::Type elem);

/// The combination of a generic that `nameCombiner` has named.
class Combiner {
public:
  explicit Combiner(mlir::linalg::GenericOp generic);

  /// What goes in for each point: values of the body, one per output.
  llvm::ArrayRef<mlir::Value> elements() const { return inputs; }
  /// The element types of the accumulators.
  llvm::SmallVector<mlir::Type, 2> types() const;
  /// Their first values, splat where `like` is a vector type.
  llvm::SmallVector<mlir::Value, 2> identities(mlir::OpBuilder &b, mlir::Location loc,
                                               llvm::function_ref<mlir::Type(mlir::Type)> shape);
  llvm::SmallVector<mlir::Value, 2> combine(mlir::OpBuilder &b, mlir::Location loc,
                                            mlir::ValueRange x, mlir::ValueRange y);
  unsigned size() const { return inputs.size(); }

private:
  ReduceKind kind;
  mlir::Type elem;
  llvm::SmallVector<mlir::Value, 2> inputs;
};

} // namespace portico

#endif // PORTICO_LOWERING_TOLINALG_REDUCTIONS_H
