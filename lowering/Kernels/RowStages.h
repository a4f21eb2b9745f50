//===- RowStages.h - the passes of a row kernel -----------------------------===//

#ifndef PORTICO_LOWERING_KERNELS_ROWSTAGES_H
#define PORTICO_LOWERING_KERNELS_ROWSTAGES_H

#include "lowering/Kernels/Nest.h"
#include "lowering/ToLinalg/Reductions.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

namespace portico {

/// A row kernel is a sequence of passes over the reduced dimensions. Pass p (from
/// 1) computes the reductions that p - 1 others lie below, and the values of the
/// full shape that depend on no more; a last pass may compute values only.
struct RowStages {
  enum class Kind { reduction, full, kept };
  struct Stage {
    Kind kind;
    /// Reductions below: a reduction counts itself.
    unsigned level;
    std::optional<Combiner> combiner;
  };

  /// Reads the stages of a linalg function of category "row".
  explicit RowStages(mlir::func::FuncOp func);

  Nest nest;
  /// Of each of nest.stages.
  llvm::SmallVector<Stage> info;
  unsigned passes = 0;

  llvm::SmallVector<unsigned> stagesOfPass(unsigned pass) const;
  llvm::SmallVector<unsigned> keptAfterPass(unsigned pass) const;
  /// The outputs of a stage.
  mlir::ValueRange outputs(unsigned stage);
  bool isTemporary(mlir::Value memref) const {
    return !!memref.getDefiningOp<mlir::memref::AllocOp>();
  }
  /// Full-shape temporaries that a pass after their own reads.
  bool isReadLater(mlir::Value memref);
  /// Values that the reductions of one pass give, at most.
  unsigned mostReductions() const;
  /// The pass that writes the full-shape result or temporary `memref`.
  unsigned passOf(unsigned stage) const;
};

} // namespace portico

#endif // PORTICO_LOWERING_KERNELS_ROWSTAGES_H
