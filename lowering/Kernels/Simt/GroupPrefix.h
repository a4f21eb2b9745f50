//===- GroupPrefix.h - running values over the work-items of a group --------===//

#ifndef PORTICO_LOWERING_KERNELS_SIMT_GROUPPREFIX_H
#define PORTICO_LOWERING_KERNELS_SIMT_GROUPPREFIX_H

#include "lowering/Kernels/LoopEmitter.h"
#include "lowering/Kernels/Simt/GroupBuilder.h"

namespace portico {

/// Replaces memory[i], of the group's memory, by memory[0] ... memory[i] combined from left
/// to right, for each of the `items` work-items. What they have written there before a
/// barrier is what they see; there is a barrier at the end, too.
void emitGroupPrefix(LoopEmitter &e, GroupBuilder &group, mlir::Value memory, int64_t items,
                     llvm::function_ref<mlir::Value(mlir::Value, mlir::Value)> combine);

} // namespace portico

#endif // PORTICO_LOWERING_KERNELS_SIMT_GROUPPREFIX_H
