//===- Broadcast.cpp - shapes that meet ------------------------------------===//

#include "python/native/graph/Broadcast.h"
#include "python/native/graph/Failure.h"

namespace portico::native {

llvm::SmallVector<int64_t, 4> broadcastDims(const char *op, llvm::ArrayRef<int64_t> a,
                                            llvm::ArrayRef<int64_t> b) {
  size_t rank = std::max(a.size(), b.size());
  llvm::SmallVector<int64_t, 4> dims(rank);
  for (size_t i = 1; i <= rank; ++i) {
    int64_t x = i <= a.size() ? a[a.size() - i] : 1;
    int64_t y = i <= b.size() ? b[b.size() - i] : 1;
    if (x != y && x != 1 && y != 1)
      raise(ErrorKind::runtime, std::string("[") + op + "] The size of tensor a (" +
                                    std::to_string(x) + ") must match the size of tensor b (" +
                                    std::to_string(y) + ") at non-singleton dimension " +
                                    std::to_string(rank - i) + "; got " + toString(a) + " and " +
                                    toString(b) +
                                    "; expected shapes that broadcast; try unsqueeze or reshape");
    dims[rank - i] = x == 1 ? y : x;
  }
  return dims;
}

Tracked broadcastTo(Tracked x, llvm::ArrayRef<int64_t> dims) {
  const auto &from = x.value->spec.dims;
  if (llvm::ArrayRef<int64_t>(from) == dims)
    return x;
  llvm::SmallVector<int64_t, 12> attrs;
  attrs.push_back(dims.size());
  attrs.append(dims.begin(), dims.end());
  attrs.push_back(from.size());
  for (size_t i = 0; i < from.size(); ++i)
    attrs.push_back(dims.size() - from.size() + i);
  Tracked result = applyKnown(OpKind::broadcast, x, attrs, TensorSpec(x.value->spec.dtype, dims));
  result.origin = x.origin; // a write to x is a write to what was saved of it
  return result;
}

Tracked castTo(Tracked x, DType dtype) {
  if (x.value->spec.dtype == dtype)
    return x;
  Tracked result =
      applyKnown(OpKind::cast, x, int64_t(dtype), TensorSpec(dtype, x.value->spec.dims));
  result.origin = x.origin;
  return result;
}

Tracked numberLike(DType dtype, uint64_t bits, llvm::ArrayRef<int64_t> dims, DeviceId device) {
  Tracked number;
  number.value = Node::scalar(dtype, bits, device);
  return broadcastTo(number, dims);
}

} // namespace portico::native
