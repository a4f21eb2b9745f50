//===- CreationInference.cpp - values from attributes ------------------------ ===//

#include "dialects/portico/IR/InferenceSupport.h"

using namespace llvm;
using namespace portico;

bool portico::inferConstant(const OpInfo &op, ArrayRef<TensorSpec> operands, ArrayRef<int64_t> flat,
                            SmallVectorImpl<TensorSpec> &results, std::string &error) {
  ElementsView value = attrs::Constant::decode(flat).value;
  std::optional<int64_t> count = countElements(value.dims, value.dtype);
  int64_t size = value.bytes.size(), item = itemSize(value.dtype);
  if (!count || (size != item && size != *count * item))
    return Check(op, error).fail(1, "value has the wrong number of bytes", Twine(size),
                                 "the bytes of " + toString(TensorSpec(value.dtype, value.dims)) +
                                     " or of one element");
  results.emplace_back(value.dtype, value.dims);
  return true;
}

bool portico::inferIota(const OpInfo &op, ArrayRef<TensorSpec> operands, ArrayRef<int64_t> flat,
                        SmallVectorImpl<TensorSpec> &results, std::string &error) {
  auto attrs = attrs::Iota::decode(flat);
  Check check(op, error);
  if (!check.atLeast(1, "shape", attrs.shape, 0) || !check.axis(2, attrs.axis, attrs.shape.size()))
    return false;
  results.emplace_back(attrs.dtype, attrs.shape);
  return true;
}

bool portico::inferRandomBits(const OpInfo &op, ArrayRef<TensorSpec> operands,
                              ArrayRef<int64_t> flat, SmallVectorImpl<TensorSpec> &results,
                              std::string &error) {
  auto attrs = attrs::RandomBits::decode(flat);
  if (!Check(op, error).atLeast(1, "shape", attrs.shape, 0))
    return false;
  results.emplace_back(DType::I32, attrs.shape);
  return true;
}
