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

namespace portico {

struct GroupProduct {
  /// The element of compute type at `row` (of m or n) and `k`, which are in range.
  using Element = std::function<mlir::Value(PhaseFunction &, llvm::ArrayRef<mlir::Value> batch,
                                            mlir::Value row, mlir::Value k)>;
  /// The flat index of a result.
  using Place = std::function<mlir::Value(PhaseFunction &, llvm::ArrayRef<mlir::Value> batch,
                                          mlir::Value m, mlir::Value n)>;
  struct Operand {
    Element element;
    /// Neighbours along k lie side by side in memory, those along the rows do not.
    bool alongK = false;
  };

  llvm::SmallVector<int64_t> batch;
  int64_t m = 1, n = 1, k = 1;
  mlir::Type accumulator;
  Operand a, b;
  Place place;

  int64_t batchSize() const;
};

/// How a product is cut: a group does a tile of m x n, `k` summands at a time, a
/// work-item perM x perN of it. Where there are few tiles and many summands,
/// `splits` groups share a tile; each leaves its sums in memory, and they are
/// added up in order.
struct GroupTile {
  static constexpr int64_t kSide = 16; // a group is kSide x kSide work-items
  int64_t m, n, k;
  int64_t splits = 1;
  int64_t perM() const { return m / kSide; }
  int64_t perN() const { return n / kSide; }
};

/// The largest tile that leaves enough groups to fill the machine; a function of
/// the sizes and the target alone.
GroupTile chooseGroupTile(const GroupProduct &product, const SimtInfo &simt);

/// The phases of a kernel whose main op, with the result `hero`, is `product`, and
/// of the ops after it.
llvm::LogicalResult lowerGroupProduct(KernelOp kernel, mlir::Value hero,
                                      const GroupProduct &product, const TargetInfo &target,
                                      mlir::ModuleOp out, llvm::StringRef name, KernelABI &abi);

} // namespace portico

#endif // PORTICO_LOWERING_KERNELS_SIMT_GROUPPRODUCT_H
