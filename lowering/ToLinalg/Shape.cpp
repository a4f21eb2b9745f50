//===- Shape.cpp - data movement as index arithmetic ------------------------===//

#include "lowering/ToLinalg/BodyBuilder.h"

#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace portico {

static ArrayRef<int64_t> shapeOf(Value value) {
  return cast<RankedTensorType>(value.getType()).getShape();
}

/// Sets `source` to where element `index` of the result of `op` lies in its
/// first operand; false when that is not a static function of the index.
bool BodyBuilder::moveIndex(Operation *op, ArrayRef<AffineExpr> index, Index &source) {
  MLIRContext *context = b.getContext();
  return llvm::TypeSwitch<Operation *, bool>(op)
      .Case([&](ReshapeOp reshape) {
        source = reindex(index, shapeOf(reshape), shapeOf(reshape.getX()), ranges(), context);
        return true;
      })
      .Case([&](BroadcastOp broadcast) {
        for (auto [size, dim] : llvm::zip_equal(shapeOf(broadcast.getX()), broadcast.getDims()))
          source.push_back(size == 1 ? getAffineConstantExpr(0, context) : index[dim]);
        return true;
      })
      .Case([&](PermuteOp permute) {
        source.resize(index.size());
        for (auto [k, dim] : llvm::enumerate(permute.getPermutation()))
          source[dim] = index[k];
        return true;
      })
      .Case([&](SliceOp slice) {
        for (auto [i, start, stride] :
             llvm::zip_equal(index, slice.getStarts(), slice.getStrides()))
          source.push_back(i * stride + start);
        return true;
      })
      .Case([&](ReverseOp reverse) {
        source.assign(index.begin(), index.end());
        for (int64_t axis : reverse.getAxes())
          source[axis] = (shapeOf(reverse)[axis] - 1) - source[axis];
        return true;
      })
      .Default([](Operation *) { return false; });
}

} // namespace portico
