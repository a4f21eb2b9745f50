//===- SimplifyPatterns.cpp - rewrites of portico-simplify ------------------===//
//
// What an op can say about itself alone is in its folds and canonicalisation;
// these rewrites look at several ops, most of them at what autodiff leaves.
//
//===----------------------------------------------------------------------===//

#include "dialects/portico/IR/Builder.h"
#include "dialects/portico/Transforms/Simplify.h"

#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace portico;

/// The element all elements of a constant equal, or null.
static Attribute splatOf(Value value) {
  ElementsAttr elements;
  if (!matchPattern(value, m_Constant(&elements)) || !elements.isSplat())
    return nullptr;
  return elements.getSplatValue<Attribute>();
}

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

static bool isElementwise(Operation *op) {
  return op && op->hasTrait<portico::OpTrait::Elementwise>() && op->getNumResults() == 1;
}

/// `op` again, on `operands` of another shape.
static Value remake(PatternRewriter &rewriter, Operation *op, ValueRange operands) {
  auto shape = cast<RankedTensorType>(operands.front().getType()).getShape();
  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  OperationState state(op->getLoc(), op->getName(), operands,
                       RankedTensorType::get(shape, type.getElementType()), op->getAttrs());
  return rewriter.create(state)->getResult(0);
}

namespace {

//===----------------------------------------------------------------------===//
// Repeated values
//===----------------------------------------------------------------------===//

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
          shapeOf(broadcast) != shapeOf(model))
        return failure();
    }
    if (!model)
      return failure();
    SmallVector<Value> operands;
    for (Value operand : op->getOperands()) {
      if (Attribute element = splatOf(operand)) {
        auto dtype = cast<RankedTensorType>(operand.getType()).getElementType();
        auto type = RankedTensorType::get(shapeOf(model), dtype);
        operands.push_back(
            ConstantOp::create(rewriter, operand.getLoc(), DenseElementsAttr::get(type, element)));
      } else {
        operands.push_back(operand.getDefiningOp<BroadcastOp>().getX());
      }
    }
    Value small = remake(rewriter, op, operands);
    rewriter.replaceOpWithNewOp<BroadcastOp>(op, small, model.getShape(), model.getDims());
    return success();
  }
  static ArrayRef<int64_t> shapeOf(BroadcastOp op) {
    return cast<RankedTensorType>(op.getX().getType()).getShape();
  }
};

//===----------------------------------------------------------------------===//
// Contractions and transposes
//===----------------------------------------------------------------------===//

/// A contraction reads its operands in any order of dimensions: a permute before
/// it only renumbers them. The free dimensions must stay in order, as they make
/// the result.
struct DotOfPermute : OpRewritePattern<DotGeneralOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(DotGeneralOp dot, PatternRewriter &rewriter) const override {
    Dims lhsBatch(dot.getLhsBatch()), rhsBatch(dot.getRhsBatch());
    Dims lhsContract(dot.getLhsContract()), rhsContract(dot.getRhsContract());
    Value lhs = absorb(dot.getLhs(), lhsBatch, lhsContract);
    Value rhs = absorb(dot.getRhs(), rhsBatch, rhsContract);
    if (lhs == dot.getLhs() && rhs == dot.getRhs())
      return failure();
    rewriter.replaceOpWithNewOp<DotGeneralOp>(dot, lhs, rhs, lhsBatch, rhsBatch, lhsContract,
                                              rhsContract);
    return success();
  }

private:
  static Value absorb(Value operand, Dims &batch, Dims &contract) {
    auto permute = operand.getDefiningOp<PermuteOp>();
    if (!permute)
      return operand;
    ArrayRef<int64_t> permutation = permute.getPermutation();
    Dims taken = batch;
    taken.append(contract);
    Dims freeDims = pick(permutation, otherDims(permutation.size(), taken));
    if (!llvm::is_sorted(freeDims))
      return operand;
    batch = pick(permutation, batch);
    contract = pick(permutation, contract);
    return permute.getX();
  }
};

/// permute(dot(a, b)) that swaps the free dimensions of a and b is dot(b, a).
struct PermuteOfDot : OpRewritePattern<PermuteOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(PermuteOp permute, PatternRewriter &rewriter) const override {
    auto dot = permute.getX().getDefiningOp<DotGeneralOp>();
    if (!dot || !dot->hasOneUse())
      return failure();
    int64_t batch = dot.getLhsBatch().size();
    int64_t lhsFree = cast<RankedTensorType>(dot.getLhs().getType()).getRank() - batch -
                      dot.getLhsContract().size();
    int64_t rank = permute.getPermutation().size();
    Dims swapped = iotaDims(batch);
    swapped.append(iotaDims(rank - batch - lhsFree, batch + lhsFree));
    swapped.append(iotaDims(lhsFree, batch));
    if (permute.getPermutation() != ArrayRef<int64_t>(swapped))
      return failure();
    rewriter.replaceOpWithNewOp<DotGeneralOp>(permute, dot.getRhs(), dot.getLhs(),
                                              dot.getRhsBatch(), dot.getLhsBatch(),
                                              dot.getRhsContract(), dot.getLhsContract());
    return success();
  }
};

//===----------------------------------------------------------------------===//
// Shape changes around elementwise ops
//===----------------------------------------------------------------------===//

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
        auto dtype = cast<RankedTensorType>(operand.getType()).getElementType();
        operands.push_back(ConstantOp::create(
            rewriter, operand.getLoc(),
            DenseElementsAttr::get(RankedTensorType::get(shape, dtype), element)));
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

//===----------------------------------------------------------------------===//
// Arithmetic
//===----------------------------------------------------------------------===//

/// Powers that are products or roots; the choice is PyTorch's.
struct PowOfConstant : OpRewritePattern<PowOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(PowOp pow, PatternRewriter &rewriter) const override {
    Expr x(rewriter, pow.getLoc(), pow.getLhs());
    double exponent;
    Attribute element = splatOf(pow.getRhs());
    bool floating = isa<FloatType>(x.dtype());
    if (auto number = dyn_cast_or_null<FloatAttr>(element))
      exponent = number.getValueAsDouble();
    else if (auto number = dyn_cast_or_null<IntegerAttr>(element))
      exponent = number.getValue().getBitWidth() > 8 ? number.getValue().getSExtValue()
                                                     : number.getValue().getZExtValue();
    else
      return failure();

    Value result;
    if (exponent == 2)
      result = x * x;
    else if (exponent == 3)
      result = x * x * x;
    else if (floating && exponent == -1)
      result = 1.0 / x;
    else if (floating && exponent == 0.5)
      result = x.make<SqrtOp>(x);
    else if (floating && exponent == -0.5)
      result = x.make<RsqrtOp>(x);
    else
      return failure();
    rewriter.replaceOp(pow, result);
    return success();
  }
};

/// a + -b is a - b, a - -b is a + b.
struct AddOfNeg : OpRewritePattern<AddOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(AddOp add, PatternRewriter &rewriter) const override {
    Value lhs = add.getLhs(), rhs = add.getRhs();
    if (!rhs.getDefiningOp<NegOp>())
      std::swap(lhs, rhs);
    auto neg = rhs.getDefiningOp<NegOp>();
    if (!neg)
      return failure();
    rewriter.replaceOpWithNewOp<SubOp>(add, lhs, neg.getX());
    return success();
  }
};
struct SubOfNeg : OpRewritePattern<SubOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(SubOp sub, PatternRewriter &rewriter) const override {
    auto neg = sub.getRhs().getDefiningOp<NegOp>();
    if (!neg)
      return failure();
    rewriter.replaceOpWithNewOp<AddOp>(sub, sub.getLhs(), neg.getX());
    return success();
  }
};

} // namespace

void portico::populateSimplifyPatterns(RewritePatternSet &patterns) {
  patterns.add<ReduceOfBroadcast, ElementwiseOfBroadcasts, DotOfPermute, PermuteOfDot,
               CancelAround<ReshapeOp>, CancelAround<PermuteOp>, PowOfConstant, AddOfNeg, SubOfNeg>(
      patterns.getContext());
}
