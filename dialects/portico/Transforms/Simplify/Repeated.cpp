//===- Repeated.cpp - repeated values -------------------------------------===//

#include "dialects/portico/Transforms/Simplify/Patterns.h"

using namespace mlir;
using namespace portico;

/// True where `count` is a number of the type, so that a sum of `count` equal
/// numbers may be a product with it.
static bool represents(Type dtype, int64_t count) {
  auto floating = dyn_cast<FloatType>(dtype);
  if (!floating)
    return true;
  APFloat value(static_cast<double>(count));
  bool inexact = false;
  value.convert(floating.getFloatSemantics(), APFloat::rmNearestTiesToEven, &inexact);
  return !inexact && value.isFinite();
}

namespace {

/// reduce(broadcast(x)) over dimensions that the broadcast made: the sum is a
/// product with their number, max and min are x.
struct ReduceOfBroadcast : OpRewritePattern<ReduceOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ReduceOp reduce, PatternRewriter &rewriter) const override {
    auto broadcast = reduce.getX().getDefiningOp<BroadcastOp>();
    if (!broadcast || reduce.getKind() == ReduceKind::Prod)
      return failure();
    Expr x(rewriter, reduce.getLoc(), broadcast.getX());
    ArrayRef<int64_t> shape = broadcast.getShape(), dims = broadcast.getDims();

    // For each dimension of the broadcast the dimension of x that fills it.
    SmallVector<int64_t> source(shape.size(), -1);
    for (auto [i, dim] : llvm::enumerate(dims))
      if (x.dim(i) == shape[dim])
        source[dim] = i;
    int64_t count = 1;
    bool found = false;
    for (int64_t axis : reduce.getAxes()) {
      if (source[axis] >= 0)
        continue;
      found = true;
      count *= shape[axis];
    }
    if (!found || count == 0 || !represents(x.dtype(), count))
      return failure();

    // The same broadcast without the repeated dimensions, reduced along the rest.
    Dims kept, newShape, newDims, axes;
    for (int64_t dim = 0, rank = shape.size(); dim < rank; ++dim) {
      bool reduced = llvm::is_contained(reduce.getAxes(), dim);
      if (reduced && source[dim] < 0)
        continue;
      if (source[dim] >= 0) {
        kept.push_back(source[dim]);
        newDims.push_back(newShape.size());
      }
      if (reduced)
        axes.push_back(newShape.size());
      newShape.push_back(shape[dim]);
    }
    // Dimensions of size 1 that were repeated are gone from x.
    Expr value = reshape(x, pick(x.shape(), kept));
    if (reduce.getKind() == ReduceKind::Sum && count != 1)
      value = value * double(count);
    value = portico::broadcast(value, newShape, newDims);
    rewriter.replaceOp(reduce, Value(portico::reduce(value, reduce.getKind(), axes)));
    return success();
  }
};

/// Elementwise ops on values repeated alike compute once what they repeat.
struct ElementwiseOfBroadcasts : RewritePattern {
  ElementwiseOfBroadcasts(MLIRContext *context)
      : RewritePattern(MatchAnyOpTypeTag(), /*benefit=*/1, context) {}
  LogicalResult matchAndRewrite(Operation *op, PatternRewriter &rewriter) const override {
    if (!isElementwise(op))
      return failure();
    BroadcastOp model;
    for (Value operand : op->getOperands()) {
      if (splatOf(operand))
        continue;
      auto broadcast = operand.getDefiningOp<BroadcastOp>();
      if (!broadcast)
        return failure();
      if (!model)
        model = broadcast;
      if (broadcast.getDims() != model.getDims() || broadcast.getShape() != model.getShape() ||
          shapeOf(broadcast.getX()) != shapeOf(model.getX()))
        return failure();
    }
    if (!model)
      return failure();
    SmallVector<Value> operands;
    for (Value operand : op->getOperands()) {
      if (Attribute element = splatOf(operand)) {
        operands.push_back(splatConstant(rewriter, operand, element, shapeOf(model.getX())));
      } else {
        operands.push_back(operand.getDefiningOp<BroadcastOp>().getX());
      }
    }
    Value small = remake(rewriter, op, operands);
    rewriter.replaceOpWithNewOp<BroadcastOp>(op, small, model.getShape(), model.getDims());
    return success();
  }
};

} // namespace

void portico::populateRepeatedPatterns(RewritePatternSet &patterns) {
  patterns.add<ReduceOfBroadcast, ElementwiseOfBroadcasts>(patterns.getContext());
}
