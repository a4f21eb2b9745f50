//===- KernelForm.cpp - the kernels that a strategy takes -------------------===//

#include "lowering/Kernels/KernelForm.h"

#include "mlir/IR/Diagnostics.h"
#include "llvm/ADT/SmallPtrSet.h"

using namespace mlir;
using namespace portico;

Operation *portico::soleOp(KernelOp kernel) {
  Block &body = kernel.getBody().front();
  if (!llvm::hasSingleElement(body.without_terminator()))
    return nullptr;
  Operation *op = &body.front();
  if (!llvm::all_of(op->getOperands(), llvm::IsaPred<BlockArgument>))
    return nullptr;
  for (BlockArgument input : body.getArguments())
    if (input.use_empty())
      return nullptr;
  // A strategy writes a result once: whoever wants it twice copies it.
  llvm::SmallPtrSet<Value, 2> yielded;
  for (Value value : body.getTerminator()->getOperands())
    if (value.getDefiningOp() != op || !yielded.insert(value).second)
      return nullptr;
  return op;
}

LogicalResult portico::refuse(KernelOp kernel, const Twine &what, const Twine &expected) {
  InFlightDiagnostic error = kernel.emitError("[lower-kernels] ") << what << "; got a kernel of ";
  auto ops = kernel.getBody().front().without_terminator();
  if (ops.empty())
    error << "no op";
  llvm::interleaveComma(ops, error, [&](Operation &op) { error << op.getName(); });
  return error << "; expected " << expected;
}
