//===- StridedView.h - data movement that is only another stride ------------===//

#ifndef PORTICO_LOWERING_KERNELS_STRIDEDVIEW_H
#define PORTICO_LOWERING_KERNELS_STRIDEDVIEW_H

#include "mlir/IR/Value.h"
#include "llvm/ADT/SmallVector.h"

#include <optional>

namespace portico {

/// Element (i0, i1, ..) of a tensor value is element
/// `offset + i0 * strides[0] + i1 * strides[1] + ..` of a kernel argument.
struct StridedView {
  mlir::BlockArgument source;
  int64_t offset = 0;
  llvm::SmallVector<int64_t> strides;
};

/// Follows reshape, permute, broadcast, slice and reverse from `value` up to an
/// argument of its kernel. None where something else is on the way, or where a
/// reshape joins dimensions that do not lie one after the other.
std::optional<StridedView> stridedViewOf(mlir::Value value);

/// The strides that `shape` has when its row-major order is that of a view with
/// `oldShape` and `oldStrides`; none where there are no such strides.
std::optional<llvm::SmallVector<int64_t>> reshapeStrides(llvm::ArrayRef<int64_t> oldShape,
                                                         llvm::ArrayRef<int64_t> oldStrides,
                                                         llvm::ArrayRef<int64_t> shape);

} // namespace portico

#endif // PORTICO_LOWERING_KERNELS_STRIDEDVIEW_H
