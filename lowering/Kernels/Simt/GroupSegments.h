//===- GroupSegments.h - what falls on one row, combined in parts -----------===//

#ifndef PORTICO_LOWERING_KERNELS_SIMT_GROUPSEGMENTS_H
#define PORTICO_LOWERING_KERNELS_SIMT_GROUPSEGMENTS_H

#include "lowering/Kernels/ScatterProblem.h"
#include "lowering/Kernels/Simt/GroupRadix.h"

namespace portico {

/// The phases of a scatter after its indices have been put in order: `order` has the index of
/// each update as its key. The result holds x, or is x.
void lowerGroupSegments(KernelOp kernel, const ScatterProblem &problem, GroupRadix &order,
                        const SimtInfo &simt, mlir::ModuleOp out, llvm::StringRef name,
                        KernelABI &abi);

} // namespace portico

#endif // PORTICO_LOWERING_KERNELS_SIMT_GROUPSEGMENTS_H
