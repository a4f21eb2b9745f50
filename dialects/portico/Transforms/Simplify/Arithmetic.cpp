//===- Arithmetic.cpp - powers and negations ------------------------------===//

#include "dialects/portico/Transforms/Simplify/Patterns.h"

using namespace mlir;
using namespace portico;

namespace {

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

void portico::populateArithmeticPatterns(RewritePatternSet &patterns) {
  patterns.add<PowOfConstant, AddOfNeg, SubOfNeg>(patterns.getContext());
}
