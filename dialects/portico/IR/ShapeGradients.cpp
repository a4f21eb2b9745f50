//===- ShapeGradients.cpp - gradient rules of Shape.td ----------------------===//
//
// Moving elements is linear: every rule is the op's transpose.
//
//===----------------------------------------------------------------------===//

#include "dialects/portico/IR/Builder.h"

using namespace mlir;
using namespace portico;

/// The limits of the slice of `sizes` elements that begins at `starts`.
static Dims sliceLimits(ArrayRef<int64_t> starts, ArrayRef<int64_t> sizes,
                        ArrayRef<int64_t> strides) {
  Dims limits;
  for (auto [start, size, stride] : llvm::zip_equal(starts, sizes, strides))
    limits.push_back(size == 0 ? start : start + (size - 1) * stride + 1);
  return limits;
}

LogicalResult ReshapeOp::vjp(OpBuilder &builder, ValueRange cotangents, ArrayRef<bool> needs,
                             SmallVectorImpl<Value> &grads) {
  Expr x(builder, getLoc(), getX());
  grads[0] = reshape(x.of(cotangents[0]), x.shape());
  return success();
}

LogicalResult BroadcastOp::vjp(OpBuilder &builder, ValueRange cotangents, ArrayRef<bool> needs,
                               SmallVectorImpl<Value> &grads) {
  Expr x(builder, getLoc(), getX());
  Expr dy = x.of(cotangents[0]);
  // Sum over every result dimension that repeats something.
  Dims kept;
  for (auto [i, dim] : llvm::enumerate(getDims()))
    if (x.dim(i) == dy.dim(dim))
      kept.push_back(dim);
  grads[0] = reshape(reduce(dy, ReduceKind::Sum, otherDims(dy.rank(), kept)), x.shape());
  return success();
}

LogicalResult PermuteOp::vjp(OpBuilder &builder, ValueRange cotangents, ArrayRef<bool> needs,
                             SmallVectorImpl<Value> &grads) {
  Expr dy(builder, getLoc(), cotangents[0]);
  grads[0] = permute(dy, inverse(getPermutation()));
  return success();
}

LogicalResult SliceOp::vjp(OpBuilder &builder, ValueRange cotangents, ArrayRef<bool> needs,
                           SmallVectorImpl<Value> &grads) {
  Expr x(builder, getLoc(), getX());
  Expr dy = x.of(cotangents[0]);
  if (llvm::any_of(getStrides(), [](int64_t stride) { return stride != 1; })) {
    grads[0] = updateSlice(x.zeros(x.type()), dy, getStarts(), getStrides());
    return success();
  }
  Dims high;
  for (int64_t i = 0; i < x.rank(); ++i)
    high.push_back(x.dim(i) - getStarts()[i] - dy.dim(i));
  grads[0] = pad(dy, 0.0, getStarts(), high);
  return success();
}

LogicalResult UpdateSliceOp::vjp(OpBuilder &builder, ValueRange cotangents, ArrayRef<bool> needs,
                                 SmallVectorImpl<Value> &grads) {
  Expr update(builder, getLoc(), getUpdate());
  Expr dy = update.of(cotangents[0]);
  if (needs[0])
    grads[0] = updateSlice(dy, update.zeros(update.type()), getStarts(), getStrides());
  if (needs[1])
    grads[1] = slice(dy, getStarts(), sliceLimits(getStarts(), update.shape(), getStrides()),
                     getStrides());
  return success();
}

LogicalResult PadOp::vjp(OpBuilder &builder, ValueRange cotangents, ArrayRef<bool> needs,
                         SmallVectorImpl<Value> &grads) {
  Expr x(builder, getLoc(), getX());
  Expr dy = x.of(cotangents[0]);
  Dims ones(x.rank(), 1);
  if (needs[0])
    grads[0] = slice(dy, getLow(), sliceLimits(getLow(), x.shape(), ones));
  if (needs[1]) {
    // What is outside of x; the difference of two sums would lose digits.
    Expr border = updateSlice(dy, x.zeros(x.type()), getLow(), ones);
    grads[1] = reduce(border, ReduceKind::Sum, iotaDims(x.rank()));
  }
  return success();
}

LogicalResult ConcatOp::vjp(OpBuilder &builder, ValueRange cotangents, ArrayRef<bool> needs,
                            SmallVectorImpl<Value> &grads) {
  Expr dy(builder, getLoc(), cotangents[0]);
  Dims starts(dy.rank(), 0), limits(dy.shape());
  int64_t axis = getAxis(), offset = 0;
  for (auto [i, operand] : llvm::enumerate(getXs())) {
    starts[axis] = offset;
    limits[axis] = offset += dy.of(operand).dim(axis);
    if (needs[i])
      grads[i] = slice(dy, starts, limits);
  }
  return success();
}

LogicalResult ReverseOp::vjp(OpBuilder &builder, ValueRange cotangents, ArrayRef<bool> needs,
                             SmallVectorImpl<Value> &grads) {
  Expr dy(builder, getLoc(), cotangents[0]);
  grads[0] = dy.make<ReverseOp>(dy, getAxes());
  return success();
}
