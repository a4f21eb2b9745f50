//===- Nest.h - the iteration space and the accesses of generics ------------===//

#ifndef PORTICO_LOWERING_KERNELS_NEST_H
#define PORTICO_LOWERING_KERNELS_NEST_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace portico {

/// One generic as it appears in a loop nest: flat addresses and index values as
/// functions of the dimensions of the nest.
struct NestStage {
  mlir::linalg::GenericOp generic;
  /// The flat, row-major address of each operand.
  llvm::SmallVector<mlir::AffineExpr> accesses;
  /// The index values of the body: linalg.index and affine.apply, where the
  /// operands of the latter that are not linalg.index are symbols.
  llvm::DenseMap<mlir::Value, mlir::AffineExpr> indexExprs;

  /// `dims[k]` is what dimension k of the generic is in the nest.
  NestStage(mlir::linalg::GenericOp generic, llvm::ArrayRef<mlir::AffineExpr> dims,
            llvm::ArrayRef<int64_t> sizes);

  void forEachExpr(llvm::function_ref<void(mlir::AffineExpr &)> fn);
};

/// An iteration space shared by stages.
struct Nest {
  llvm::SmallVector<int64_t> sizes;
  llvm::SmallVector<bool> reduced;
  llvm::SmallVector<NestStage> stages;

  /// Drops dimensions of size 1 and joins neighbours of one kind wherever every
  /// address is as linear in the joined dimension as before.
  void collapse();
  /// Replaces all dimensions by one that runs over the whole space.
  void linearize();
  int64_t points() const;

private:
  void substitute(llvm::ArrayRef<mlir::AffineExpr> dims);
  bool canJoin(unsigned k);
};

/// The factor of dimension `k` in `expr`; none if it is under a division.
std::optional<int64_t> strideOf(mlir::AffineExpr expr, unsigned k);

/// Whether dimension `k` does not occur in `expr`.
bool isInvariant(mlir::AffineExpr expr, unsigned k);

} // namespace portico

#endif // PORTICO_LOWERING_KERNELS_NEST_H
