//===- Shape.cpp - shape changes around elementwise ops -------------------===//

#include "dialects/portico/Transforms/Simplify/Patterns.h"

using namespace mlir;
using namespace portico;

namespace {

/// A shape change after elementwise ops cancels against shape changes before them
/// when these start from the wanted shape: change(op(change'(x), ..)) is op(x, ..).
/// One operand of another origin may take the change over, so there is never one
/// more than before.
template <typename Change> struct CancelAround : OpRewritePattern<Change> {
  using OpRewritePattern<Change>::OpRewritePattern;
  LogicalResult matchAndRewrite(Change change, PatternRewriter &rewriter) const override {
    Leaves leaves;
    if (!isInner(change.getX()) || !visit(change, change.getX(), leaves) || leaves.cancelled == 0 ||
        leaves.kept > 1)
      return failure();
    rewriter.replaceOp(change, rebuild(rewriter, change, change.getX()));
    return success();
  }

private:
  struct Leaves {
    int cancelled = 0, kept = 0, inner = 0;
  };
  /// An elementwise op that only the next one reads, so that it moves along.
  static bool isInner(Value value) {
    return isElementwise(value.getDefiningOp()) && value.hasOneUse();
  }
  /// Counts what the tree above `value` reads; false where it is too large.
  static bool visit(Change change, Value value, Leaves &leaves) {
    constexpr int kMaxInner = 16;
    if (++leaves.inner > kMaxInner)
      return false;
    return llvm::all_of(value.getDefiningOp()->getOperands(), [&](Value operand) {
      if (splatOf(operand))
        return true;
      auto before = operand.getDefiningOp<Change>();
      if (!before && isInner(operand))
        return visit(change, operand, leaves);
      before &&undoes(change, before) ? ++leaves.cancelled : ++leaves.kept;
      return true;
    });
  }
  /// The tree again, in the shape after the change.
  static Value rebuild(PatternRewriter &rewriter, Change change, Value value) {
    auto shape = cast<RankedTensorType>(change.getType()).getShape();
    SmallVector<Value> operands;
    for (Value operand : value.getDefiningOp()->getOperands()) {
      auto before = operand.getDefiningOp<Change>();
      if (Attribute element = splatOf(operand)) {
        operands.push_back(splatConstant(rewriter, operand, element, shape));
      } else if (before && undoes(change, before)) {
        operands.push_back(before.getX());
      } else if (!before && isInner(operand)) {
        operands.push_back(rebuild(rewriter, change, operand));
      } else {
        operands.push_back(again(rewriter, change, operand));
      }
    }
    return remake(rewriter, value.getDefiningOp(), operands);
  }

  static bool undoes(ReshapeOp after, ReshapeOp before) {
    return after.getShape() == cast<RankedTensorType>(before.getX().getType()).getShape();
  }
  static bool undoes(PermuteOp after, PermuteOp before) {
    return after.getPermutation() == ArrayRef<int64_t>(inverse(before.getPermutation()));
  }
  static Value again(PatternRewriter &rewriter, ReshapeOp change, Value operand) {
    return ReshapeOp::create(rewriter, change.getLoc(), operand, change.getShape());
  }
  static Value again(PatternRewriter &rewriter, PermuteOp change, Value operand) {
    return PermuteOp::create(rewriter, change.getLoc(), operand, change.getPermutation());
  }
};

/// Elementwise ops whose operands are all reshaped alike are done before the
/// reshape, next to what made the operands: a reshape of the result is free, and
/// further down it meets the next one.
struct ReshapeAfterElementwise : RewritePattern {
  ReshapeAfterElementwise(MLIRContext *context)
      : RewritePattern(MatchAnyOpTypeTag(), /*benefit=*/1, context) {}
  LogicalResult matchAndRewrite(Operation *op, PatternRewriter &rewriter) const override {
    if (!isElementwise(op))
      return failure();
    ArrayRef<int64_t> shape;
    bool found = false;
    for (Value operand : op->getOperands()) {
      if (splatOf(operand))
        continue;
      auto reshape = operand.getDefiningOp<ReshapeOp>();
      if (!reshape || (found && shapeOf(reshape.getX()) != shape))
        return failure();
      shape = shapeOf(reshape.getX());
      found = true;
    }
    if (!found)
      return failure();
    SmallVector<Value> operands;
    for (Value operand : op->getOperands()) {
      if (Attribute element = splatOf(operand))
        operands.push_back(splatConstant(rewriter, operand, element, shape));
      else
        operands.push_back(operand.getDefiningOp<ReshapeOp>().getX());
    }
    Value result = remake(rewriter, op, operands);
    rewriter.replaceOpWithNewOp<ReshapeOp>(op, result, shapeOf(op->getResult(0)));
    return success();
  }
};

/// concat(x0, .., x299)  ->  concat(concat(x0, .., x127), concat(x128, ..), concat(x256, ..))
///
/// What a kernel reads are its parameters, and devices take few bytes of these: Intel's GPUs
/// 2048, NVIDIA's 4096. Of no other op are there so many.
struct ConcatOfMany : OpRewritePattern<ConcatOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ConcatOp op, PatternRewriter &rewriter) const override {
    constexpr size_t kMost = 128;
    SmallVector<Value> operands(op.getXs()), parts;
    if (operands.size() <= kMost)
      return failure();
    for (ArrayRef<Value> rest = operands; !rest.empty();) {
      ArrayRef<Value> part = rest.take_front(kMost);
      parts.push_back(part.size() == 1 ? part.front() : join(rewriter, op, part));
      rest = rest.drop_front(part.size());
    }
    rewriter.replaceOp(op, join(rewriter, op, parts));
    return success();
  }

private:
  static Value join(PatternRewriter &rewriter, ConcatOp op, ArrayRef<Value> operands) {
    auto axis = size_t(op.getAxis());
    SmallVector<int64_t> shape(shapeOf(operands.front()));
    for (Value operand : operands.drop_front())
      shape[axis] += shapeOf(operand)[axis];
    auto type = cast<RankedTensorType>(op.getType()).clone(shape);
    return ConcatOp::create(rewriter, op.getLoc(), type, operands, op.getAxisAttr());
  }
};

} // namespace

void portico::populateShapePatterns(RewritePatternSet &patterns) {
  patterns
      .add<CancelAround<ReshapeOp>, CancelAround<PermuteOp>, ReshapeAfterElementwise, ConcatOfMany>(
          patterns.getContext());
}
