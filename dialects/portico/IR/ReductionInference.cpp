//===- ReductionInference.cpp - shapes of what combines along axes ----------- ===//

#include "dialects/portico/IR/InferenceSupport.h"

using namespace llvm;
using namespace portico;

/// `kind` is the first attribute of all reductions.
static const char *kindName(const OpInfo &op, attrs::ReduceKind kind) {
  return op.attrs[0].cases[static_cast<size_t>(kind)];
}

static bool isMaxOrMin(attrs::ReduceKind kind) {
  return kind == attrs::ReduceKind::Max || kind == attrs::ReduceKind::Min;
}

bool portico::inferReduce(const OpInfo &op, ArrayRef<TensorSpec> operands, ArrayRef<int64_t> flat,
                          SmallVectorImpl<TensorSpec> &results, std::string &error) {
  auto attrs = attrs::Reduce::decode(flat);
  const TensorSpec &x = operands[0];
  Check check(op, error);
  if (!check.distinctAxes(1, "axes", attrs.axes, x.rank()))
    return false;
  bool isBool = x.dtype == DType::Bool;
  if (isBool && !isMaxOrMin(attrs.kind))
    return check.fail(2, "sum and prod take no bool", name(x.dtype), "a number, or max or min");
  if (!isBool && isMaxOrMin(attrs.kind))
    for (int64_t axis : attrs.axes)
      if (x.dims[axis] == 0)
        return check.fail(3, "max and min of no elements have no value",
                          "axes " + toString(attrs.axes) + " of " + toString(x.dims),
                          "at least one element along each axis");
  TensorSpec &result = results.emplace_back(x.dtype, ArrayRef<int64_t>());
  for (auto [i, size] : enumerate(x.dims))
    if (!is_contained(attrs.axes, static_cast<int64_t>(i)))
      result.dims.push_back(size);
  return true;
}

bool portico::inferArgReduce(const OpInfo &op, ArrayRef<TensorSpec> operands,
                             ArrayRef<int64_t> flat, SmallVectorImpl<TensorSpec> &results,
                             std::string &error) {
  auto attrs = attrs::ArgReduce::decode(flat);
  const TensorSpec &x = operands[0];
  Check check(op, error);
  if (!check.axis(1, attrs.axis, x.rank()))
    return false;
  if (!isMaxOrMin(attrs.kind))
    return check.fail(2, "this kind has no index", kindName(op, attrs.kind), "max or min");
  if (x.dims[attrs.axis] == 0)
    return check.fail(3, "no elements have no largest", toString(x.dims),
                      "at least one element along axis " + Twine(attrs.axis));
  TensorSpec &result = results.emplace_back(DType::I64, x.dims);
  result.dims.erase(result.dims.begin() + attrs.axis);
  return true;
}

bool portico::inferScan(const OpInfo &op, ArrayRef<TensorSpec> operands, ArrayRef<int64_t> flat,
                        SmallVectorImpl<TensorSpec> &results, std::string &error) {
  if (!Check(op, error).axis(1, attrs::Scan::decode(flat).axis, operands[0].rank()))
    return false;
  results.push_back(operands[0]);
  return true;
}

/// Constraints c1 to c4 of the window ops, and the shape of their result.
template <typename Attrs>
static bool windowShape(Check &check, const TensorSpec &x, const Attrs &attrs, DType dtype,
                        SmallVectorImpl<TensorSpec> &results) {
  int64_t k = attrs.window.size(), outer = x.rank() - k;
  if (outer < 0)
    return check.fail(1, "window has the wrong length", toString(attrs.window),
                      "at most one entry for each dimension of " + toString(x.dims));
  StringRef each = "as many as window has";
  if (!check.length(1, "strides", attrs.strides, k, each) ||
      !check.length(1, "dilations", attrs.dilations, k, each) ||
      !check.length(1, "low", attrs.low, k, each) ||
      !check.length(1, "high", attrs.high, k, each) ||
      !check.atLeast(2, "window", attrs.window, 1) ||
      !check.atLeast(2, "strides", attrs.strides, 1) ||
      !check.atLeast(2, "dilations", attrs.dilations, 1) ||
      !check.atLeast(3, "low", attrs.low, 0) || !check.atLeast(3, "high", attrs.high, 0))
    return false;
  TensorSpec result(dtype, x.dims);
  for (int64_t i = 0; i < k; ++i) {
    int64_t size = x.dims[outer + i];
    std::optional<int64_t> count = windowPositions(size, attrs.window[i], attrs.strides[i],
                                                   attrs.dilations[i], attrs.low[i], attrs.high[i]);
    if (!count)
      return check.fail(4, "the window does not fit into dimension " + Twine(outer + i),
                        "window " + Twine(attrs.window[i]) + " with dilation " +
                            Twine(attrs.dilations[i]) + " for size " + Twine(size) + " padded by " +
                            Twine(attrs.low[i]) + " and " + Twine(attrs.high[i]),
                        "a window no larger than the padded dimension");
    result.dims[outer + i] = *count;
  }
  results.push_back(std::move(result));
  return true;
}

bool portico::inferReduceWindow(const OpInfo &op, ArrayRef<TensorSpec> operands,
                                ArrayRef<int64_t> flat, SmallVectorImpl<TensorSpec> &results,
                                std::string &error) {
  Check check(op, error);
  return windowShape(check, operands[0], attrs::ReduceWindow::decode(flat), operands[0].dtype,
                     results);
}

/// Whether a window that begins at `start` (negative in the padding) has an element.
static bool meetsElements(Wide start, int64_t window, int64_t dilation, int64_t size) {
  Wide first = start >= 0 ? 0 : (-start + dilation - 1) / dilation;
  return first < window && start + first * dilation < size;
}

bool portico::inferArgReduceWindow(const OpInfo &op, ArrayRef<TensorSpec> operands,
                                   ArrayRef<int64_t> flat, SmallVectorImpl<TensorSpec> &results,
                                   std::string &error) {
  auto attrs = attrs::ArgReduceWindow::decode(flat);
  const TensorSpec &x = operands[0];
  Check check(op, error);
  if (!windowShape(check, x, attrs, DType::I64, results))
    return false;
  if (!isMaxOrMin(attrs.kind))
    return check.fail(5, "this kind has no index", kindName(op, attrs.kind), "max or min");
  int64_t outer = x.rank() - attrs.window.size();
  for (auto [i, size] : enumerate(ArrayRef(x.dims).drop_front(outer))) {
    int64_t count = results.back().dims[outer + i], stride = attrs.strides[i];
    auto start = [&, low = attrs.low[i]](int64_t position) {
      return Wide(position) * stride - low;
    };
    // A window that begins inside x has an element there; the last one begins farthest right.
    bool ok = count == 0 || start(count - 1) < size;
    for (int64_t p = 0; ok && p < count && start(p) < 0; ++p)
      ok = meetsElements(start(p), attrs.window[i], attrs.dilations[i], size);
    if (!ok)
      return check.fail(6, "a window along dimension " + Twine(outer + i) + " lies in the padding",
                        "low " + toString(attrs.low) + " and high " + toString(attrs.high) +
                            " for " + toString(x.dims),
                        "an element in every window");
  }
  return true;
}

bool portico::inferSort(const OpInfo &op, ArrayRef<TensorSpec> operands, ArrayRef<int64_t> flat,
                        SmallVectorImpl<TensorSpec> &results, std::string &error) {
  if (!Check(op, error).axis(1, attrs::Sort::decode(flat).axis, operands[0].rank()))
    return false;
  results.push_back(operands[0]);
  results.emplace_back(DType::I64, operands[0].dims);
  return true;
}
