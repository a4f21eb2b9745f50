//===- Simplify.h - cheaper portico with the same value --------------------===//

#ifndef PORTICO_TRANSFORMS_SIMPLIFY_H
#define PORTICO_TRANSFORMS_SIMPLIFY_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/PatternMatch.h"

namespace portico {

/// The patterns of `portico-simplify` beyond canonicalisation.
void populateSimplifyPatterns(mlir::RewritePatternSet &patterns);

/// What `portico-simplify` does to one function: canonicalisation, the patterns
/// above, common subexpressions and dead code.
mlir::LogicalResult simplify(mlir::func::FuncOp func);

} // namespace portico

#endif // PORTICO_TRANSFORMS_SIMPLIFY_H
