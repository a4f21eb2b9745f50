//===- PerItem.h - a phase with a work-item for each of so many -------------===//

#ifndef PORTICO_LOWERING_KERNELS_SIMT_PERITEM_H
#define PORTICO_LOWERING_KERNELS_SIMT_PERITEM_H

#include "lowering/Kernels/PhaseFunction.h"

namespace portico {

/// Adds a phase in which work-item `number` of `count` runs `body`. The work-items
/// do not meet.
///
///     gpu.func @k(..., %extent, %status) {
///       %number = gpu.block_id x * (work-items of a group) + gpu.thread_id x
///       scf.if %number < count { body(%number) } }
void emitPerItem(KernelOp kernel, mlir::ModuleOp out, llvm::StringRef name, KernelABI &abi,
                 int64_t count, const SimtInfo &simt,
                 llvm::function_ref<void(PhaseFunction &e, mlir::Value number)> body);

} // namespace portico

#endif // PORTICO_LOWERING_KERNELS_SIMT_PERITEM_H
