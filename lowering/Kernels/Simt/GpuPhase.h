//===- GpuPhase.h - one phase as a kernel of the gpu dialect ----------------===//

#ifndef PORTICO_LOWERING_KERNELS_SIMT_GPUPHASE_H
#define PORTICO_LOWERING_KERNELS_SIMT_GPUPHASE_H

#include "lowering/Kernels/Kernels.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"

namespace portico {

/// Whether no strategy for work-groups wrote the phase.
inline bool isForTasks(const KernelPhase &phase) { return phase.shape.block[0] == 0; }

/// How many work-items do the tasks of a phase.
LaunchShape shapeOfTasks(const KernelPhase &phase, int64_t scratchBytes);

/// Shared memory with what tasks bring along: their scratch memory lies behind it.
int64_t sharedWithScratch(const KernelABI &abi);

/// The type in memory that all work-items see.
mlir::Type inGlobalMemory(mlir::Type type);

/// Writes `source`, the function of `phase` in the first form of Kernels.h, as a kernel of
/// `module` in the second, and gives the phase its shape. `sharedBytes` is what all phases
/// have of shared memory, scratch included.
void moveToGpu(mlir::func::FuncOp source, mlir::gpu::GPUModuleOp module, KernelPhase &phase,
               const KernelABI &abi, int64_t sharedBytes);

} // namespace portico

#endif // PORTICO_LOWERING_KERNELS_SIMT_GPUPHASE_H
