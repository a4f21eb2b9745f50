//===- Simplify.cpp - portico-simplify --------------------------------------===//

#include "dialects/portico/Transforms/Simplify.h"

#include "dialects/portico/Transforms/Passes.h"
#include "dialects/portico/Transforms/Simplify/Patterns.h"

#include "mlir/IR/Dominance.h"
#include "mlir/Transforms/CSE.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

using namespace mlir;
using namespace portico;

namespace portico {
#define GEN_PASS_DEF_PORTICOSIMPLIFY
#include "portico/Passes.h.inc"
} // namespace portico

static FrozenRewritePatternSet makePatterns(MLIRContext *context) {
  RewritePatternSet patterns(context);
  for (RegisteredOperationName op :
       context->getRegisteredOperationsByDialect(PorticoDialect::getDialectNamespace()))
    op.getCanonicalizationPatterns(patterns, context);
  populateRepeatedPatterns(patterns);
  populateContractionPatterns(patterns);
  populateShapePatterns(patterns);
  populateArithmeticPatterns(patterns);
  return patterns;
}

static LogicalResult simplifyWith(func::FuncOp func, const FrozenRewritePatternSet &patterns) {
  IRRewriter rewriter(func.getContext());
  DominanceInfo dominance(func);
  // Ops that become one op are new chances for the patterns: the two sides of a
  // rewrite that needs a single user, for one.
  constexpr int kRounds = 4;
  for (int round = 0; round < kRounds; ++round) {
    bool changed = false;
    // Not to converge is no error: what there is, is right.
    (void)applyPatternsGreedily(func, patterns, GreedyRewriteConfig(), &changed);
    bool shared = false;
    eliminateCommonSubExpressions(rewriter, dominance, func, &shared);
    if (!shared)
      break;
  }
  return success();
}

LogicalResult portico::simplify(func::FuncOp func) {
  return simplifyWith(func, makePatterns(func.getContext()));
}

namespace {

struct SimplifyPass : portico::impl::PorticoSimplifyBase<SimplifyPass> {
  LogicalResult initialize(MLIRContext *context) override {
    patterns = makePatterns(context);
    return success();
  }
  void runOnOperation() override {
    if (failed(simplifyWith(getOperation(), patterns)))
      signalPassFailure();
  }

  FrozenRewritePatternSet patterns;
};

} // namespace
