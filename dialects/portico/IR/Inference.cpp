//===- Inference.cpp - the constraints common to all ops (<op>_c0) ----------===//

#include "dialects/portico/IR/InferenceSupport.h"

using namespace llvm;
using namespace portico;

static std::string dtypeNames(uint32_t set) {
  std::string text;
  for (unsigned i = 0; i < numDTypes; ++i)
    if (set & (1u << i))
      text += (text.empty() ? "" : ", ") + std::string(name(static_cast<DType>(i)));
  return text;
}

/// The record for operand number i when one operand stands for several.
static const OperandInfo &operandInfo(const OpInfo &op, size_t i, size_t count) {
  if (op.variadicOperand < 0)
    return op.operands[i];
  size_t first = op.variadicOperand, many = count - (op.operands.size() - 1);
  if (i < first)
    return op.operands[i];
  return i < first + many ? op.operands[first] : op.operands[i - many + 1];
}

static bool checkOperand(Check &check, const OperandInfo &info, const TensorSpec &spec) {
  if (!(info.dtypes & bit(spec.dtype)))
    return check.fail(0, Twine(info.name) + " has a dtype that is not supported", name(spec.dtype),
                      dtypeNames(info.dtypes));
  if (info.rank >= 0 && spec.rank() != info.rank)
    return check.fail(0, Twine(info.name) + " has the wrong rank", toString(spec.dims),
                      "rank " + Twine(int(info.rank)));
  return true;
}

/// One attribute of the flat encoding, moved over; false when it is not well formed.
static bool takeAttr(const AttrInfo &info, ArrayRef<int64_t> &flat) {
  if (flat.empty())
    return false;
  int64_t word = flat.front();
  flat = flat.drop_front();
  auto takeArray = [&](int64_t n) {
    if (n < 0 || n > static_cast<int64_t>(flat.size()))
      return false;
    flat = flat.drop_front(n);
    return true;
  };
  switch (info.kind) {
  case AttrKind::I64:
    return true;
  case AttrKind::Bool:
  case AttrKind::Unit:
    return word == 0 || word == 1;
  case AttrKind::Enum:
    return word >= 0 && word < static_cast<int64_t>(info.cases.size());
  case AttrKind::DType:
    return word >= 0 && word < numDTypes;
  case AttrKind::I64Array:
    return takeArray(word);
  case AttrKind::Elements: {
    if (word < 0 || word >= numDTypes || flat.empty())
      return false;
    int64_t rank = flat.front();
    flat = flat.drop_front();
    if (!takeArray(rank) || flat.empty() || flat.front() < 0)
      return false;
    // The bytes themselves may have been left out (ElementBytes::CountOnly).
    int64_t words = (flat.front() + 7) / 8;
    flat = flat.drop_front();
    return flat.empty() || takeArray(words);
  }
  }
  llvm_unreachable("no such attribute kind");
}

bool portico::checkOperands(const OpInfo &op, ArrayRef<TensorSpec> operands,
                            ArrayRef<int64_t> flatAttrs, std::string &error) {
  Check check(op, error);
  bool variadic = op.variadicOperand >= 0;
  if (variadic ? operands.size() + 1 < op.operands.size() : operands.size() != op.operands.size())
    return check.fail(0, "wrong number of operands", Twine(operands.size()),
                      variadic ? "at least " + Twine(op.operands.size() - 1)
                               : Twine(op.operands.size()));
  for (size_t i = 0; i < operands.size(); ++i)
    if (!checkOperand(check, operandInfo(op, i, operands.size()), operands[i]))
      return false;
  for (const AttrInfo &attr : op.attrs)
    if (!takeAttr(attr, flatAttrs))
      return check.fail(0, Twine("attribute ") + attr.name + " is not well formed",
                        "another encoding", "the encoding of the op table");
  return flatAttrs.empty() || check.fail(0, "attributes are not well formed", "words left over",
                                         "the encoding of the op table");
}

bool portico::checkResults(const OpInfo &op, ArrayRef<TensorSpec> results, std::string &error) {
  for (const TensorSpec &spec : results)
    if (!countElements(spec.dims, spec.dtype))
      return Check(op, error).fail(0, "the result is too large", toString(spec),
                                   "at most 2^62 bytes");
  return true;
}
