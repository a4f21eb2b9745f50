//===- GroupShape.cpp - how a row kernel is laid over work-groups -----------===//

#include "lowering/Kernels/Simt/GroupRows.h"

#include "llvm/ADT/bit.h"

using namespace mlir;
using namespace portico;

/// Work-items of a group, where nothing asks for more or fewer.
constexpr int64_t kBlock = 256;
/// Elements that a work-item takes of a row before another one is worth it.
constexpr int64_t kPerItem = 4;
/// Rows are cut only into chunks of at least so many elements for each work-item,
/// and into no more chunks than one work-item combines in passing.
constexpr int64_t kPerItemOfSplit = 16, kMostSplits = 256;

static int64_t powerOfTwo(int64_t value) {
  return int64_t(llvm::bit_ceil(uint64_t(std::max<int64_t>(value, 1))));
}

GroupShape portico::chooseGroupShape(const Nest &nest, int64_t reductions, const SimtInfo &simt) {
  GroupShape shape;
  for (auto [size, reduced] : llvm::zip_equal(nest.sizes, nest.reduced))
    (reduced ? shape.reduced : shape.rows) *= size;
  int64_t block = std::min(kBlock, int64_t(llvm::bit_floor(uint64_t(simt.maxWorkgroupSize))));
  int64_t inner = nest.sizes.back();
  // A short innermost dimension does not keep the loads of a subgroup together:
  // then whatever shares the work best will do.
  shape.along = nest.reduced.back() || shape.rows < simt.subgroupSize || inner < 4;
  if (shape.along) {
    shape.perRow = std::min(block, powerOfTwo(llvm::divideCeil(shape.reduced, kPerItem)));
    shape.rowsPerGroup = block / shape.perRow;
  } else {
    int64_t wanted = 2 * simt.computeUnits * block;
    int64_t most = std::max<int64_t>(1, block / simt.subgroupSize);
    // Every work-item leaves what it has in group memory, which may be too small for that.
    if (block * reductions * GroupShape::kSlotBytes > simt.groupMemoryBytes)
      most = 1;
    shape.perRow = std::min({most, powerOfTwo(llvm::divideCeil(wanted, shape.rows)),
                             powerOfTwo(llvm::divideCeil(shape.reduced, kPerItem))});
    shape.rowsPerGroup = block / shape.perRow;
  }
  // No more rows than there are, but whole subgroups.
  int64_t whole = std::max<int64_t>(1, simt.subgroupSize / shape.perRow);
  shape.rowsPerGroup = std::max(whole, std::min(shape.rowsPerGroup, powerOfTwo(shape.rows)));

  int64_t wanted = 2 * simt.computeUnits;
  int64_t least = shape.perRow * kPerItemOfSplit;
  if (shape.groups() < wanted / 2 && shape.reduced >= 2 * least) {
    int64_t splits = std::min({wanted / shape.groups(), shape.reduced / least, kMostSplits});
    shape.splitSize = llvm::divideCeil(shape.reduced, splits);
    shape.splits = llvm::divideCeil(shape.reduced, shape.splitSize);
  }
  return shape;
}
