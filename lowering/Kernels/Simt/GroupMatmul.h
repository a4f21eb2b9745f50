//===- GroupMatmul.h - matrix products, for work-groups ---------------------===//

#ifndef PORTICO_LOWERING_KERNELS_SIMT_GROUPMATMUL_H
#define PORTICO_LOWERING_KERNELS_SIMT_GROUPMATMUL_H

#include "lowering/Kernels/MatmulProblem.h"

namespace portico {

/// `lowerMatmul` for targets with work-groups.
llvm::LogicalResult lowerGroupMatmul(KernelOp kernel, mlir::Value hero, MatmulProblem problem,
                                     const TargetInfo &target, mlir::ModuleOp out,
                                     llvm::StringRef name, KernelABI &abi);

} // namespace portico

#endif // PORTICO_LOWERING_KERNELS_SIMT_GROUPMATMUL_H
