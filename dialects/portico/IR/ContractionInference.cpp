//===- ContractionInference.cpp - shapes of sums of products ----------------- ===//

#include "dialects/portico/IR/InferenceSupport.h"

using namespace llvm;
using namespace portico;

bool portico::inferDotGeneral(const OpInfo &op, ArrayRef<TensorSpec> operands,
                              ArrayRef<int64_t> flat, SmallVectorImpl<TensorSpec> &results,
                              std::string &error) {
  auto attrs = attrs::DotGeneral::decode(flat);
  const TensorSpec &lhs = operands[0], &rhs = operands[1];
  Check check(op, error);
  if (!check.sameDType(1, "lhs", lhs, "rhs", rhs) ||
      !check.length(2, "rhs_batch", attrs.rhs_batch, attrs.lhs_batch.size(),
                    "as many as lhs_batch has") ||
      !check.length(2, "rhs_contract", attrs.rhs_contract, attrs.lhs_contract.size(),
                    "as many as lhs_contract has"))
    return false;
  SmallVector<int64_t> lhsUsed(attrs.lhs_batch), rhsUsed(attrs.rhs_batch);
  append_range(lhsUsed, attrs.lhs_contract);
  append_range(rhsUsed, attrs.rhs_contract);
  if (!check.distinctAxes(3, "lhs_batch and lhs_contract", lhsUsed, lhs.rank()) ||
      !check.distinctAxes(3, "rhs_batch and rhs_contract", rhsUsed, rhs.rank()))
    return false;
  for (auto [i, l, r] : enumerate(lhsUsed, rhsUsed)) {
    bool batch = i < attrs.lhs_batch.size();
    if (lhs.dims[l] != rhs.dims[r])
      return check.fail(
          batch ? 4 : 5, Twine(batch ? "batch" : "contract") + " dimensions differ in size",
          Twine(lhs.dims[l]) + " and " + Twine(rhs.dims[r]) + ", dimensions " + Twine(l) + " of " +
              toString(lhs.dims) + " and " + Twine(r) + " of " + toString(rhs.dims),
          "the same size");
  }
  TensorSpec &result = results.emplace_back(lhs.dtype, ArrayRef<int64_t>());
  for (int64_t d : attrs.lhs_batch)
    result.dims.push_back(lhs.dims[d]);
  for (int64_t d = 0; d < lhs.rank(); ++d)
    if (!is_contained(lhsUsed, d))
      result.dims.push_back(lhs.dims[d]);
  for (int64_t d = 0; d < rhs.rank(); ++d)
    if (!is_contained(rhsUsed, d))
      result.dims.push_back(rhs.dims[d]);
  return true;
}

/// Constraints c1 to c3, the same for the three faces of a convolution. `a` and `b`
/// are the operands, `extra` is input_size or filter_size.
template <typename Attrs>
static bool checkConvolution(Check &check, const char *aName, const TensorSpec &a,
                             const char *bName, const TensorSpec &b, const Attrs &attrs,
                             const char *extraName, ArrayRef<int64_t> extra, int64_t extraLeast) {
  if (!check.sameDType(1, aName, a, bName, b))
    return false;
  if (a.rank() != b.rank() || a.rank() < 3)
    return check.fail(2, Twine(aName) + " and " + bName + " have the wrong rank",
                      toString(a.dims) + " and " + toString(b.dims), "the same rank, at least 3");
  int64_t spatial = a.rank() - 2;
  StringRef each = "one for each spatial dimension";
  return check.length(2, "strides", attrs.strides, spatial, each) &&
         check.length(2, "padding", attrs.padding, spatial, each) &&
         check.length(2, "dilations", attrs.dilations, spatial, each) &&
         (!extraName || check.length(2, extraName, extra, spatial, each)) &&
         check.atLeast(3, "strides", attrs.strides, 1) &&
         check.atLeast(3, "padding", attrs.padding, 0) &&
         check.atLeast(3, "dilations", attrs.dilations, 1) &&
         (!extraName || check.atLeast(3, extraName, extra, extraLeast));
}

/// c5: the spatial shape of a convolution of `input` with `kernel`.
template <typename Attrs>
static bool convolutionShape(Check &check, const Attrs &attrs, ArrayRef<int64_t> input,
                             ArrayRef<int64_t> kernel, SmallVectorImpl<int64_t> &out) {
  for (auto [i, size] : enumerate(input)) {
    std::optional<int64_t> count;
    if (kernel[i] >= 1)
      count = windowPositions(size, kernel[i], attrs.strides[i], attrs.dilations[i],
                              attrs.padding[i], attrs.padding[i]);
    if (!count)
      return check.fail(5, "the kernel does not fit into spatial dimension " + Twine(i),
                        "kernel " + toString(kernel) + " with dilations " +
                            toString(attrs.dilations) + " for input " + toString(input) +
                            " with padding " + toString(attrs.padding),
                        "a kernel of at least 1 and no larger than the padded input");
    out.push_back(*count);
  }
  return true;
}

/// c5 of the gradients: dy has the spatial shape that the forward convolution gives.
template <typename Attrs>
static bool checkGradShape(Check &check, const Attrs &attrs, ArrayRef<int64_t> input,
                           ArrayRef<int64_t> kernel, ArrayRef<int64_t> dy) {
  SmallVector<int64_t, 4> out;
  if (!convolutionShape(check, attrs, input, kernel, out))
    return false;
  return dy == ArrayRef(out) ||
         check.fail(5, "dy has the wrong spatial shape", toString(dy), toString(out));
}

bool portico::inferConvolution(const OpInfo &op, ArrayRef<TensorSpec> operands,
                               ArrayRef<int64_t> flat, SmallVectorImpl<TensorSpec> &results,
                               std::string &error) {
  auto attrs = attrs::Convolution::decode(flat);
  const TensorSpec &x = operands[0], &w = operands[1];
  Check check(op, error);
  if (!checkConvolution(check, "x", x, "w", w, attrs, nullptr, {}, 0))
    return false;
  int64_t channels = x.dims[1], filters = w.dims[0], groups = attrs.groups;
  if (groups < 1 || channels % groups || filters % groups || w.dims[1] != channels / groups)
    return check.fail(4, "channels and groups do not agree",
                      "groups " + Twine(groups) + " for x " + toString(x.dims) + " and w " +
                          toString(w.dims),
                      "groups >= 1 that divides " + Twine(channels) + " and " + Twine(filters) +
                          ", and w with channels / groups in dimension 1");
  TensorSpec result(x.dtype, {x.dims[0], filters});
  if (!convolutionShape(check, attrs, ArrayRef(x.dims).drop_front(2),
                        ArrayRef(w.dims).drop_front(2), result.dims))
    return false;
  results.push_back(std::move(result));
  return true;
}

bool portico::inferConvolutionInputGrad(const OpInfo &op, ArrayRef<TensorSpec> operands,
                                        ArrayRef<int64_t> flat,
                                        SmallVectorImpl<TensorSpec> &results, std::string &error) {
  auto attrs = attrs::ConvolutionInputGrad::decode(flat);
  const TensorSpec &dy = operands[0], &w = operands[1];
  Check check(op, error);
  if (!checkConvolution(check, "dy", dy, "w", w, attrs, "input_size", attrs.input_size, 0))
    return false;
  int64_t filters = w.dims[0], groups = attrs.groups;
  if (groups < 1 || filters % groups || dy.dims[1] != filters)
    return check.fail(4, "channels and groups do not agree",
                      "groups " + Twine(groups) + " for dy " + toString(dy.dims) + " and w " +
                          toString(w.dims),
                      "groups >= 1 that divides " + Twine(filters) + ", and dy with " +
                          Twine(filters) + " channels");
  if (!checkGradShape(check, attrs, attrs.input_size, ArrayRef(w.dims).drop_front(2),
                      ArrayRef(dy.dims).drop_front(2)))
    return false;
  Wide channels = Wide(w.dims[1]) * groups;
  TensorSpec &result = results.emplace_back(dy.dtype, ArrayRef<int64_t>{dy.dims[0]});
  result.dims.push_back(channels > INT64_MAX ? INT64_MAX : int64_t(channels));
  append_range(result.dims, attrs.input_size);
  return true;
}

bool portico::inferConvolutionFilterGrad(const OpInfo &op, ArrayRef<TensorSpec> operands,
                                         ArrayRef<int64_t> flat,
                                         SmallVectorImpl<TensorSpec> &results, std::string &error) {
  auto attrs = attrs::ConvolutionFilterGrad::decode(flat);
  const TensorSpec &x = operands[0], &dy = operands[1];
  Check check(op, error);
  if (!checkConvolution(check, "x", x, "dy", dy, attrs, "filter_size", attrs.filter_size, 1))
    return false;
  int64_t channels = x.dims[1], filters = dy.dims[1], groups = attrs.groups;
  if (groups < 1 || channels % groups || filters % groups || x.dims[0] != dy.dims[0])
    return check.fail(4, "batch, channels and groups do not agree",
                      "groups " + Twine(groups) + " for x " + toString(x.dims) + " and dy " +
                          toString(dy.dims),
                      "groups >= 1 that divides " + Twine(channels) + " and " + Twine(filters) +
                          ", and one batch size");
  if (!checkGradShape(check, attrs, ArrayRef(x.dims).drop_front(2), attrs.filter_size,
                      ArrayRef(dy.dims).drop_front(2)))
    return false;
  TensorSpec &result = results.emplace_back(x.dtype, ArrayRef<int64_t>{filters, channels / groups});
  append_range(result.dims, attrs.filter_size);
  return true;
}
