//===- RowEmitter.h - the loops of a row kernel -----------------------------===//

#ifndef PORTICO_LOWERING_KERNELS_ROWEMITTER_H
#define PORTICO_LOWERING_KERNELS_ROWEMITTER_H

#include "lowering/Kernels/PhaseBuilder.h"
#include "lowering/Kernels/RowStages.h"

#include <map>

namespace portico {

/// How a row kernel is laid over lanes and tasks.
struct RowShape {
  /// The lanes run along this dimension of the nest: the innermost. Where it is
  /// reduced, lanes are combined at the end of a pass; where it is kept, every
  /// lane is a row of its own.
  unsigned laneDim;
  bool alongReduced;
  int64_t lanes;
  /// Vectors at a time: independent accumulators along a reduced lane dimension,
  /// neighbouring groups of rows along a kept one.
  int64_t unroll;
  /// The kept dimensions but the lane dimension.
  llvm::SmallVector<unsigned> outerDims;
  /// The reduced dimensions but the lane dimension.
  llvm::SmallVector<unsigned> loopDims;
  /// Groups of unroll * lanes rows, where lanes are rows.
  int64_t groups = 1;
  /// Reduced elements of a row, and rows handed out as one item.
  int64_t reducedCount = 1, items = 1;

  /// Few long rows: the passes are phases, and `splitDim`, a reduced dimension,
  /// is cut into `splits` chunks of `splitSize`.
  int64_t splits = 1, splitSize = 0;
  unsigned splitDim = 0;
};
RowShape chooseRowShape(RowStages &stages, const TargetInfo &target);

/// Emits into one function.
class RowEmitter {
public:
  using Values = llvm::SmallVector<mlir::Value>;

  RowEmitter(PhaseBuilder &phases, RowStages &stages, const RowShape &shape, mlir::OpBuilder &b,
             mlir::func::FuncOp f);

  /// Where a temporary lies in memory; address as in the linalg function, or by
  /// the place within the row where `byRow`.
  struct Memory {
    mlir::Value memref;
    bool byRow;
  };
  llvm::DenseMap<mlir::Value, Memory> memories;

  /// Rows: sets the kept dimensions from the item. `unroll` groups from lane
  /// index `first`, lanes outside `mask` idle.
  void setOuter(mlir::ValueRange digits);
  void setRows(mlir::Value first, int64_t unroll, mlir::Value mask);
  /// Limits the split dimension to [from, to).
  void setRange(mlir::Value from, mlir::Value to);
  /// Loads what the whole row uses.
  void loadInvariants();
  void clearInvariants() { invariants.clear(); }
  /// The flat place of a group's rows among all rows.
  VaryingIndex keptPlace(unsigned group);
  /// Runs the loops of pass `pass`; the reductions' vectors, per output and
  /// group, are returned in the order of the stages.
  llvm::SmallVector<Values> runPass(unsigned pass);
  /// One value per row from the vectors of a pass.
  void finishPass(unsigned pass, llvm::ArrayRef<Values> vectors);
  void runKept(unsigned pass);
  /// Reduces the lanes of `vectors` (one per output) to scalars.
  Values combineLanes(Combiner &combiner, mlir::ValueRange vectors);

  /// Per kept temporary its value in each group.
  llvm::DenseMap<mlir::Value, Values> kept;

  LaneBuilder lanes;
  llvm::SmallVector<VaryingIndex> dims;
  mlir::Value mask, rowFirst;
  int64_t groups = 1;

private:
  /// The accumulators of a pass: [stage][group][output] flattened.
  Values identities(unsigned pass, int64_t count);
  Values combineAll(unsigned pass, mlir::ValueRange x, mlir::ValueRange y, int64_t count);
  Values loop(mlir::Value from, mlir::Value to, int64_t step, mlir::ValueRange inits,
              llvm::function_ref<Values(mlir::Value, mlir::ValueRange)> body);
  Values loopLevel(unsigned level, mlir::ValueRange accumulators);
  Values alongLanes(mlir::ValueRange accumulators);
  Values acrossLanes(unsigned dim, mlir::ValueRange accumulators);
  Values points(mlir::Value first, int64_t count, mlir::Value pointMask,
                mlir::ValueRange accumulators);
  Place place(mlir::Value memref, unsigned group);
  VaryingIndex placeInRow(unsigned group);
  std::pair<mlir::Value, mlir::Value> rangeOf(unsigned dim);

  PhaseBuilder &phases;
  RowStages &stages;
  const RowShape &shape;
  mlir::OpBuilder &b;
  mlir::func::FuncOp f;
  mlir::Location loc;

  unsigned pass = 0;
  mlir::Value rangeFrom, rangeTo;
  /// Loaded once per row: by stage, operand and group.
  std::map<std::tuple<unsigned, unsigned, unsigned>, mlir::Value> invariants;
  /// Full-shape values of the points being evaluated.
  llvm::DenseMap<mlir::Value, mlir::Value> current;
};

} // namespace portico

#endif // PORTICO_LOWERING_KERNELS_ROWEMITTER_H
