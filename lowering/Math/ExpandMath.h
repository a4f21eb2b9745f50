//===- ExpandMath.h - math ops as arithmetic --------------------------------===//

#ifndef PORTICO_LOWERING_MATH_EXPANDMATH_H
#define PORTICO_LOWERING_MATH_EXPANDMATH_H

#include "mlir/IR/Operation.h"

namespace portico {

/// Replaces the math ops below `root` that are no single instruction by
/// polynomials and bit arithmetic: the same results on every target, for scalars
/// and vectors of f32 and f64. Without `doubles` those of f32 need no f64, and some
/// differ in the last bits.
llvm::LogicalResult expandMath(mlir::Operation *root, bool doubles = true);

} // namespace portico

#endif // PORTICO_LOWERING_MATH_EXPANDMATH_H
