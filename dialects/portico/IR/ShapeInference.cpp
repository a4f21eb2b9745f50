//===- ShapeInference.cpp - shapes of moved elements ------------------------- ===//

#include "dialects/portico/IR/InferenceSupport.h"

using namespace llvm;
using namespace portico;

bool portico::inferReshape(const OpInfo &op, ArrayRef<TensorSpec> operands, ArrayRef<int64_t> flat,
                           SmallVectorImpl<TensorSpec> &results, std::string &error) {
  auto attrs = attrs::Reshape::decode(flat);
  const TensorSpec &x = operands[0];
  Check check(op, error);
  if (!check.atLeast(1, "shape", attrs.shape, 0))
    return false;
  std::optional<int64_t> count = countElements(attrs.shape, x.dtype);
  if (count != x.numElements())
    return check.fail(2, "shape has another number of elements than x",
                      "shape " + toString(attrs.shape) + " for " + toString(x.dims),
                      Twine(x.numElements()) + " elements");
  results.emplace_back(x.dtype, attrs.shape);
  return true;
}

bool portico::inferBroadcast(const OpInfo &op, ArrayRef<TensorSpec> operands,
                             ArrayRef<int64_t> flat, SmallVectorImpl<TensorSpec> &results,
                             std::string &error) {
  auto attrs = attrs::Broadcast::decode(flat);
  const TensorSpec &x = operands[0];
  Check check(op, error);
  if (!check.atLeast(1, "shape", attrs.shape, 0) ||
      !check.length(2, "dims", attrs.dims, x.rank(), "one for each dimension of x"))
    return false;
  int64_t last = -1, rank = attrs.shape.size();
  for (auto [i, d] : enumerate(attrs.dims)) {
    if (d <= last || d >= rank)
      return check.fail(2, "dims does not map x into shape", "dims " + toString(attrs.dims),
                        "strictly increasing dimensions of a shape of rank " + Twine(rank));
    last = d;
    if (x.dims[i] != 1 && x.dims[i] != attrs.shape[d])
      return check.fail(3, "dimension " + Twine(i) + " of x cannot be broadcast",
                        "size " + Twine(x.dims[i]) + " for size " + Twine(attrs.shape[d]) +
                            " of shape " + toString(attrs.shape),
                        "size 1 or " + Twine(attrs.shape[d]));
  }
  results.emplace_back(x.dtype, attrs.shape);
  return true;
}

bool portico::inferPermute(const OpInfo &op, ArrayRef<TensorSpec> operands, ArrayRef<int64_t> flat,
                           SmallVectorImpl<TensorSpec> &results, std::string &error) {
  ArrayRef<int64_t> permutation = attrs::Permute::decode(flat).permutation;
  const TensorSpec &x = operands[0];
  Check check(op, error);
  if (!check.length(1, "permutation", permutation, x.rank(), "one for each dimension of x") ||
      !check.distinctAxes(1, "permutation", permutation, x.rank()))
    return false;
  TensorSpec &result = results.emplace_back(x.dtype, ArrayRef<int64_t>());
  for (int64_t d : permutation)
    result.dims.push_back(x.dims[d]);
  return true;
}

bool portico::inferSlice(const OpInfo &op, ArrayRef<TensorSpec> operands, ArrayRef<int64_t> flat,
                         SmallVectorImpl<TensorSpec> &results, std::string &error) {
  auto attrs = attrs::Slice::decode(flat);
  const TensorSpec &x = operands[0];
  Check check(op, error);
  StringRef each = "one for each dimension of x";
  if (!check.length(1, "starts", attrs.starts, x.rank(), each) ||
      !check.length(1, "limits", attrs.limits, x.rank(), each) ||
      !check.length(1, "strides", attrs.strides, x.rank(), each) ||
      !check.atLeast(3, "strides", attrs.strides, 1))
    return false;
  TensorSpec &result = results.emplace_back(x.dtype, ArrayRef<int64_t>());
  for (auto [i, size] : enumerate(x.dims)) {
    int64_t start = attrs.starts[i], limit = attrs.limits[i], stride = attrs.strides[i];
    if (start < 0 || start > limit || limit > size)
      return check.fail(2, "the slice leaves dimension " + Twine(i) + " of x",
                        Twine(start) + ":" + Twine(limit) + " of " + toString(x.dims),
                        "0 <= start <= limit <= " + Twine(size));
    result.dims.push_back(start == limit ? 0 : (limit - start - 1) / stride + 1);
  }
  return true;
}

bool portico::inferUpdateSlice(const OpInfo &op, ArrayRef<TensorSpec> operands,
                               ArrayRef<int64_t> flat, SmallVectorImpl<TensorSpec> &results,
                               std::string &error) {
  auto attrs = attrs::UpdateSlice::decode(flat);
  const TensorSpec &x = operands[0], &update = operands[1];
  Check check(op, error);
  if (!check.sameDType(1, "x", x, "update", update))
    return false;
  if (x.rank() != update.rank())
    return check.fail(1, "x and update differ in rank",
                      toString(x.dims) + " and " + toString(update.dims), "the same rank");
  StringRef each = "one for each dimension of x";
  if (!check.length(2, "starts", attrs.starts, x.rank(), each) ||
      !check.length(2, "strides", attrs.strides, x.rank(), each) ||
      !check.atLeast(3, "starts", attrs.starts, 0) ||
      !check.atLeast(3, "strides", attrs.strides, 1))
    return false;
  for (auto [i, size] : enumerate(x.dims)) {
    int64_t count = update.dims[i];
    Wide end =
        count ? Wide(attrs.strides[i]) * (count - 1) + attrs.starts[i] + 1 : Wide(attrs.starts[i]);
    if (end > size)
      return check.fail(4, "update leaves dimension " + Twine(i) + " of x",
                        "start " + Twine(attrs.starts[i]) + ", stride " + Twine(attrs.strides[i]) +
                            " and update " + toString(update.dims) + " for " + toString(x.dims),
                        "indices below " + Twine(size));
  }
  results.push_back(x);
  return true;
}

bool portico::inferPad(const OpInfo &op, ArrayRef<TensorSpec> operands, ArrayRef<int64_t> flat,
                       SmallVectorImpl<TensorSpec> &results, std::string &error) {
  auto attrs = attrs::Pad::decode(flat);
  const TensorSpec &x = operands[0], &value = operands[1];
  Check check(op, error);
  if (value.rank() != 0 || value.dtype != x.dtype)
    return check.fail(1, "value is no scalar of the dtype of x", toString(value),
                      toString(TensorSpec(x.dtype, {})));
  StringRef each = "one for each dimension of x";
  if (!check.length(2, "low", attrs.low, x.rank(), each) ||
      !check.length(2, "high", attrs.high, x.rank(), each) ||
      !check.atLeast(3, "low", attrs.low, 0) || !check.atLeast(3, "high", attrs.high, 0))
    return false;
  TensorSpec &result = results.emplace_back(x.dtype, ArrayRef<int64_t>());
  for (auto [i, size] : enumerate(x.dims)) {
    Wide padded = Wide(size) + attrs.low[i] + attrs.high[i];
    // A size that does not fit is too large in any case; checkResults says so.
    result.dims.push_back(padded > INT64_MAX ? INT64_MAX : int64_t(padded));
  }
  return true;
}

bool portico::inferConcat(const OpInfo &op, ArrayRef<TensorSpec> operands, ArrayRef<int64_t> flat,
                          SmallVectorImpl<TensorSpec> &results, std::string &error) {
  int64_t axis = attrs::Concat::decode(flat).axis;
  Check check(op, error);
  if (operands.empty())
    return check.fail(1, "nothing to concatenate", "no operands", "at least one");
  const TensorSpec &first = operands[0];
  for (auto [i, x] : enumerate(operands))
    if (x.dtype != first.dtype || x.rank() != first.rank())
      return check.fail(2, "operands differ in dtype or rank",
                        toString(first) + " and " + toString(x) + " as operand " + Twine(i),
                        "one dtype and one rank");
  if (!check.axis(3, axis, first.rank()))
    return false;
  Wide total = 0;
  for (auto [i, x] : enumerate(operands)) {
    for (int64_t d = 0; d < x.rank(); ++d)
      if (d != axis && x.dims[d] != first.dims[d])
        return check.fail(4, "operands differ in dimension " + Twine(d),
                          toString(first.dims) + " and " + toString(x.dims) + " as operand " +
                              Twine(i),
                          "the same sizes in every dimension but " + Twine(axis));
    total += x.dims[axis];
  }
  results.push_back(first);
  results.back().dims[axis] = total > INT64_MAX ? INT64_MAX : int64_t(total);
  return true;
}

bool portico::inferReverse(const OpInfo &op, ArrayRef<TensorSpec> operands, ArrayRef<int64_t> flat,
                           SmallVectorImpl<TensorSpec> &results, std::string &error) {
  if (!Check(op, error).distinctAxes(1, "axes", attrs::Reverse::decode(flat).axes,
                                     operands[0].rank()))
    return false;
  results.push_back(operands[0]);
  return true;
}
