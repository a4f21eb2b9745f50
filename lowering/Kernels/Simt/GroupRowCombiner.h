//===- GroupRowCombiner.h - the values of a row's work-items made one -------===//
//
// The work-items of a row have a part of each reduction. In a subgroup they exchange; what
// the subgroups have goes through group memory (here a row of 4 subgroups of 32):
//
//   before   %part                              each work-item its own
//   after    %1 = gpu.shuffle xor %part, 1;  %2 = combine %part, %1      up to 16
//            memref.store %2, %slots[subgroup];  gpu.barrier
//            %all = combine %slots[0], %slots[1], %slots[2], %slots[3];  gpu.barrier
//
// Everybody combines in the same order: %all is the same, bit by bit, in all of them.
//
//===----------------------------------------------------------------------===//

#ifndef PORTICO_LOWERING_KERNELS_SIMT_GROUPROWCOMBINER_H
#define PORTICO_LOWERING_KERNELS_SIMT_GROUPROWCOMBINER_H

#include "lowering/Kernels/Simt/GroupBuilder.h"
#include "lowering/Kernels/Simt/GroupRows.h"

namespace portico {

/// The reductions of a pass, as lists with one value for each.
class GroupRowCombiner {
public:
  using Values = llvm::SmallVector<mlir::Value>;

  GroupRowCombiner(RowStages &stages, const GroupShape &shape, GroupBuilder &group)
      : stages(stages), shape(shape), group(group) {}

  /// What it needs of group memory.
  int64_t groupBytes() const;
  /// The reductions of nothing.
  Values identities(unsigned pass);
  /// The reductions of `pass`, each of x with y.
  Values combine(unsigned pass, mlir::ValueRange x, mlir::ValueRange y);
  /// One value for each row of what its work-items have; `rowInGroup` is that of this one.
  Values acrossItems(unsigned pass, Values values, mlir::Value rowInGroup);

private:
  /// Where the values of a row's work-items, or subgroups, lie in group memory: those of
  /// this one in `own`, all of them in `count` slots from `first` on, `stride` apart.
  struct Slots {
    mlir::Value own, first;
    int64_t count, stride;
  };
  bool throughMemory() const;
  int64_t slots() const;
  Values exchanged(unsigned pass, Values values);
  Values throughGroupMemory(unsigned pass, mlir::ValueRange values, const Slots &at);

  RowStages &stages;
  const GroupShape &shape;
  GroupBuilder &group;
};

} // namespace portico

#endif // PORTICO_LOWERING_KERNELS_SIMT_GROUPROWCOMBINER_H
