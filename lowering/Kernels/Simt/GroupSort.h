//===- GroupSort.h - stable sort of rows, for work-groups -------------------===//

#ifndef PORTICO_LOWERING_KERNELS_SIMT_GROUPSORT_H
#define PORTICO_LOWERING_KERNELS_SIMT_GROUPSORT_H

#include "lowering/Kernels/Kernels.h"

namespace portico {

/// Whether rows of `n` elements are worth a group; shorter ones are sorted by a
/// work-item each.
bool wantsGroupSort(int64_t n);

/// The phases of a sort of rows for which `wantsGroupSort`.
void lowerGroupSort(KernelOp kernel, SortOp op, const SimtInfo &simt, mlir::ModuleOp out,
                    llvm::StringRef name, KernelABI &abi);

} // namespace portico

#endif // PORTICO_LOWERING_KERNELS_SIMT_GROUPSORT_H
