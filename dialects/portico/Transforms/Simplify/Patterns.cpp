//===- Patterns.cpp - what the rewrites of portico-simplify share -----------===//

#include "dialects/portico/Transforms/Simplify/Patterns.h"

#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace portico;

Attribute portico::splatOf(Value value) {
  ElementsAttr elements;
  if (!matchPattern(value, m_Constant(&elements)) || !elements.isSplat())
    return nullptr;
  return elements.getSplatValue<Attribute>();
}

Value portico::splatConstant(OpBuilder &builder, Value model, Attribute element,
                             ArrayRef<int64_t> shape) {
  Type dtype = cast<RankedTensorType>(model.getType()).getElementType();
  auto type = RankedTensorType::get(shape, dtype);
  return ConstantOp::create(builder, model.getLoc(), DenseElementsAttr::get(type, element));
}

bool portico::isElementwise(Operation *op) {
  return op && op->hasTrait<portico::OpTrait::Elementwise>() && op->getNumResults() == 1;
}

Value portico::remake(OpBuilder &builder, Operation *op, ValueRange operands) {
  Type dtype = cast<RankedTensorType>(op->getResult(0).getType()).getElementType();
  OperationState state(op->getLoc(), op->getName(), operands,
                       RankedTensorType::get(shapeOf(operands.front()), dtype), op->getAttrs());
  return builder.create(state)->getResult(0);
}
