//===- InferenceSupport.h - what the inference functions share -------------===//

#ifndef PORTICO_IR_INFERENCESUPPORT_H
#define PORTICO_IR_INFERENCESUPPORT_H

#include "dialects/portico/IR/OpTable.h"

#include "portico/Inference.h.inc"

#include "llvm/ADT/SmallSet.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/Twine.h"

namespace portico {

/// Writes errors in the one form, with the constraint's label.
class Check {
public:
  Check(const OpInfo &op, std::string &error) : op(op), error(error) {}

  /// Constraint number `n` does not hold. Returns false, for `return check.fail(...)`.
  bool fail(int n, const llvm::Twine &what, const llvm::Twine &got, const llvm::Twine &expected) {
    error = (what + "; got " + got + "; expected " + expected + " (" + op.name + "_c" +
             llvm::Twine(n) + ")")
                .str();
    return false;
  }
  /// lhs and rhs, named so, have one dtype.
  bool sameDType(int n, llvm::StringRef lhsName, const TensorSpec &lhs, llvm::StringRef rhsName,
                 const TensorSpec &rhs) {
    return lhs.dtype == rhs.dtype ||
           fail(n, lhsName + " and " + rhsName + " differ in dtype",
                llvm::Twine(name(lhs.dtype)) + " and " + name(rhs.dtype), "the same dtype");
  }
  bool sameShape(int n, llvm::StringRef lhsName, const TensorSpec &lhs, llvm::StringRef rhsName,
                 const TensorSpec &rhs) {
    return lhs.dims == rhs.dims ||
           fail(n, lhsName + " and " + rhsName + " differ in shape",
                toString(lhs.dims) + " and " + toString(rhs.dims), "the same shape");
  }
  /// `values` has `count` entries.
  bool length(int n, llvm::StringRef valuesName, llvm::ArrayRef<int64_t> values, int64_t count,
              llvm::StringRef perWhat) {
    return static_cast<int64_t>(values.size()) == count ||
           fail(n, valuesName + " has the wrong length", toString(values),
                llvm::Twine(count) + (count == 1 ? " entry, " : " entries, ") + perWhat);
  }
  /// No entry of `values` is below `least`.
  bool atLeast(int n, llvm::StringRef valuesName, llvm::ArrayRef<int64_t> values, int64_t least) {
    for (int64_t v : values)
      if (v < least)
        return fail(n, valuesName + " has an entry that is too small", toString(values),
                    "entries >= " + llvm::Twine(least));
    return true;
  }
  bool axis(int n, int64_t axis, int64_t rank) {
    return (axis >= 0 && axis < rank) ||
           fail(n, "axis is out of range", llvm::Twine(axis),
                rank ? "0 <= axis < " + llvm::Twine(rank) : llvm::Twine("a tensor of rank >= 1"));
  }
  /// Every entry of `axes` is a dimension, none comes twice.
  bool distinctAxes(int n, llvm::StringRef axesName, llvm::ArrayRef<int64_t> axes, int64_t rank) {
    llvm::SmallSet<int64_t, 8> seen;
    for (int64_t a : axes)
      if (a < 0 || a >= rank || !seen.insert(a).second)
        return fail(n, axesName + " must name dimensions, each at most once", toString(axes),
                    "distinct dimensions of a tensor of rank " + llvm::Twine(rank));
    return true;
  }

private:
  const OpInfo &op;
  std::string &error;
};

/// Sizes and attributes come from the user and may be anything: sums and products of
/// them are made in 128 bits, where they cannot overflow.
using Wide = __int128;

/// Number of window positions along one dimension, or none when the window does not fit.
inline std::optional<int64_t> windowPositions(int64_t size, int64_t window, int64_t stride,
                                              int64_t dilation, int64_t low, int64_t high) {
  Wide padded = Wide(size) + low + high;
  Wide extent = Wide(dilation) * (window - 1) + 1;
  if (padded < extent)
    return std::nullopt;
  Wide count = (padded - extent) / stride + 1;
  return count > INT64_MAX ? INT64_MAX : int64_t(count);
}

} // namespace portico

#endif // PORTICO_IR_INFERENCESUPPORT_H
