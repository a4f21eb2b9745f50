//===- Origins.h - where code came from, through LLVM's passes --------------===//

#ifndef PORTICO_TARGETS_HOSTSIMT_ORIGINS_H
#define PORTICO_TARGETS_HOSTSIMT_ORIGINS_H

#include "targets/hostsimt/KernelCode.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"

namespace portico::hostsimt {

/// What the locations of a module said. MLIR's locations are trees, LLVM's are a
/// line of a file: each distinct one gets a number, and that is the line.
///
/// Before:
///   gpu.func @k(...) { gpu.barrier loc(fused<{portico.kernel_op = 2}>["a.py":7:0]) }
/// After:
///   gpu.func @k(...) { gpu.barrier loc("":1:0) }
///       loc(fused<#llvm.di_subprogram<...>>["":2:0])
class Origins {
public:
  /// Numbers the locations in `module`'s kernels, which from now on are for
  /// debuggers: the translation to LLVM IR keeps them.
  void take(mlir::gpu::GPUModuleOp module);

  Origin of(const llvm::DebugLoc &location) const;

private:
  mlir::Location number(mlir::Location location);

  std::vector<Origin> origins;
  llvm::DenseMap<mlir::Attribute, unsigned> numbers;
};

} // namespace portico::hostsimt

#endif // PORTICO_TARGETS_HOSTSIMT_ORIGINS_H
