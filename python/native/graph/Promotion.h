//===- Promotion.h - PyTorch's rules for mixed dtypes ----------------------===//

#ifndef PORTICO_NATIVE_GRAPH_PROMOTION_H
#define PORTICO_NATIVE_GRAPH_PROMOTION_H

#include "dialects/portico/IR/DType.h"

#include <optional>

namespace portico::native {

/// The smallest dtype that holds the values of both.
DType promote(DType a, DType b);
/// Whether PyTorch stores a result of dtype `from` into a tensor of dtype `to`.
bool canCast(DType from, DType to);

/// The dtype of a result. Tensors with dimensions count most, then tensors
/// without, then Python numbers: the lesser ones decide only when their kind
/// (bool, integer, float) is above what the greater ones have.
class ResultType {
public:
  void addTensor(DType dtype, bool hasDims) { (hasDims ? dims : zeroDims).add(dtype); }
  /// A Python number: bool, int64 or the default float dtype.
  void addNumber(DType dtype) { numbers.add(dtype); }
  DType result() const;

private:
  struct Category {
    std::optional<DType> dtype;
    void add(DType other) { dtype = dtype ? promote(*dtype, other) : other; }
  };
  static Category combine(Category higher, Category lower);
  Category dims, zeroDims, numbers;
};

} // namespace portico::native

#endif // PORTICO_NATIVE_GRAPH_PROMOTION_H
