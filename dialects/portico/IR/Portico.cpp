//===- Portico.cpp - registration ------------------------------------------===//

#include "dialects/portico/IR/Portico.h"

#include "mlir/IR/Builders.h"

using namespace mlir;

#include "portico/Dialect.cpp.inc"
#include "portico/Enums.cpp.inc"
#include "portico/Interfaces.cpp.inc"
#define GET_OP_CLASSES
#include "portico/Ops.cpp.inc"

void portico::PorticoDialect::initialize() {
  addOperations<
#define GET_OP_LIST
#include "portico/Ops.cpp.inc"
      >();
}

Operation *portico::PorticoDialect::materializeConstant(OpBuilder &builder, Attribute value,
                                                        Type type, Location loc) {
  auto elements = dyn_cast<ElementsAttr>(value);
  if (!elements || elements.getType() != type)
    return nullptr;
  return ConstantOp::create(builder, loc, elements);
}
