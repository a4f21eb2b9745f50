//===- GroupRowEmitter.h - one pass of a row kernel by a work-group ---------===//

#ifndef PORTICO_LOWERING_KERNELS_SIMT_GROUPROWEMITTER_H
#define PORTICO_LOWERING_KERNELS_SIMT_GROUPROWEMITTER_H

#include "lowering/Kernels/Simt/GroupRowCombiner.h"

namespace portico {

/// Emits into one phase. Every work-item runs through all of it, also those whose
/// row does not exist: they take part in barriers and exchanges, read the last
/// row, and write nothing.
class GroupRowEmitter {
public:
  using Values = llvm::SmallVector<mlir::Value>;

  GroupRowEmitter(PhaseBuilder &phases, RowStages &stages, const GroupShape &shape,
                  const SimtInfo &simt, mlir::OpBuilder &b, mlir::func::FuncOp f);

  /// Takes the row of this work-item, and of a split the range, from the group.
  void begin();
  /// Runs the stages of `pass` over the row, or the range of the split; what the
  /// reductions give is the same in all work-items of a row afterwards.
  Values runPass(unsigned pass);
  /// Makes the reductions of `pass` known to later stages.
  void keep(unsigned pass, mlir::ValueRange values);
  /// The values of the kept shape that follow `pass`.
  void runKept(unsigned pass);
  /// Runs `body` in one work-item of each row that exists.
  void oncePerRow(llvm::function_ref<void()> body);

  /// Where temporaries lie, by the address that the linalg function has for them.
  llvm::DenseMap<mlir::Value, mlir::Value> memories;
  mlir::Value row, split;
  LaneBuilder lanes;
  GroupBuilder group;
  GroupRowCombiner combiner;

private:
  Place place(mlir::Value memref);
  /// The reduced dimensions, or the others, from the number of the point in them.
  void setDims(bool reduced, mlir::Value flat);
  /// What this work-item has of the reductions after its elements.
  Values ownPart();
  /// The stages of the pass at one element; what the reductions are with it.
  Values point(mlir::Value at, mlir::ValueRange accumulators);

  PhaseBuilder &phases;
  RowStages &stages;
  const GroupShape &shape;
  mlir::OpBuilder &b;
  mlir::func::FuncOp f;
  mlir::Location loc;

  llvm::SmallVector<VaryingIndex> dims;
  unsigned pass = 0;
  /// This work-item among those of its row, its row in the group, whether the row
  /// exists, and the reduced elements to go through.
  mlir::Value part, rowInGroup, exists, from, to;
  llvm::DenseMap<mlir::Value, mlir::Value> kept;
  llvm::DenseMap<mlir::Value, mlir::Value> current;
};

} // namespace portico

#endif // PORTICO_LOWERING_KERNELS_SIMT_GROUPROWEMITTER_H
