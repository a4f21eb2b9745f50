//===- Autodiff.h - the reverse function of a function of tensors ----------===//

#ifndef PORTICO_TRANSFORMS_AUTODIFF_H
#define PORTICO_TRANSFORMS_AUTODIFF_H

#include "mlir/Dialect/Func/IR/FuncOps.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/SmallVector.h"

namespace portico {

/// A value of the forward function that its reverse function reads.
struct ResidualRef {
  /// Position of the defining op in the forward function's block, counted from
  /// 0 in block order; -1 when the value is an argument.
  int op = -1;
  /// Result number of that op, or argument number.
  int index = 0;

  bool isArgument() const { return op < 0; }
  bool operator==(const ResidualRef &other) const { return op == other.op && index == other.index; }
};

struct VjpResult {
  /// `(residuals..., cotangents...) -> gradients...`, inserted after the forward
  /// function in its module. There is one cotangent for each entry of
  /// `cotangentOfResult` that is true, in order, whether it is read or not.
  mlir::func::FuncOp vjp;
  /// What to pass for the leading arguments: arguments of the forward function
  /// first, then results of its ops, each in order, none twice.
  llvm::SmallVector<ResidualRef> residuals;
  /// Result `i` of `vjp` is the gradient of argument `gradOf[i]`; ascending.
  /// An argument of `wrtArgs` that is not listed has a gradient of zero.
  llvm::SmallVector<int> gradOf;
};

/// Builds the reverse function of `f` for the arguments in `wrtArgs`, given
/// cotangents of the results in `cotangentOfResult` (the others count as zero).
/// The forward function is left as it is. Fails with a diagnostic at an op that
/// gradients would have to flow through and that has no rule.
///
/// Every value that a rule reads can become a residual. Where `available` is
/// given, no other value is one unless it says so; by default all may be, and
/// what is a view of something smaller is made again from that.
mlir::FailureOr<VjpResult> buildVjp(mlir::func::FuncOp f, llvm::ArrayRef<bool> wrtArgs,
                                    llvm::ArrayRef<bool> cotangentOfResult,
                                    llvm::function_ref<bool(ResidualRef)> available = nullptr);

/// The same as one function `(arguments..., cotangents...) -> gradients...` that
/// computes the forward values again: one gradient for each entry of `wrtArgs`
/// that is true, zeros where nothing flows.
mlir::FailureOr<mlir::func::FuncOp> buildSelfContainedVjp(mlir::func::FuncOp f,
                                                          llvm::ArrayRef<bool> wrtArgs,
                                                          llvm::ArrayRef<bool> cotangentOfResult);

} // namespace portico

#endif // PORTICO_TRANSFORMS_AUTODIFF_H
