//===- View.h - how a view sees its storage --------------------------------===//

#ifndef PORTICO_NATIVE_GRAPH_VIEW_H
#define PORTICO_NATIVE_GRAPH_VIEW_H

#include "python/native/graph/Tape.h"

#include <optional>

namespace portico::native {

/// Where the elements are, as PyTorch would have it: in units of elements,
/// counted from the first element of the storage.
struct Geometry {
  llvm::SmallVector<int64_t, 4> strides;
  int64_t offset = 0;
};

/// One step from a tensor to a view of it: reshape, permute, slice, broadcast, bitcast,
/// or a gather, which sees elements at any strides (`as_strided`, `unfold`). Steps form
/// lists that share their tails.
struct ViewStep {
  uint32_t refs = 0;
  Ref<ViewStep> parent; // null: the storage's value itself
  OpKind kind = {};
  llvm::SmallVector<int64_t, 8> attrs;
  TensorSpec before, after;
  /// Of a gather: where its elements lie along one dimension of `before`; or, where their
  /// place in memory is given, in the line of all elements of `before`.
  Geometry places;
  std::optional<Geometry> memory;
  static void destroy(ViewStep *step) { delete step; }
};

llvm::SmallVector<int64_t, 4> contiguousStrides(llvm::ArrayRef<int64_t> dims);
bool isContiguous(llvm::ArrayRef<int64_t> dims, llvm::ArrayRef<int64_t> strides);
/// Strides of a reshaped view; false where PyTorch would have to copy.
bool reshapeStrides(llvm::ArrayRef<int64_t> dims, llvm::ArrayRef<int64_t> strides,
                    llvm::ArrayRef<int64_t> newDims, llvm::SmallVectorImpl<int64_t> &newStrides);
/// What a step does to dims and geometry.
Geometry stepGeometry(const ViewStep &step, const Geometry &before);
/// The geometry of what `step` sees in a storage of these dims.
Geometry geometryOf(llvm::ArrayRef<int64_t> storageDims, const ViewStep *step);
/// Where the elements that `to` sees lie in the line of all elements at `from`, whose
/// dims are given; none where that is no matter of strides.
std::optional<Geometry> placesWithin(llvm::ArrayRef<int64_t> dims, const ViewStep *from,
                                     const ViewStep *to);
/// Whether elements of these dims lie between the first and the last of `count`.
bool liesWithin(const Geometry &places, llvm::ArrayRef<int64_t> dims, int64_t count);

/// `base`, seen from step `from` (exclusive) to `to`.
Tracked readThrough(Tracked base, const ViewStep *from, const ViewStep *to);
/// What `step` sees of `before`.
Tracked readStep(const ViewStep &step, const Tracked &before);
/// The value at step `from` after `update` was written where `to` sees it. Throws, as
/// PyTorch does, where elements are repeated by a stride of 0; where they overlap in
/// other ways the last in order is what stays.
Tracked writeThrough(Tracked base, const ViewStep *from, const ViewStep *to, Tracked update);

} // namespace portico::native

#endif // PORTICO_NATIVE_GRAPH_VIEW_H
