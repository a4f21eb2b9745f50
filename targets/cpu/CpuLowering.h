//===- CpuLowering.h - kernel functions to the LLVM dialect -----------------===//

#ifndef PORTICO_TARGETS_CPU_CPULOWERING_H
#define PORTICO_TARGETS_CPU_CPULOWERING_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/DialectRegistry.h"

namespace portico::cpu {

/// The dialects of kernel functions and of what they become.
void registerLoweringDialects(mlir::DialectRegistry &registry);

/// Turns func, scf, memref, vector, arith and math into the LLVM dialect. A
/// memref argument becomes one pointer:
///
/// Before:
///   func.func @k(%a: memref<8xf32>, %begin: index, ...)
/// After:
///   llvm.func @k(%a: !llvm.ptr, %begin: i64, ...)
llvm::LogicalResult lowerToLLVM(mlir::ModuleOp module);

} // namespace portico::cpu

#endif // PORTICO_TARGETS_CPU_CPULOWERING_H
