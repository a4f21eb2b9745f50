//===- CudaGroupMatrix.h - the matrix instructions of a warpgroup -----------===//

#ifndef PORTICO_TARGETS_CUDA_CUDAGROUPMATRIX_H
#define PORTICO_TARGETS_CUDA_CUDAGROUPMATRIX_H

#include "targets/Target.h"

#include <vector>

namespace mlir {
class LLVMTypeConverter;
class RewritePatternSet;
} // namespace mlir

namespace portico::cuda {

/// The sizes of wgmma.mma_async that kernels use; of compute capability 9.0 alone (`sm_90a`).
const std::vector<GroupMatrixUnit> &groupMatrixUnits();

/// simt.group_multiply_add and simt.group_multiply_wait to PTX.
void populateGroupMatrixPatterns(const mlir::LLVMTypeConverter &types,
                                 mlir::RewritePatternSet &patterns);

} // namespace portico::cuda

#endif // PORTICO_TARGETS_CUDA_CUDAGROUPMATRIX_H
