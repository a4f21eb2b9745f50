//===- GpuModule.h - phases as kernels of the gpu dialect -------------------===//

#ifndef PORTICO_LOWERING_KERNELS_SIMT_GPUMODULE_H
#define PORTICO_LOWERING_KERNELS_SIMT_GPUMODULE_H

#include "lowering/Kernels/Kernels.h"

namespace portico {

/// Moves the phases in `out`, functions with the arguments of the first form of
/// Kernels.h, into a gpu.module, in its second form. A phase whose launch has a
/// shape was written for work-groups: it does the whole range and ignores
/// `%begin`. Any other is run by one work-item for each task, with a shape that is
/// chosen here:
///
///     func.func @k(%x: memref<Nxf32>, ..., %begin, %end, %status)
///     ->
///     gpu.func @k(%x: memref<Nxf32, global>, ..., %extent, %status) kernel {
///       %tasks = number of work-items;  %items = ceildiv(%extent, %tasks)
///       %begin = %id * %items;  %end = min(%begin + %items, %extent)
///       scf.if %begin < %end { ...the body... } }
///
/// Whatever the strategy, a launch that the machine does not have is an error of `kernel`.
llvm::LogicalResult phasesToGpuModule(KernelOp kernel, mlir::ModuleOp out, const SimtInfo &simt,
                                      KernelABI &abi);

} // namespace portico

#endif // PORTICO_LOWERING_KERNELS_SIMT_GPUMODULE_H
