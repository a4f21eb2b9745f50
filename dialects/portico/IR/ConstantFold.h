//===- ConstantFold.h - arithmetic on constants ----------------------------===//
//
// Folding happens in the element type, with the semantics of the op records; a
// function that cannot give the exact answer gives none, and nothing is folded.
//
//===----------------------------------------------------------------------===//

#ifndef PORTICO_IR_CONSTANTFOLD_H
#define PORTICO_IR_CONSTANTFOLD_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"

#include <optional>
#include <variant>

namespace portico {

/// Constants that are not splats are folded up to this many elements: larger ones cost
/// more to carry in the program than to compute.
constexpr int64_t maxFoldedElements = 1024;

/// One element: integers and bools, or floats.
using Scalar = std::variant<llvm::APInt, llvm::APFloat>;

/// Element number i of a constant.
Scalar elementAt(mlir::DenseElementsAttr attr, int64_t i);
/// A constant of one repeated element, or of one element each.
mlir::DenseElementsAttr makeConstant(mlir::ShapedType type, llvm::ArrayRef<Scalar> elements);

/// The repeated element of a splat constant.
std::optional<Scalar> splatValue(mlir::Attribute attr);
/// Whether `attr` is a splat of this integer (also as a float, +0.0 for 0).
bool isSplatOf(mlir::Attribute attr, int64_t value);
/// Whether `attr` is a splat of -0.0.
bool isSplatOfNegativeZero(mlir::Attribute attr);
/// Whether `attr` is a splat of integers with all bits set (true, on i1).
bool isSplatOfOnes(mlir::Attribute attr);
/// A splat of this integer, in any element type.
mlir::DenseElementsAttr splatOf(mlir::Type tensorType, int64_t value);

/// Applies `fn` to each element of one, two or three constants of the same shape. Null
/// when an operand is no constant, the constant is too large, or `fn` gives nothing.
mlir::Attribute foldElements(llvm::ArrayRef<mlir::Attribute> operands, mlir::Type resultType,
                             llvm::function_ref<std::optional<Scalar>(llvm::ArrayRef<Scalar>)> fn);

/// Moves elements: result element `i` (row-major) is element `source(i)` of `attr`; a
/// splat stays one. Null when `attr` is no constant or too large.
mlir::Attribute foldMovement(mlir::Attribute attr, mlir::Type resultType,
                             llvm::function_ref<int64_t(llvm::ArrayRef<int64_t>)> source);

} // namespace portico

#endif // PORTICO_IR_CONSTANTFOLD_H
