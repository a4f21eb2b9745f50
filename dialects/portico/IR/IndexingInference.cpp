//===- IndexingInference.cpp - shapes of gathers and scatters ---------------- ===//

#include "dialects/portico/IR/InferenceSupport.h"

using namespace llvm;
using namespace portico;

/// The shape of gather(x, indices): x with dimension `axis` replaced by the
/// dimensions of indices after the batch dimensions. Constraints c1 and c2.
static std::optional<SmallVector<int64_t, 4>> gatherShape(Check &check, const TensorSpec &x,
                                                          const TensorSpec &indices, int64_t axis,
                                                          int64_t batchDims) {
  if (batchDims < 0 || batchDims > axis || axis >= x.rank() || batchDims > indices.rank()) {
    check.fail(1, "axis or batch_dims is out of range",
               "axis " + Twine(axis) + " and batch_dims " + Twine(batchDims) + " for x " +
                   toString(x.dims) + " and indices " + toString(indices.dims),
               "0 <= batch_dims <= axis < " + Twine(x.rank()) +
                   " and batch_dims <= " + Twine(indices.rank()));
    return std::nullopt;
  }
  ArrayRef<int64_t> xDims = x.dims, indexDims = indices.dims;
  if (xDims.take_front(batchDims) != indexDims.take_front(batchDims)) {
    check.fail(2, "x and indices differ in the batch dimensions",
               toString(xDims) + " and " + toString(indexDims),
               "the same sizes in the first batch_dims = " + Twine(batchDims));
    return std::nullopt;
  }
  SmallVector<int64_t, 4> shape(xDims.take_front(axis));
  append_range(shape, indexDims.drop_front(batchDims));
  append_range(shape, xDims.drop_front(axis + 1));
  return shape;
}

bool portico::inferGather(const OpInfo &op, ArrayRef<TensorSpec> operands, ArrayRef<int64_t> flat,
                          SmallVectorImpl<TensorSpec> &results, std::string &error) {
  auto attrs = attrs::Gather::decode(flat);
  Check check(op, error);
  auto shape = gatherShape(check, operands[0], operands[1], attrs.axis, attrs.batch_dims);
  if (!shape)
    return false;
  results.emplace_back(operands[0].dtype, *shape);
  return true;
}

bool portico::inferScatter(const OpInfo &op, ArrayRef<TensorSpec> operands, ArrayRef<int64_t> flat,
                           SmallVectorImpl<TensorSpec> &results, std::string &error) {
  auto attrs = attrs::Scatter::decode(flat);
  const TensorSpec &x = operands[0], &indices = operands[1], &updates = operands[2];
  Check check(op, error);
  auto shape = gatherShape(check, x, indices, attrs.axis, attrs.batch_dims);
  if (!shape)
    return false;
  if (updates.dims != *shape)
    return check.fail(3, "updates has the wrong shape", toString(updates.dims), toString(*shape));
  if (!check.sameDType(4, "x", x, "updates", updates))
    return false;
  if (x.dtype == DType::Bool && (attrs.combiner == attrs::ScatterCombiner::Add ||
                                 attrs.combiner == attrs::ScatterCombiner::Mul))
    return check.fail(5, "this combiner takes no bool",
                      op.attrs.back().cases[static_cast<size_t>(attrs.combiner)],
                      "set, max or min");
  results.push_back(x);
  return true;
}

bool portico::inferDynamicSlice(const OpInfo &op, ArrayRef<TensorSpec> operands,
                                ArrayRef<int64_t> flat, SmallVectorImpl<TensorSpec> &results,
                                std::string &error) {
  ArrayRef<int64_t> sizes = attrs::DynamicSlice::decode(flat).sizes;
  const TensorSpec &x = operands[0];
  Check check(op, error);
  int64_t starts = operands.size() - 1;
  if (starts != x.rank())
    return check.fail(1, "wrong number of starts", Twine(starts),
                      Twine(x.rank()) + ", one for each dimension of x");
  if (!check.length(2, "sizes", sizes, x.rank(), "one for each dimension of x"))
    return false;
  for (auto [i, size] : enumerate(x.dims))
    if (sizes[i] < 0 || sizes[i] > size)
      return check.fail(2, "the window is too large in dimension " + Twine(i),
                        "sizes " + toString(sizes) + " for " + toString(x.dims),
                        "0 <= size <= " + Twine(size));
  results.emplace_back(x.dtype, sizes);
  return true;
}

bool portico::inferDynamicUpdateSlice(const OpInfo &op, ArrayRef<TensorSpec> operands,
                                      ArrayRef<int64_t> flat, SmallVectorImpl<TensorSpec> &results,
                                      std::string &error) {
  const TensorSpec &x = operands[0], &update = operands[1];
  Check check(op, error);
  int64_t starts = operands.size() - 2;
  if (starts != x.rank())
    return check.fail(1, "wrong number of starts", Twine(starts),
                      Twine(x.rank()) + ", one for each dimension of x");
  if (!check.sameDType(2, "x", x, "update", update))
    return false;
  if (x.rank() != update.rank())
    return check.fail(2, "x and update differ in rank",
                      toString(x.dims) + " and " + toString(update.dims), "the same rank");
  for (auto [i, size] : enumerate(x.dims))
    if (update.dims[i] > size)
      return check.fail(3, "update is too large in dimension " + Twine(i),
                        toString(update.dims) + " for " + toString(x.dims),
                        "at most " + Twine(size));
  results.push_back(x);
  return true;
}
