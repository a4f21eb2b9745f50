//===- View.h - how a view sees its storage --------------------------------===//

#ifndef PORTICO_NATIVE_GRAPH_VIEW_H
#define PORTICO_NATIVE_GRAPH_VIEW_H

#include "python/native/graph/Tape.h"

namespace portico::native {

/// One step from a tensor to a view of it: reshape, permute, slice, broadcast or
/// bitcast. Steps form lists that share their tails.
struct ViewStep {
  uint32_t refs = 0;
  Ref<ViewStep> parent; // null: the storage's value itself
  OpKind kind = {};
  llvm::SmallVector<int64_t, 8> attrs;
  TensorSpec before, after;
  static void destroy(ViewStep *step) { delete step; }
};

/// Where the elements are, as PyTorch would have it: in units of elements,
/// counted from the first element of the storage.
struct Geometry {
  llvm::SmallVector<int64_t, 4> strides;
  int64_t offset = 0;
};

llvm::SmallVector<int64_t, 4> contiguousStrides(llvm::ArrayRef<int64_t> dims);
bool isContiguous(llvm::ArrayRef<int64_t> dims, llvm::ArrayRef<int64_t> strides);
/// Strides of a reshaped view; false where PyTorch would have to copy.
bool reshapeStrides(llvm::ArrayRef<int64_t> dims, llvm::ArrayRef<int64_t> strides,
                    llvm::ArrayRef<int64_t> newDims, llvm::SmallVectorImpl<int64_t> &newStrides);
/// What a step does to dims and geometry.
Geometry stepGeometry(const ViewStep &step, const Geometry &before);

/// `base`, seen from step `from` (exclusive) to `to`.
Tracked readThrough(Tracked base, const ViewStep *from, const ViewStep *to);
/// The value at step `from` after `update` was written where `to` sees it; throws
/// where one element of memory is seen more than once.
Tracked writeThrough(Tracked base, const ViewStep *from, const ViewStep *to, Tracked update);

} // namespace portico::native

#endif // PORTICO_NATIVE_GRAPH_VIEW_H
