//===- ToLinalg.h - kernels as linalg on memory -----------------------------===//

#ifndef PORTICO_LOWERING_TOLINALG_TOLINALG_H
#define PORTICO_LOWERING_TOLINALG_TOLINALG_H

#include "dialects/portico/IR/Portico.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"

namespace portico {

/// Makes in `out` the function `name` of a "loop" or "row" kernel: arguments
/// (inputs..., results..., status), a short sequence of linalg.generic ops on
/// memrefs as its body. Null after a diagnostic.
///
/// - loop: one generic for all results of one number of elements.
/// - row: one generic per reduction, per value that is cheaper to keep than to
///   compute again, and per result. Intermediate values lie in `memref.alloc`s,
///   which the row strategy turns into registers and scratch of one row.
mlir::func::FuncOp kernelToLinalg(KernelOp kernel, mlir::ModuleOp out, llvm::StringRef name);

} // namespace portico

#endif // PORTICO_LOWERING_TOLINALG_TOLINALG_H
