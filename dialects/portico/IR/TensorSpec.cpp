//===- TensorSpec.cpp ------------------------------------------------------===//

#include "dialects/portico/IR/TensorSpec.h"

using namespace llvm;

std::string portico::toString(ArrayRef<int64_t> dims) {
  std::string text = "[";
  for (size_t i = 0; i < dims.size(); ++i)
    text += (i ? ", " : "") + std::to_string(dims[i]);
  return text + "]";
}

std::string portico::toString(const TensorSpec &spec) {
  return name(spec.dtype) + toString(spec.dims);
}

std::optional<int64_t> portico::countElements(ArrayRef<int64_t> dims, DType dtype) {
  const int64_t limit = (int64_t(1) << 62) / itemSize(dtype);
  int64_t count = 1;
  bool empty = false;
  for (int64_t d : dims) {
    if (d < 0)
      return std::nullopt;
    if (d == 0) {
      empty = true;
      continue;
    }
    if (d > limit / count)
      return std::nullopt;
    count *= d;
  }
  return empty ? 0 : count;
}
