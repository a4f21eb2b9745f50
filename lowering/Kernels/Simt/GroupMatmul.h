//===- GroupMatmul.h - matrix products, for work-groups ---------------------===//

#ifndef PORTICO_LOWERING_KERNELS_SIMT_GROUPMATMUL_H
#define PORTICO_LOWERING_KERNELS_SIMT_GROUPMATMUL_H

#include "lowering/Kernels/MatmulProblem.h"
#include "lowering/Kernels/MatmulTile.h"

namespace portico {

/// Where an operand lies: in an argument, or in the copy that a phase before has made.
TypedMemory memoryOf(PhaseFunction &e, const MatmulOperand &operand);

/// `lowerMatmul` for targets with work-groups.
llvm::LogicalResult lowerGroupMatmul(KernelOp kernel, mlir::Value hero, MatmulProblem problem,
                                     const TargetInfo &target, mlir::ModuleOp out,
                                     llvm::StringRef name, KernelABI &abi);

} // namespace portico

#endif // PORTICO_LOWERING_KERNELS_SIMT_GROUPMATMUL_H
