//===- Simt.cpp - what work-items do together and gpu has no op for ---------===//

#include "dialects/simt/Simt.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"

using namespace mlir;
using namespace portico::simt;

#include "portico/SimtDialect.cpp.inc"

#define GET_OP_CLASSES
#include "portico/SimtOps.cpp.inc"

void SimtDialect::initialize() {
  addOperations<
#define GET_OP_LIST
#include "portico/SimtOps.cpp.inc"
      >();
}

LogicalResult MultiplyAddOp::verify() {
  Type input = getA().getType().getElementType();
  if (getB().getType().getElementType() != input)
    return emitOpError("A and B differ in their elements; got ")
           << input << " and " << getB().getType().getElementType()
           << "; expected one type (multiply_add_c1)";
  if (getM() < 1 || getN() < 1 || getK() < 1)
    return emitOpError("a size is not positive; got m = ")
           << getM() << ", n = " << getN() << ", k = " << getK()
           << "; expected at least 1 (multiply_add_c2)";
  if (getTf32() && !input.isF32())
    return emitOpError("tf32 is a way to multiply f32; got elements of ")
           << input << "; expected f32 (multiply_add_c3)";
  return success();
}
