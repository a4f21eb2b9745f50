//===- InferTypes.cpp - the ops' inferReturnTypes --------------------------===//
//
// One function serves all ops: it takes operand types and attributes to the
// table's inference, which the recorder has called before with the same words.
//
//===----------------------------------------------------------------------===//

#include "dialects/portico/IR/Codec.h"
#include "dialects/portico/IR/Portico.h"

using namespace mlir;
using namespace portico;

static LogicalResult inferTypes(MLIRContext *context, std::optional<Location> location,
                                const OpInfo &op, ValueRange operands,
                                ArrayRef<Attribute> attributes, SmallVectorImpl<Type> &results) {
  SmallVector<TensorSpec, 4> specs;
  for (Value operand : operands) {
    std::optional<TensorSpec> spec = specOf(operand.getType());
    if (!spec)
      return emitOptionalError(location, "[", op.name, "] operand is no tensor of portico; got ",
                               operand.getType(), "; expected a static shape and a dtype (",
                               op.name, "_c0)");
    specs.push_back(std::move(*spec));
  }
  SmallVector<int64_t, 16> flat;
  for (auto [i, info] : llvm::enumerate(op.attrs)) {
    Attribute attr = i < attributes.size() ? attributes[i] : Attribute();
    if (!encodeAttr(attr, info, flat, ElementBytes::CountOnly))
      return emitOptionalError(location, "[", op.name, "] attribute ", info.name,
                               " is missing or of the wrong kind (", op.name, "_c0)");
  }
  SmallVector<TensorSpec, 2> resultSpecs;
  std::string error;
  if (!op.infer(op, specs, flat, resultSpecs, error))
    return emitOptionalError(location, "[", op.name, "] ", error);
  for (const TensorSpec &spec : resultSpecs)
    results.push_back(typeOf(spec, context));
  return success();
}

#include "portico/InferTypes.cpp.inc"
