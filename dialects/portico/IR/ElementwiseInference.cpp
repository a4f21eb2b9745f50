//===- ElementwiseInference.cpp - one result element per operand element ----- ===//

#include "dialects/portico/IR/InferenceSupport.h"

using namespace llvm;
using namespace portico;

bool portico::inferUnary(const OpInfo &op, ArrayRef<TensorSpec> operands, ArrayRef<int64_t> flat,
                         SmallVectorImpl<TensorSpec> &results, std::string &error) {
  results.push_back(operands[0]);
  return true;
}

bool portico::inferBinary(const OpInfo &op, ArrayRef<TensorSpec> operands, ArrayRef<int64_t> flat,
                          SmallVectorImpl<TensorSpec> &results, std::string &error) {
  Check check(op, error);
  if (!check.sameDType(1, "lhs", operands[0], "rhs", operands[1]) ||
      !check.sameShape(2, "lhs", operands[0], "rhs", operands[1]))
    return false;
  results.push_back(operands[0]);
  return true;
}

bool portico::inferCompare(const OpInfo &op, ArrayRef<TensorSpec> operands, ArrayRef<int64_t> flat,
                           SmallVectorImpl<TensorSpec> &results, std::string &error) {
  if (!inferBinary(op, operands, flat, results, error))
    return false;
  results.back().dtype = DType::Bool;
  return true;
}

bool portico::inferSelect(const OpInfo &op, ArrayRef<TensorSpec> operands, ArrayRef<int64_t> flat,
                          SmallVectorImpl<TensorSpec> &results, std::string &error) {
  Check check(op, error);
  if (!check.sameDType(1, "on_true", operands[1], "on_false", operands[2]) ||
      !check.sameShape(2, "on_true", operands[1], "on_false", operands[2]) ||
      !check.sameShape(2, "pred", operands[0], "on_true", operands[1]))
    return false;
  results.push_back(operands[1]);
  return true;
}

bool portico::inferCast(const OpInfo &op, ArrayRef<TensorSpec> operands, ArrayRef<int64_t> flat,
                        SmallVectorImpl<TensorSpec> &results, std::string &error) {
  results.emplace_back(attrs::Cast::decode(flat).dtype, operands[0].dims);
  return true;
}

bool portico::inferBitcast(const OpInfo &op, ArrayRef<TensorSpec> operands, ArrayRef<int64_t> flat,
                           SmallVectorImpl<TensorSpec> &results, std::string &error) {
  DType from = operands[0].dtype, to = attrs::Bitcast::decode(flat).dtype;
  // A byte that is neither 0 nor 1 would be no bool.
  bool bools = (from == DType::Bool) == (to == DType::Bool);
  if (itemSize(from) != itemSize(to) || !bools)
    return Check(op, error).fail(
        1, Twine("cannot reinterpret ") + name(from), Twine("dtype ") + name(to),
        bools ? "a dtype of " + Twine(itemSize(from)) + " bytes" : Twine("bool for bool only"));
  results.emplace_back(to, operands[0].dims);
  return true;
}
