//===- GroupScan.h - running sums and the like, for work-groups -------------===//

#ifndef PORTICO_LOWERING_KERNELS_SIMT_GROUPSCAN_H
#define PORTICO_LOWERING_KERNELS_SIMT_GROUPSCAN_H

#include "lowering/Kernels/Kernels.h"
#include "lowering/Kernels/ScanProblem.h"

namespace portico {

void lowerGroupScan(KernelOp kernel, const ScanProblem &problem, const SimtInfo &simt,
                    mlir::ModuleOp out, llvm::StringRef name, KernelABI &abi);

} // namespace portico

#endif // PORTICO_LOWERING_KERNELS_SIMT_GROUPSCAN_H
