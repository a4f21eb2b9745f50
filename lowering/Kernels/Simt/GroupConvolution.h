//===- GroupConvolution.h - convolutions as products, for work-groups -------===//

#ifndef PORTICO_LOWERING_KERNELS_SIMT_GROUPCONVOLUTION_H
#define PORTICO_LOWERING_KERNELS_SIMT_GROUPCONVOLUTION_H

#include "lowering/Kernels/Convolution.h"

namespace portico {

/// Lowers a kernel whose main op `hero` is one of the three partial contractions
/// of a convolution: an implicit product, whose operands are found in the tensors
/// by index arithmetic and nowhere copied.
llvm::LogicalResult lowerGroupConvolution(KernelOp kernel, mlir::Operation *hero,
                                          const ConvProblem &problem, const TargetInfo &target,
                                          mlir::ModuleOp out, llvm::StringRef name, KernelABI &abi);

} // namespace portico

#endif // PORTICO_LOWERING_KERNELS_SIMT_GROUPCONVOLUTION_H
