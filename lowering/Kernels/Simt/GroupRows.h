//===- GroupRows.h - kernels with reductions, for work-groups ---------------===//

#ifndef PORTICO_LOWERING_KERNELS_SIMT_GROUPROWS_H
#define PORTICO_LOWERING_KERNELS_SIMT_GROUPROWS_H

#include "lowering/Kernels/PhaseBuilder.h"
#include "lowering/Kernels/RowStages.h"

namespace portico {

/// How a row kernel is laid over work-groups.
struct GroupShape {
  /// A slot of group memory holds any element.
  static constexpr int64_t kSlotBytes = 8;

  /// Rows, and reduced elements of each.
  int64_t rows = 1, reduced = 1;
  /// Neighbouring work-items are neighbours within a row; else they are rows.
  bool along = true;
  /// Work-items that share a row, and rows of a group: powers of two.
  int64_t perRow = 1, rowsPerGroup = 1;
  /// Few long rows: each is cut into `splits` chunks of `splitSize` elements, for
  /// a group each, and what they leave is combined in the order of the chunks.
  int64_t splits = 1, splitSize = 0;

  int64_t block() const { return perRow * rowsPerGroup; }
  int64_t groups() const { return llvm::divideCeil(rows, rowsPerGroup); }
};

/// `reductions` are what one pass gives at most. A function of the kernel and the target
/// alone: so are the results.
GroupShape chooseGroupShape(const Nest &nest, int64_t reductions, const SimtInfo &simt);

/// The phases of a row kernel.
void emitGroupRows(PhaseBuilder &phases, RowStages &stages, const TargetInfo &target);

} // namespace portico

#endif // PORTICO_LOWERING_KERNELS_SIMT_GROUPROWS_H
