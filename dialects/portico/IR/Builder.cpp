//===- Builder.cpp - expressions over portico values ------------------------===//

#include "dialects/portico/IR/Builder.h"

#include "llvm/ADT/STLExtras.h"

using namespace mlir;

namespace portico {

Expr Expr::splat(RankedTensorType type, double number) const {
  Attribute element;
  Type dtype = type.getElementType();
  if (auto floating = dyn_cast<FloatType>(dtype)) {
    element = builder->getFloatAttr(floating, number);
  } else {
    unsigned width = dtype.getIntOrFloatBitWidth();
    element = IntegerAttr::get(dtype, APInt(width, static_cast<uint64_t>(int64_t(number)),
                                            /*isSigned=*/false, /*implicitTrunc=*/true));
  }
  return make<ConstantOp>(cast<ElementsAttr>(DenseElementsAttr::get(type, element)));
}

Expr Expr::iota(ArrayRef<int64_t> shape, int64_t axis) const {
  return make<IotaOp>(shape, axis, builder->getI64Type());
}

Expr castTo(Expr x, Type dtype) { return x.dtype() == dtype ? x : x.make<CastOp>(x, dtype); }

Expr reshape(Expr x, ArrayRef<int64_t> shape) {
  return x.shape() == shape ? x : x.make<ReshapeOp>(x, shape);
}

Expr broadcast(Expr x, ArrayRef<int64_t> shape, ArrayRef<int64_t> dims) {
  return x.shape() == shape ? x : x.make<BroadcastOp>(x, shape, dims);
}

Expr permute(Expr x, ArrayRef<int64_t> permutation) {
  return llvm::is_sorted(permutation) ? x : x.make<PermuteOp>(x, permutation);
}

Expr slice(Expr x, ArrayRef<int64_t> starts, ArrayRef<int64_t> limits, ArrayRef<int64_t> strides) {
  Dims ones(x.rank(), 1);
  if (strides.empty())
    strides = ones;
  bool whole = llvm::all_of(starts, [](int64_t start) { return start == 0; }) &&
               limits == x.shape() && strides == ArrayRef<int64_t>(ones);
  return whole ? x : x.make<SliceOp>(x, starts, limits, strides);
}

Expr updateSlice(Expr x, Expr update, ArrayRef<int64_t> starts, ArrayRef<int64_t> strides) {
  return x.shape() == update.shape() ? update : x.make<UpdateSliceOp>(x, update, starts, strides);
}

Expr pad(Expr x, double value, ArrayRef<int64_t> low, ArrayRef<int64_t> high) {
  auto none = [](ArrayRef<int64_t> sizes) {
    return llvm::all_of(sizes, [](int64_t size) { return size == 0; });
  };
  if (none(low) && none(high))
    return x;
  return x.make<PadOp>(x, x.splat(RankedTensorType::get({}, x.dtype()), value), low, high);
}

Expr reduce(Expr x, ReduceKind kind, ArrayRef<int64_t> axes) {
  return axes.empty() ? x : x.make<ReduceOp>(x, kind, axes);
}

Dims iotaDims(int64_t count, int64_t first) {
  Dims dims;
  for (int64_t i = 0; i < count; ++i)
    dims.push_back(first + i);
  return dims;
}

Dims otherDims(int64_t rank, ArrayRef<int64_t> dims) {
  Dims others;
  for (int64_t i = 0; i < rank; ++i)
    if (!llvm::is_contained(dims, i))
      others.push_back(i);
  return others;
}

Dims axisLast(int64_t rank, int64_t axis) {
  Dims order = otherDims(rank, axis);
  order.push_back(axis);
  return order;
}

Dims inverse(ArrayRef<int64_t> permutation) {
  Dims result(permutation.size());
  for (auto [i, dim] : llvm::enumerate(permutation))
    result[dim] = i;
  return result;
}

Dims pick(ArrayRef<int64_t> shape, ArrayRef<int64_t> dims) {
  Dims sizes;
  for (int64_t dim : dims)
    sizes.push_back(shape[dim]);
  return sizes;
}

} // namespace portico
