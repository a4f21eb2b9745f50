//===- Matmul.h - any main op that is a matrix product ----------------------===//

#ifndef PORTICO_LOWERING_KERNELS_MATMUL_H
#define PORTICO_LOWERING_KERNELS_MATMUL_H

#include "lowering/Kernels/MatmulProblem.h"

namespace portico {

/// Lowers a kernel whose main op has the result `hero` and is the product
/// `problem`, with the ops after it.
llvm::LogicalResult lowerMatmul(KernelOp kernel, mlir::Value hero, const MatmulProblem &problem,
                                const TargetInfo &target, mlir::ModuleOp out, llvm::StringRef name,
                                KernelABI &abi);

} // namespace portico

#endif // PORTICO_LOWERING_KERNELS_MATMUL_H
