//===- Indexing.cpp - run-time indices that are constants after all --------===//

#include "dialects/portico/IR/ConstantFold.h"
#include "dialects/portico/IR/Portico.h"

#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace portico;

/// The starts of a window of `sizes`, clamped into x as the ops say; none when one of
/// them is no constant.
static std::optional<SmallVector<int64_t>> constantStarts(ValueRange starts, Value x,
                                                          ArrayRef<int64_t> sizes) {
  SmallVector<int64_t> values;
  for (auto [i, start] : llvm::enumerate(starts)) {
    auto constant = start.getDefiningOp<ConstantOp>();
    std::optional<Scalar> value = constant ? splatValue(constant.getValue()) : std::nullopt;
    if (!value)
      return std::nullopt;
    int64_t last = cast<RankedTensorType>(x.getType()).getDimSize(i) - sizes[i];
    values.push_back(std::clamp<int64_t>(std::get<APInt>(*value).getSExtValue(), 0, last));
  }
  return values;
}

namespace {
/// dynamic_slice(x, constants)  ->  slice(x)
struct StaticSlice : OpRewritePattern<DynamicSliceOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(DynamicSliceOp op, PatternRewriter &rewriter) const override {
    auto starts = constantStarts(op.getStarts(), op.getX(), op.getSizes());
    if (!starts)
      return failure();
    SmallVector<int64_t> limits, strides(starts->size(), 1);
    for (auto [start, size] : llvm::zip_equal(*starts, op.getSizes()))
      limits.push_back(start + size);
    rewriter.replaceOpWithNewOp<SliceOp>(op, op.getX(), *starts, limits, strides);
    return success();
  }
};

/// dynamic_update_slice(x, update, constants)  ->  update_slice(x, update)
struct StaticUpdateSlice : OpRewritePattern<DynamicUpdateSliceOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(DynamicUpdateSliceOp op, PatternRewriter &rewriter) const override {
    auto update = cast<RankedTensorType>(op.getUpdate().getType());
    auto starts = constantStarts(op.getStarts(), op.getX(), update.getShape());
    if (!starts)
      return failure();
    SmallVector<int64_t> strides(starts->size(), 1);
    rewriter.replaceOpWithNewOp<UpdateSliceOp>(op, op.getX(), op.getUpdate(), *starts, strides);
    return success();
  }
};
} // namespace

void DynamicSliceOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                                 MLIRContext *context) {
  patterns.add<StaticSlice>(context);
}

void DynamicUpdateSliceOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                                       MLIRContext *context) {
  patterns.add<StaticUpdateSlice>(context);
}
