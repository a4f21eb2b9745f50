//===- Patterns.h - the rewrites of portico-simplify, by family -------------===//
//
// What an op can say about itself alone is in its folds and canonicalisation;
// these rewrites look at several ops, most of them at what autodiff leaves.
//
//===----------------------------------------------------------------------===//

#ifndef PORTICO_TRANSFORMS_SIMPLIFY_PATTERNS_H
#define PORTICO_TRANSFORMS_SIMPLIFY_PATTERNS_H

#include "dialects/portico/IR/Builder.h"

#include "mlir/IR/PatternMatch.h"

namespace portico {

void populateRepeatedPatterns(mlir::RewritePatternSet &patterns);
void populateContractionPatterns(mlir::RewritePatternSet &patterns);
void populateShapePatterns(mlir::RewritePatternSet &patterns);
void populateArithmeticPatterns(mlir::RewritePatternSet &patterns);

/// The element that all elements of a constant equal, or null.
mlir::Attribute splatOf(mlir::Value value);
/// The constant `model`, which repeats `element`, in another shape.
mlir::Value splatConstant(mlir::OpBuilder &builder, mlir::Value model, mlir::Attribute element,
                          llvm::ArrayRef<int64_t> shape);

inline llvm::ArrayRef<int64_t> shapeOf(mlir::Value value) {
  return mlir::cast<mlir::RankedTensorType>(value.getType()).getShape();
}

/// An elementwise op with one result.
bool isElementwise(mlir::Operation *op);
/// `op` again, on `operands` of another shape.
mlir::Value remake(mlir::OpBuilder &builder, mlir::Operation *op, mlir::ValueRange operands);

} // namespace portico

#endif // PORTICO_TRANSFORMS_SIMPLIFY_PATTERNS_H
