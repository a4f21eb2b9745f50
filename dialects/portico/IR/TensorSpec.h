//===- TensorSpec.h - dtype and shape of a tensor --------------------------===//

#ifndef PORTICO_IR_TENSORSPEC_H
#define PORTICO_IR_TENSORSPEC_H

#include "dialects/portico/IR/DType.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"

#include <string>

namespace portico {

/// What inference knows of a tensor: everything but its values.
struct TensorSpec {
  DType dtype = DType::F32;
  llvm::SmallVector<int64_t, 4> dims;

  TensorSpec() = default;
  TensorSpec(DType dtype, llvm::ArrayRef<int64_t> dims)
      : dtype(dtype), dims(dims.begin(), dims.end()) {}

  int64_t rank() const { return dims.size(); }
  /// Every spec that inference accepted has a count that fits.
  int64_t numElements() const {
    int64_t n = 1;
    for (int64_t d : dims)
      n *= d;
    return n;
  }
  bool operator==(const TensorSpec &o) const { return dtype == o.dtype && dims == o.dims; }
  bool operator!=(const TensorSpec &o) const { return !(*this == o); }
};

/// "[2, 3]"
std::string toString(llvm::ArrayRef<int64_t> dims);
/// "float32[2, 3]"
std::string toString(const TensorSpec &spec);

/// Elements in a tensor of these dimensions; none when a dimension is negative
/// or the tensor would be larger than 2^62 bytes. Dimensions of size 0 do not
/// excuse the others: strides are computed from them too.
std::optional<int64_t> countElements(llvm::ArrayRef<int64_t> dims, DType dtype);

} // namespace portico

#endif // PORTICO_IR_TENSORSPEC_H
