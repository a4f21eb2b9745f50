//===- Simplify.h - cheaper portico with the same value --------------------===//

#ifndef PORTICO_TRANSFORMS_SIMPLIFY_H
#define PORTICO_TRANSFORMS_SIMPLIFY_H

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace portico {

/// What `portico-simplify` does to one function: canonicalisation, the rewrites
/// of Simplify/Patterns.h, common subexpressions and dead code.
mlir::LogicalResult simplify(mlir::func::FuncOp func);

} // namespace portico

#endif // PORTICO_TRANSFORMS_SIMPLIFY_H
