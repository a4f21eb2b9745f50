//===- ShapeCanonicalization.cpp - one form for moved elements -------------===//
//
// Fusion and the cache see fewer shapes of the same program: what moves no element
// is a reshape, and repetition is one broadcast at the end.
//
//===----------------------------------------------------------------------===//

#include "dialects/portico/IR/Portico.h"

#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace portico;

using Dims = SmallVector<int64_t>;

static RankedTensorType typeOf(Value value) { return cast<RankedTensorType>(value.getType()); }

//===----------------------------------------------------------------------===//
// reshape
//===----------------------------------------------------------------------===//

namespace {
/// reshape(broadcast(x)), x of one element  ->  broadcast(reshape(x))
///
/// One element repeated in any shape is one element repeated.
struct ReshapeOfRepeatedScalar : OpRewritePattern<ReshapeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ReshapeOp op, PatternRewriter &rewriter) const override {
    auto broadcast = op.getX().getDefiningOp<BroadcastOp>();
    if (!broadcast || typeOf(broadcast.getX()).getNumElements() != 1)
      return failure();
    Value scalar = broadcast.getX();
    if (typeOf(scalar).getRank())
      scalar = ReshapeOp::create(rewriter, op.getLoc(), scalar, ArrayRef<int64_t>());
    rewriter.replaceOpWithNewOp<BroadcastOp>(op, scalar, op.getShape(), ArrayRef<int64_t>());
    return success();
  }
};
} // namespace

void ReshapeOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *context) {
  patterns.add<ReshapeOfRepeatedScalar>(context);
}

//===----------------------------------------------------------------------===//
// broadcast
//===----------------------------------------------------------------------===//

namespace {
/// broadcast(x) with no repetition  ->  reshape(x)
struct BroadcastWithoutRepetition : OpRewritePattern<BroadcastOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(BroadcastOp op, PatternRewriter &rewriter) const override {
    // Without elements nothing is repeated, but a reshape could not go from [1] to [0].
    if (typeOf(op.getX()).getNumElements() != op.getType().getNumElements())
      return failure();
    rewriter.replaceOpWithNewOp<ReshapeOp>(op, op.getX(), op.getShape());
    return success();
  }
};

/// broadcast(reshape(x)) where the reshape only inserts dimensions of size 1 into an x
/// that has none  ->  broadcast(x)
///
///     tensor<5> -> reshape tensor<1x5x1> -> broadcast tensor<4x5x6>, dims = [0, 1, 2]
///     tensor<5> -> broadcast tensor<4x5x6>, dims = [1]
struct BroadcastOfUnsqueeze : OpRewritePattern<BroadcastOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(BroadcastOp op, PatternRewriter &rewriter) const override {
    auto reshape = op.getX().getDefiningOp<ReshapeOp>();
    if (!reshape || llvm::is_contained(typeOf(reshape.getX()).getShape(), 1))
      return failure();
    Dims kept, dims;
    for (auto [size, d] : llvm::zip_equal(typeOf(reshape).getShape(), op.getDims()))
      if (size != 1) {
        kept.push_back(size);
        dims.push_back(d);
      }
    if (ArrayRef<int64_t>(kept) != typeOf(reshape.getX()).getShape())
      return failure();
    rewriter.replaceOpWithNewOp<BroadcastOp>(op, reshape.getX(), op.getShape(), dims);
    return success();
  }
};
} // namespace

void BroadcastOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *context) {
  patterns.add<BroadcastWithoutRepetition, BroadcastOfUnsqueeze>(context);
}

//===----------------------------------------------------------------------===//
// permute
//===----------------------------------------------------------------------===//

namespace {
/// permute(x) that moves only dimensions of size 1  ->  reshape(x)
struct PermuteOfUnits : OpRewritePattern<PermuteOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(PermuteOp op, PatternRewriter &rewriter) const override {
    int64_t last = -1;
    for (int64_t d : op.getPermutation()) {
      if (typeOf(op.getX()).getDimSize(d) == 1)
        continue;
      if (d < last)
        return failure();
      last = d;
    }
    rewriter.replaceOpWithNewOp<ReshapeOp>(op, op.getX(), op.getType().getShape());
    return success();
  }
};

/// permute(broadcast(x)) where x keeps the order of its dimensions  ->  broadcast(x)
struct PermuteOfBroadcast : OpRewritePattern<PermuteOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(PermuteOp op, PatternRewriter &rewriter) const override {
    auto broadcast = op.getX().getDefiningOp<BroadcastOp>();
    if (!broadcast)
      return failure();
    Dims place(op.getPermutation().size()), dims;
    for (auto [i, d] : llvm::enumerate(op.getPermutation()))
      place[d] = i;
    for (int64_t d : broadcast.getDims())
      dims.push_back(place[d]);
    if (!llvm::is_sorted(dims))
      return failure();
    rewriter.replaceOpWithNewOp<BroadcastOp>(op, broadcast.getX(), op.getType().getShape(), dims);
    return success();
  }
};
} // namespace

void PermuteOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *context) {
  patterns.add<PermuteOfUnits, PermuteOfBroadcast>(context);
}

//===----------------------------------------------------------------------===//
// slice
//===----------------------------------------------------------------------===//

namespace {
/// slice(concat(xs)) that reads one operand only  ->  slice of that operand
struct SliceOfConcat : OpRewritePattern<SliceOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(SliceOp op, PatternRewriter &rewriter) const override {
    auto concat = op.getX().getDefiningOp<ConcatOp>();
    if (!concat)
      return failure();
    int64_t axis = concat.getAxis(), first = 0;
    Dims starts(op.getStarts()), limits(op.getLimits());
    if (starts[axis] == limits[axis])
      return failure();
    for (Value x : concat.getXs()) {
      int64_t end = first + typeOf(x).getDimSize(axis);
      if (starts[axis] >= first && limits[axis] <= end) {
        starts[axis] -= first;
        limits[axis] -= first;
        rewriter.replaceOpWithNewOp<SliceOp>(op, x, starts, limits, op.getStrides());
        return success();
      }
      first = end;
    }
    return failure();
  }
};
} // namespace

void SliceOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *context) {
  patterns.add<SliceOfConcat>(context);
}
