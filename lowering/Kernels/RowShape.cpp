//===- RowShape.cpp - how a row kernel is laid over lanes and tasks ---------===//

#include "lowering/Kernels/RowEmitter.h"

using namespace mlir;

namespace portico {

/// Rows are split where there are fewer items than this to share out.
constexpr int64_t kFewItems = 8;
/// Elements of work below which one task does it all.
constexpr int64_t kSmallWork = 1 << 16;
/// Chunks of a split row: enough for many cores, and never a function of how
/// many there are, so that results do not depend on it.
constexpr int64_t kMaxSplits = 64;
constexpr int64_t kSplitElements = 1 << 14;

RowShape chooseRowShape(RowStages &stages, const TargetInfo &target) {
  Nest &nest = stages.nest;
  RowShape shape;
  shape.laneDim = nest.sizes.size() - 1;
  shape.alongReduced = nest.reduced[shape.laneDim];
  shape.lanes = lanesFor(nest.stages, target);
  int64_t outer = 1, largest = 0;
  for (unsigned k = 0; k < nest.sizes.size(); ++k) {
    if (nest.reduced[k])
      shape.reducedCount *= nest.sizes[k];
    if (nest.reduced[k] && nest.sizes[k] > largest) {
      largest = nest.sizes[k];
      shape.splitDim = k;
    }
    if (k == shape.laneDim)
      continue;
    (nest.reduced[k] ? shape.loopDims : shape.outerDims).push_back(k);
    if (!nest.reduced[k])
      outer *= nest.sizes[k];
  }
  int64_t cost = 0, accumulators = 1;
  for (unsigned k = 0; k < stages.info.size(); ++k) {
    cost = std::max(cost, costOf(nest.stages[k].generic));
    if (stages.info[k].kind == RowStages::Kind::reduction)
      accumulators = std::max<int64_t>(accumulators, stages.info[k].combiner->size());
  }
  int64_t length = nest.sizes[shape.laneDim];
  int64_t vectors = llvm::divideCeil(length, shape.lanes);
  if (shape.alongReduced) {
    shape.unroll = std::min<int64_t>(cost > 12 ? 2 : 4, std::max<int64_t>(vectors, 1));
  } else {
    // A wide group reads long runs of each row; what is alive at once has to fit
    // the registers.
    int64_t room = std::max<int64_t>(1, target.vectorRegisters / 2 / accumulators);
    shape.unroll = std::min({cost > 12  ? int64_t(2)
                             : cost > 4 ? int64_t(4)
                                        : int64_t(16),
                             room, std::max<int64_t>(vectors, 1)});
    shape.unroll = llvm::bit_floor(static_cast<uint64_t>(shape.unroll));
    shape.groups = llvm::divideCeil(length, shape.unroll * shape.lanes);
  }
  shape.items = outer * shape.groups;
  if (shape.items < kFewItems && nest.points() * std::max<int64_t>(1, cost / 8) >= kSmallWork &&
      largest >= 2) {
    int64_t perUnit = std::max<int64_t>(1, nest.points() / largest);
    int64_t size = std::max<int64_t>(llvm::divideCeil(kSplitElements, perUnit),
                                     llvm::divideCeil(largest, kMaxSplits));
    // Chunks along the lanes begin at whole vectors.
    if (shape.alongReduced && shape.splitDim == shape.laneDim)
      size = llvm::alignTo(size, shape.unroll * shape.lanes);
    shape.splitSize = std::min(size, largest);
    shape.splits = llvm::divideCeil(largest, shape.splitSize);
  }
  return shape;
}

} // namespace portico
