//===- Inference.h - result dtypes and shapes ------------------------------===//
//
// One function per `infer` name of the op records computes the results' specs
// from the operands' and the attributes, or says what is wrong. The recorder
// calls it at the user's line, the MLIR op as its inferReturnTypes.
//
//===----------------------------------------------------------------------===//

#ifndef PORTICO_IR_INFERENCE_H
#define PORTICO_IR_INFERENCE_H

#include "dialects/portico/IR/TensorSpec.h"

namespace portico {

struct OpInfo;

/// True and `results`, or false and an `error` of the form
/// "what; got ...; expected ... (<op>_c<n>)", to which the caller adds "[<op>] ".
using InferFunction = bool(const OpInfo &op, llvm::ArrayRef<TensorSpec> operands,
                           llvm::ArrayRef<int64_t> flatAttrs,
                           llvm::SmallVectorImpl<TensorSpec> &results, std::string &error);
using InferFn = InferFunction *;

/// The constraints common to all ops (`<op>_c0`): number, dtypes and ranks of
/// operands, well-formed attributes.
bool checkOperands(const OpInfo &op, llvm::ArrayRef<TensorSpec> operands,
                   llvm::ArrayRef<int64_t> flatAttrs, std::string &error);
/// `<op>_c0` once more: the results' sizes.
bool checkResults(const OpInfo &op, llvm::ArrayRef<TensorSpec> results, std::string &error);

/// What stands in the op table: the op's own function between the common checks.
template <InferFn own>
bool checkedInfer(const OpInfo &op, llvm::ArrayRef<TensorSpec> operands,
                  llvm::ArrayRef<int64_t> flatAttrs, llvm::SmallVectorImpl<TensorSpec> &results,
                  std::string &error) {
  return checkOperands(op, operands, flatAttrs, error) &&
         own(op, operands, flatAttrs, results, error) && checkResults(op, results, error);
}

} // namespace portico

#endif // PORTICO_IR_INFERENCE_H
