//===- Loops.h - strategies for generics without reductions -----------------===//

#ifndef PORTICO_LOWERING_KERNELS_LOOPS_H
#define PORTICO_LOWERING_KERNELS_LOOPS_H

#include "lowering/Kernels/PhaseBuilder.h"

namespace portico {

/// Lowers a linalg function without reductions: one phase per generic.
llvm::LogicalResult lowerLinalgLoops(KernelOp kernel, mlir::func::FuncOp linalgFunc,
                                     const TargetInfo &target, mlir::ModuleOp out,
                                     llvm::StringRef name, KernelABI &abi);

/// Evaluates the only stage of `nest` for W points from `dims` and stores its
/// results. `preloaded` holds operands that need no load.
void emitPoints(LaneBuilder &lanes, PhaseBuilder &phases, mlir::func::FuncOp f, NestStage &stage,
                llvm::ArrayRef<VaryingIndex> dims, mlir::Value mask,
                const llvm::DenseMap<unsigned, mlir::Value> &preloaded);

/// The dimension, not the innermost, along which some input is contiguous in
/// memory, so that reading along the innermost would be a gather.
std::optional<unsigned> transposedDim(Nest &nest);

/// Whether input `k` is contiguous along `dim` and not along `inner`.
bool liesAcross(NestStage &stage, unsigned k, unsigned dim, unsigned inner);

/// Transpose.cpp: a phase for a nest with inputs that lie along `dim`.
void emitTransposed(PhaseBuilder &phases, Nest &nest, unsigned dim, const TargetInfo &target);

} // namespace portico

#endif // PORTICO_LOWERING_KERNELS_LOOPS_H
