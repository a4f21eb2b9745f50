//===- GroupProduct.h - sums of products, for work-groups -------------------===//
//
//   C[batch, m, n] = sum over k of A(batch, m, k) * B(batch, n, k)
//
// What lies behind A and B is their owner's business: strides, or the element of an
// image that a tap of a convolution meets, or zero.
//
//===----------------------------------------------------------------------===//

#ifndef PORTICO_LOWERING_KERNELS_SIMT_GROUPPRODUCT_H
#define PORTICO_LOWERING_KERNELS_SIMT_GROUPPRODUCT_H

#include "lowering/Kernels/PhaseFunction.h"

#include <functional>
#include <optional>

namespace portico {

struct GroupProduct {
  /// The element, as it lies in memory, at `row` (of m or n) and `k`, which are in
  /// range.
  using Element = std::function<mlir::Value(PhaseFunction &, llvm::ArrayRef<mlir::Value> batch,
                                            mlir::Value row, mlir::Value k)>;
  /// The flat index of a result.
  using Place = std::function<mlir::Value(PhaseFunction &, llvm::ArrayRef<mlir::Value> batch,
                                          mlir::Value m, mlir::Value n)>;
  struct Operand {
    Element element;
    /// Neighbours along k lie side by side in memory, those along the rows do not.
    bool alongK = false;
    /// Where the operand is elements of an argument of the kernel: that of (batch, row, k)
    /// is number offset + batch . strides + row * rowStride + k * kStride.
    struct Plain {
      int64_t argument, offset;
      llvm::SmallVector<int64_t> batch;
      int64_t row, k;
    };
    std::optional<Plain> plain;
  };

  llvm::SmallVector<int64_t> batch;
  int64_t m = 1, n = 1, k = 1;
  /// Of the elements (a portico type), and of the sums.
  mlir::Type elem, accumulator;
  /// f32 elements may be rounded to TF32.
  bool allowTf32 = false;
  Operand a, b;
  Place place;

  int64_t batchSize() const;
};

/// The phases of a kernel whose main op, with the result `hero`, is `product`, and
/// of the ops after it.
llvm::LogicalResult lowerGroupProduct(KernelOp kernel, mlir::Value hero,
                                      const GroupProduct &product, const TargetInfo &target,
                                      mlir::ModuleOp out, llvm::StringRef name, KernelABI &abi);

} // namespace portico

#endif // PORTICO_LOWERING_KERNELS_SIMT_GROUPPRODUCT_H
