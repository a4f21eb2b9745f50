//===- Promotion.cpp - PyTorch's rules for mixed dtypes --------------------===//

#include "python/native/graph/Promotion.h"

#include <algorithm>

namespace portico::native {

DType promote(DType a, DType b) {
  if (a == b)
    return a;
  if (a > b)
    std::swap(a, b); // DType is ordered: bool, u8, signed by width, floats by width
  if (a == DType::Bool)
    return b;
  if (isFloat(b))
    return a == DType::F16 && b == DType::BF16 ? DType::F32 : b;
  // u8 and i8 have no common type of their width.
  return a == DType::U8 && b == DType::I8 ? DType::I16 : b;
}

bool canCast(DType from, DType to) {
  if (isFloat(from) && !isFloat(to))
    return false;
  return from == DType::Bool || to != DType::Bool;
}

ResultType::Category ResultType::combine(Category higher, Category lower) {
  if (!higher.dtype)
    return lower;
  if (!lower.dtype || isFloat(*higher.dtype))
    return higher;
  if (*higher.dtype == DType::Bool || isFloat(*lower.dtype))
    return {promote(*higher.dtype, *lower.dtype)};
  return higher;
}

DType ResultType::result() const {
  return combine(dims, combine(zeroDims, numbers)).dtype.value_or(DType::F32);
}

} // namespace portico::native
