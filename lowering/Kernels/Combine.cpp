//===- Combine.cpp ----------------------------------------------------------===//

#include "lowering/Kernels/Combine.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace portico;

static bool isUnsigned(Type elem) { return elem.isUnsignedInteger() || elem.isInteger(1); }

Value portico::combine(OpBuilder &b, Location loc, ReduceKind kind, Type elem, Value x, Value y) {
  bool isFloat = isa<FloatType>(elem);
  switch (kind) {
  case ReduceKind::Sum:
    return isFloat ? Value(arith::AddFOp::create(b, loc, x, y))
                   : Value(arith::AddIOp::create(b, loc, x, y));
  case ReduceKind::Prod:
    return isFloat ? Value(arith::MulFOp::create(b, loc, x, y))
                   : Value(arith::MulIOp::create(b, loc, x, y));
  case ReduceKind::Max:
    if (isFloat)
      return arith::MaximumFOp::create(b, loc, x, y);
    return isUnsigned(elem) ? Value(arith::MaxUIOp::create(b, loc, x, y))
                            : Value(arith::MaxSIOp::create(b, loc, x, y));
  case ReduceKind::Min:
    if (isFloat)
      return arith::MinimumFOp::create(b, loc, x, y);
    return isUnsigned(elem) ? Value(arith::MinUIOp::create(b, loc, x, y))
                            : Value(arith::MinSIOp::create(b, loc, x, y));
  }
  llvm_unreachable("all kinds are handled above");
}

Value portico::identityOf(OpBuilder &b, Location loc, ReduceKind kind, Type elem, Type type) {
  Type scalar = getElementTypeOrSelf(type);
  TypedAttr value;
  bool extreme = kind == ReduceKind::Max || kind == ReduceKind::Min;
  if (auto floatType = dyn_cast<FloatType>(scalar)) {
    const llvm::fltSemantics &semantics = floatType.getFloatSemantics();
    value = extreme ? b.getFloatAttr(floatType, APFloat::getInf(semantics, kind == ReduceKind::Max))
                    : b.getFloatAttr(floatType, kind == ReduceKind::Sum ? 0.0 : 1.0);
  } else {
    unsigned width = scalar.getIntOrFloatBitWidth();
    APInt number(width, kind == ReduceKind::Prod ? 1 : 0);
    if (kind == ReduceKind::Max)
      number = isUnsigned(elem) ? APInt::getMinValue(width) : APInt::getSignedMinValue(width);
    if (kind == ReduceKind::Min)
      number = isUnsigned(elem) ? APInt::getMaxValue(width) : APInt::getSignedMaxValue(width);
    value = b.getIntegerAttr(scalar, number);
  }
  if (auto vector = dyn_cast<VectorType>(type))
    value = DenseElementsAttr::get(vector, ArrayRef<Attribute>(value));
  return arith::ConstantOp::create(b, loc, value);
}
