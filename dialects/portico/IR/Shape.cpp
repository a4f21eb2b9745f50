//===- Shape.cpp - folds of moved elements ---------------------------------===//
//
// All of these are exact: no element is computed, only found in another place.
//
//===----------------------------------------------------------------------===//

#include "dialects/portico/IR/ConstantFold.h"
#include "dialects/portico/IR/Portico.h"

using namespace mlir;
using namespace portico;

using Dims = SmallVector<int64_t>;

static ArrayRef<int64_t> shapeOf(Value value) {
  return cast<RankedTensorType>(value.getType()).getShape();
}

static bool isIota(ArrayRef<int64_t> values) {
  for (auto [i, v] : llvm::enumerate(values))
    if (v != static_cast<int64_t>(i))
      return false;
  return true;
}

static bool all(ArrayRef<int64_t> values, int64_t wanted) {
  return llvm::all_of(values, [&](int64_t v) { return v == wanted; });
}

/// Row-major offset of an index.
static int64_t offset(ArrayRef<int64_t> index, ArrayRef<int64_t> shape) {
  int64_t at = 0;
  for (auto [i, size] : llvm::zip_equal(index, shape))
    at = at * size + i;
  return at;
}

//===----------------------------------------------------------------------===//
// reshape, broadcast, permute
//===----------------------------------------------------------------------===//

OpFoldResult ReshapeOp::fold(FoldAdaptor adaptor) {
  if (getX().getType() == getType())
    return getX();
  // Only the first and the last shape of a chain matter.
  if (auto inner = getX().getDefiningOp<ReshapeOp>()) {
    setOperand(inner.getX());
    return getResult();
  }
  if (auto dense = dyn_cast_or_null<DenseElementsAttr>(adaptor.getX()))
    return dense.reshape(getType());
  return {};
}

OpFoldResult BroadcastOp::fold(FoldAdaptor adaptor) {
  if (getX().getType() == getType()) // dims increase, so they can only be 0, 1, 2...
    return getX();
  if (auto inner = getX().getDefiningOp<BroadcastOp>()) {
    Dims dims;
    for (int64_t d : inner.getDims())
      dims.push_back(getDims()[d]);
    setDims(dims);
    setOperand(inner.getX());
    return getResult();
  }
  return foldMovement(adaptor.getX(), getType(), [&](ArrayRef<int64_t> index) {
    Dims source;
    for (auto [d, size] : llvm::zip_equal(getDims(), shapeOf(getX())))
      source.push_back(size == 1 ? 0 : index[d]);
    return offset(source, shapeOf(getX()));
  });
}

OpFoldResult PermuteOp::fold(FoldAdaptor adaptor) {
  if (isIota(getPermutation()))
    return getX();
  if (auto inner = getX().getDefiningOp<PermuteOp>()) {
    Dims permutation;
    for (int64_t d : getPermutation())
      permutation.push_back(inner.getPermutation()[d]);
    setPermutation(permutation);
    setOperand(inner.getX());
    return getResult();
  }
  return foldMovement(adaptor.getX(), getType(), [&](ArrayRef<int64_t> index) {
    Dims source(index.size());
    for (auto [i, d] : llvm::enumerate(getPermutation()))
      source[d] = index[i];
    return offset(source, shapeOf(getX()));
  });
}

//===----------------------------------------------------------------------===//
// slice, update_slice, pad
//===----------------------------------------------------------------------===//

OpFoldResult SliceOp::fold(FoldAdaptor adaptor) {
  // As many elements as before along every dimension: all of them, in their order.
  if (getX().getType() == getType())
    return getX();
  if (auto inner = getX().getDefiningOp<SliceOp>()) {
    Dims starts, limits, strides;
    for (auto [i, size] : llvm::enumerate(shapeOf(getResult()))) {
      // Element k is element start + k * stride of inner, and so on inwards. Only an
      // empty slice can begin outside of x, so it begins with the inner one.
      int64_t stride = size > 1 ? getStrides()[i] * inner.getStrides()[i] : 1;
      int64_t start = inner.getStarts()[i];
      if (size)
        start += getStarts()[i] * inner.getStrides()[i];
      starts.push_back(start);
      // The last element ends the slice: start + stride * size may be out of range.
      limits.push_back(size ? start + (size - 1) * stride + 1 : start);
      strides.push_back(stride);
    }
    setStarts(starts);
    setLimits(limits);
    setStrides(strides);
    setOperand(inner.getX());
    return getResult();
  }
  return foldMovement(adaptor.getX(), getType(), [&](ArrayRef<int64_t> index) {
    Dims source;
    for (auto [i, start, stride] : llvm::zip_equal(index, getStarts(), getStrides()))
      source.push_back(start + i * stride);
    return offset(source, shapeOf(getX()));
  });
}

OpFoldResult UpdateSliceOp::fold(FoldAdaptor) {
  auto update = cast<RankedTensorType>(getUpdate().getType());
  if (update.getNumElements() == 0)
    return getX();
  // An update as large as x starts at 0 and leaves nothing of it.
  if (update == getType())
    return getUpdate();
  return {};
}

OpFoldResult PadOp::fold(FoldAdaptor adaptor) {
  if (getX().getType() == getType())
    return getX();
  // Padding a splat with its own element.
  auto x = dyn_cast_or_null<DenseElementsAttr>(adaptor.getX());
  auto value = dyn_cast_or_null<DenseElementsAttr>(adaptor.getValue());
  if (x && value && x.isSplat() && x.getNumElements() &&
      x.getSplatValue<Attribute>() == value.getSplatValue<Attribute>())
    return x.resizeSplat(getType());
  return {};
}

//===----------------------------------------------------------------------===//
// concat, reverse
//===----------------------------------------------------------------------===//

OpFoldResult ConcatOp::fold(FoldAdaptor) {
  if (getXs().size() == 1)
    return getXs().front();
  // Operands without elements add nothing; one stays if there is nothing else.
  for (unsigned i = 0; i < getXs().size(); ++i)
    if (shapeOf(getXs()[i])[getAxis()] == 0) {
      getXsMutable().erase(i);
      return getResult();
    }
  return {};
}

OpFoldResult ReverseOp::fold(FoldAdaptor adaptor) {
  if (llvm::all_of(getAxes(), [&](int64_t axis) { return shapeOf(getX())[axis] <= 1; }))
    return getX();
  if (auto inner = getX().getDefiningOp<ReverseOp>()) {
    // Twice along an axis is not at all.
    Dims axes;
    for (int64_t axis = 0, rank = shapeOf(getX()).size(); axis < rank; ++axis)
      if (llvm::is_contained(getAxes(), axis) != llvm::is_contained(inner.getAxes(), axis))
        axes.push_back(axis);
    setAxes(axes);
    setOperand(inner.getX());
    return getResult();
  }
  return foldMovement(adaptor.getX(), getType(), [&](ArrayRef<int64_t> index) {
    Dims source(index);
    for (int64_t axis : getAxes())
      source[axis] = shapeOf(getX())[axis] - 1 - source[axis];
    return offset(source, shapeOf(getX()));
  });
}
