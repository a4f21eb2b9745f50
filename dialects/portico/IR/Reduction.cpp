//===- Reduction.cpp - folds and canonical form of reduce ------------------===//

#include "dialects/portico/IR/ConstantFold.h"
#include "dialects/portico/IR/Portico.h"

#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace portico;

OpFoldResult ReduceOp::fold(FoldAdaptor adaptor) {
  if (getAxes().empty())
    return getX();
  auto x = dyn_cast_or_null<DenseElementsAttr>(adaptor.getX());
  if (!x || !x.isSplat() || x.getNumElements() == 0)
    return {};
  // max and min of equal elements; a float sum is exact for zeros alone.
  ReduceKind kind = getKind();
  if (kind == ReduceKind::Max || kind == ReduceKind::Min)
    return x.resizeSplat(getType());
  bool isInteger = isa<IntegerType>(x.getElementType());
  if (kind == ReduceKind::Sum && !isInteger)
    return isSplatOf(x, 0) ? x.resizeSplat(getType()) : OpFoldResult();
  if (kind == ReduceKind::Sum) {
    // n equal integers, modulo 2^width.
    APInt element = x.getSplatValue<APInt>();
    int64_t n = x.getNumElements() / getType().getNumElements();
    APInt count = APInt(64, n).zextOrTrunc(element.getBitWidth());
    return DenseElementsAttr::get(getType(), element * count);
  }
  return isSplatOf(x, 1) ? x.resizeSplat(getType()) : OpFoldResult();
}

namespace {
/// reduce(x) over dimensions of size 1  ->  reshape(x)
///
/// One element is its own sum, product, max and min.
struct ReduceOfUnits : OpRewritePattern<ReduceOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ReduceOp op, PatternRewriter &rewriter) const override {
    auto shape = cast<RankedTensorType>(op.getX().getType()).getShape();
    SmallVector<int64_t> many;
    for (int64_t axis : op.getAxes())
      if (shape[axis] != 1)
        many.push_back(axis);
    if (many.size() == op.getAxes().size())
      return failure();
    Value reduced = op.getX();
    if (!many.empty())
      reduced = ReduceOp::create(rewriter, op.getLoc(), reduced, op.getKind(), many);
    rewriter.replaceOpWithNewOp<ReshapeOp>(op, reduced, op.getType().getShape());
    return success();
  }
};
} // namespace

void ReduceOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *context) {
  patterns.add<ReduceOfUnits>(context);
}
