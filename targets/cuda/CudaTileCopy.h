//===- CudaTileCopy.h - copies of tiles by the tensor memory accelerator ----===//

#ifndef PORTICO_TARGETS_CUDA_CUDATILECOPY_H
#define PORTICO_TARGETS_CUDA_CUDATILECOPY_H

#include "targets/cuda/TensorMap.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

#include <vector>

namespace mlir {
class LLVMTypeConverter;
class RewritePatternSet;
} // namespace mlir

namespace portico::cuda {

/// The tensor maps that the copies of a kernel need, each once; marks each copy with the number
/// of its own.
///
/// Before:
///   simt.copy_tile %x[%k, %row] to ...
/// After:
///   simt.copy_tile %x[%k, %row] to ... {cuda.tensor_map = 0}
std::vector<TensorMap> takeTensorMaps(mlir::gpu::GPUFuncOp kernel);

/// Adds `count` parameters to a kernel and hands them to the copies marked by their numbers.
///
/// Before:
///   llvm.func @k(%x: !llvm.ptr<1>, ...) {
///     llvm.call_intrinsic "llvm.nvvm.cp.async.bulk.tensor.g2s.tile.2d"(.., %poison, ..)
///         {cuda.tensor_map = 0}
/// After:
///   llvm.func @k(%x: !llvm.ptr<1>, ..., %m: !llvm.ptr {llvm.byval = !llvm.array<128 x i8>}) {
///     llvm.call_intrinsic "llvm.nvvm.cp.async.bulk.tensor.g2s.tile.2d"(.., %m, ..)
void addTensorMapParameters(mlir::LLVM::LLVMFuncOp kernel, size_t count);

/// simt.copy_tile, and signals as mbarrier objects.
void populateTileCopyPatterns(const mlir::LLVMTypeConverter &types,
                              mlir::RewritePatternSet &patterns);

} // namespace portico::cuda

#endif // PORTICO_TARGETS_CUDA_CUDATILECOPY_H
