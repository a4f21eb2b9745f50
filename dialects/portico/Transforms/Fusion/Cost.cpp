//===- Cost.cpp - what a fusion saves --------------------------------------===//

#include "dialects/portico/Transforms/Fusion/Cost.h"

using namespace mlir;
using namespace portico;

int64_t portico::numElements(Value value) {
  return cast<RankedTensorType>(value.getType()).getNumElements();
}

int64_t portico::numBytes(Value value) {
  auto type = cast<RankedTensorType>(value.getType());
  return type.getNumElements() * ((type.getElementTypeBitWidth() + 7) / 8);
}

int64_t portico::flops(Operation *op) {
  if (op->getNumResults() == 0)
    return 0;
  int64_t elements = numElements(op->getResult(0));
  if (isa<DotGeneralOp>(op)) {
    auto dot = cast<DotGeneralOp>(op);
    auto type = cast<RankedTensorType>(dot.getLhs().getType());
    int64_t depth = 1;
    for (int64_t dim : dot.getLhsContract())
      depth *= type.getDimSize(dim);
    return 2 * elements * depth;
  }
  if (auto conv = dyn_cast<ConvolutionOp>(op))
    return 2 * elements * numElements(conv.getW()) /
           std::max<int64_t>(1, cast<RankedTensorType>(conv.getW().getType()).getDimSize(0));
  if (isa<ConvolutionInputGradOp, ConvolutionFilterGradOp>(op))
    return 2 * numElements(op->getOperand(0)) * numElements(op->getOperand(1));
  if (isa<ReduceOp, ArgReduceOp, ScanOp>(op))
    return numElements(op->getOperand(0));
  if (isa<DivOp, SqrtOp, RsqrtOp, RemOp>(op))
    return 8 * elements;
  if (isa<ExpOp, Expm1Op, LogOp, Log1pOp, Log2Op, SinOp, CosOp, TanhOp, ErfOp, PowOp, Atan2Op,
          RandomBitsOp>(op))
    return 20 * elements;
  return op->hasTrait<portico::OpTrait::Elementwise>() ? elements : 0;
}

Cost portico::costOfKernel(ArrayRef<Operation *> ops, ArrayRef<Value> inputs,
                           ArrayRef<Value> results) {
  Cost cost;
  cost.launches = 1;
  for (Value input : inputs)
    cost.bytesRead += numBytes(input);
  for (Value result : results)
    cost.bytesWritten += numBytes(result);
  for (Operation *op : ops)
    cost.flops += flops(op);
  return cost;
}
