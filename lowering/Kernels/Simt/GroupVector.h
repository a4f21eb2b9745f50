//===- GroupVector.h - a matrix times few vectors, for work-groups ----------===//

#ifndef PORTICO_LOWERING_KERNELS_SIMT_GROUPVECTOR_H
#define PORTICO_LOWERING_KERNELS_SIMT_GROUPVECTOR_H

#include "lowering/Kernels/MatmulProblem.h"

namespace portico {

/// Whether one side of the product has so few rows that a tile of results would be mostly
/// empty.
bool wantsGroupVector(const MatmulProblem &problem);

/// `lowerMatmul` for such a product, after the phases that copy operands.
llvm::LogicalResult lowerGroupVector(KernelOp kernel, mlir::Value hero, MatmulProblem problem,
                                     const TargetInfo &target, mlir::ModuleOp out,
                                     llvm::StringRef name, KernelABI &abi);

} // namespace portico

#endif // PORTICO_LOWERING_KERNELS_SIMT_GROUPVECTOR_H
