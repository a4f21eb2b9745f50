//===- RocmMatrix.h - the matrix instructions of a wave ---------------------===//

#ifndef PORTICO_TARGETS_ROCM_ROCMMATRIX_H
#define PORTICO_TARGETS_ROCM_ROCMMATRIX_H

#include "targets/Target.h"

#include "mlir/IR/PatternMatch.h"

#include <vector>

namespace mlir {
class LLVMTypeConverter;
class RewritePatternSet;
} // namespace mlir

namespace portico::rocm {

/// mfma of CDNA 2 and 3; `xf32`: with products of TF32, which 3 alone has.
std::vector<MatrixUnit> mfmaUnits(bool xf32);
/// wmma of RDNA 3 and of RDNA 4.
std::vector<MatrixUnit> wmma11Units();
std::vector<MatrixUnit> wmma12Units();

/// The ops of simt to the machine's instructions.
void populateMatrixPatterns(const mlir::LLVMTypeConverter &types, const SimtInfo &machine,
                            mlir::PatternBenefit benefit, mlir::RewritePatternSet &patterns);

} // namespace portico::rocm

#endif // PORTICO_TARGETS_ROCM_ROCMMATRIX_H
