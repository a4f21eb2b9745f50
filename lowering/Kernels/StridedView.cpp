//===- StridedView.cpp ------------------------------------------------------===//

#include "lowering/Kernels/StridedView.h"

#include "lowering/Kernels/PhaseFunction.h"

#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace portico;

std::optional<SmallVector<int64_t>> portico::reshapeStrides(ArrayRef<int64_t> oldShape,
                                                            ArrayRef<int64_t> oldStrides,
                                                            ArrayRef<int64_t> shape) {
  SmallVector<int64_t> strides(shape.size(), 0);
  if (llvm::is_contained(oldShape, 0) || llvm::is_contained(shape, 0))
    return strides;
  // From the back: a run of old dimensions that is contiguous in itself is cut
  // into new dimensions.
  int64_t next = int64_t(shape.size()) - 1;
  int64_t oldDim = int64_t(oldShape.size()) - 1;
  while (oldDim >= 0) {
    int64_t run = oldShape[oldDim], base = oldStrides[oldDim];
    if (run == 1) {
      --oldDim;
      continue;
    }
    int64_t first = oldDim - 1;
    while (first >= 0 && (oldShape[first] == 1 || oldStrides[first] == base * run)) {
      run *= oldShape[first];
      --first;
    }
    int64_t taken = 1;
    while (next >= 0 && (taken < run || shape[next] == 1)) {
      strides[next] = base * taken;
      taken *= shape[next];
      --next;
    }
    if (taken != run)
      return std::nullopt;
    oldDim = first;
  }
  return strides;
}

std::optional<StridedView> portico::stridedViewOf(Value value) {
  if (auto arg = dyn_cast<BlockArgument>(value))
    return StridedView{arg, 0, rowMajorStrides(shapeOf(value))};
  Operation *op = value.getDefiningOp();
  if (!isa<ReshapeOp, PermuteOp, BroadcastOp, SliceOp, ReverseOp>(op))
    return std::nullopt;
  std::optional<StridedView> view = stridedViewOf(op->getOperand(0));
  if (!view)
    return std::nullopt;
  ArrayRef<int64_t> from = shapeOf(op->getOperand(0)), to = shapeOf(value);
  SmallVector<int64_t> strides(to.size(), 0);
  if (auto reshape = dyn_cast<ReshapeOp>(op)) {
    auto reshaped = reshapeStrides(from, view->strides, to);
    if (!reshaped)
      return std::nullopt;
    strides = *reshaped;
  } else if (auto permute = dyn_cast<PermuteOp>(op)) {
    for (auto [i, dim] : llvm::enumerate(permute.getPermutation()))
      strides[i] = view->strides[dim];
  } else if (auto broadcast = dyn_cast<BroadcastOp>(op)) {
    for (auto [i, dim] : llvm::enumerate(broadcast.getDims()))
      strides[dim] = from[i] == 1 ? 0 : view->strides[i];
  } else if (auto slice = dyn_cast<SliceOp>(op)) {
    for (size_t i = 0; i < to.size(); ++i) {
      strides[i] = view->strides[i] * slice.getStrides()[i];
      view->offset += view->strides[i] * slice.getStarts()[i];
    }
  } else if (auto reverse = dyn_cast<ReverseOp>(op)) {
    strides = view->strides;
    for (int64_t axis : reverse.getAxes()) {
      view->offset += strides[axis] * std::max<int64_t>(to[axis] - 1, 0);
      strides[axis] = -strides[axis];
    }
  }
  view->strides = std::move(strides);
  return view;
}
