//===- GroupScatter.h - updates combined in, for work-groups ----------------===//

#ifndef PORTICO_LOWERING_KERNELS_SIMT_GROUPSCATTER_H
#define PORTICO_LOWERING_KERNELS_SIMT_GROUPSCATTER_H

#include "lowering/Kernels/ScatterProblem.h"

namespace portico {

/// The phases of a scatter into something.
void lowerGroupScatter(KernelOp kernel, const ScatterProblem &problem, const SimtInfo &simt,
                       mlir::ModuleOp out, llvm::StringRef name, KernelABI &abi);

} // namespace portico

#endif // PORTICO_LOWERING_KERNELS_SIMT_GROUPSCATTER_H
