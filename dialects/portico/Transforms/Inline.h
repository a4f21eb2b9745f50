//===- Inline.h - replaces calls by the bodies they call -------------------===//

#ifndef PORTICO_TRANSFORMS_INLINE_H
#define PORTICO_TRANSFORMS_INLINE_H

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace portico {

/// Replaces every `portico.call` of `func`, and of what it calls, by the body of
/// its callee. Callees stay in the module. Fails with a diagnostic on recursion
/// and on a callee without a body.
mlir::LogicalResult inlineCalls(mlir::func::FuncOp func);

} // namespace portico

#endif // PORTICO_TRANSFORMS_INLINE_H
