//===- CudaMatrix.h - the matrix instructions of a warp ---------------------===//

#ifndef PORTICO_TARGETS_CUDA_CUDAMATRIX_H
#define PORTICO_TARGETS_CUDA_CUDAMATRIX_H

#include "targets/Target.h"

#include <vector>

namespace mlir {
class LLVMTypeConverter;
class RewritePatternSet;
} // namespace mlir

namespace portico::cuda {

/// The sizes of mma.sync since compute capability 8.0, with who holds what.
const std::vector<MatrixUnit> &matrixUnits();

/// simt.multiply_add of one of them, and rounding to TF32, to NVVM's intrinsics.
void populateMatrixPatterns(const mlir::LLVMTypeConverter &types,
                            mlir::RewritePatternSet &patterns);

} // namespace portico::cuda

#endif // PORTICO_TARGETS_CUDA_CUDAMATRIX_H
