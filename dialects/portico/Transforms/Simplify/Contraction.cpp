//===- Contraction.cpp - contractions and transposes ----------------------===//

#include "dialects/portico/Transforms/Simplify/Patterns.h"

using namespace mlir;
using namespace portico;

namespace {

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
                                              rhsContract, dot.getAllowTf32());
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
    rewriter.replaceOpWithNewOp<DotGeneralOp>(
        permute, dot.getRhs(), dot.getLhs(), dot.getRhsBatch(), dot.getLhsBatch(),
        dot.getRhsContract(), dot.getLhsContract(), dot.getAllowTf32());
    return success();
  }
};

} // namespace

void portico::populateContractionPatterns(RewritePatternSet &patterns) {
  patterns.add<DotOfPermute, PermuteOfDot>(patterns.getContext());
}
