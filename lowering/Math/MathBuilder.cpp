//===- MathBuilder.cpp - arithmetic on floats and their bits ----------------===//

#include "lowering/Math/MathBuilder.h"

#include "mlir/IR/BuiltinTypes.h"

#include <cmath>

using namespace mlir;

namespace portico {

MathBuilder::MathBuilder(OpBuilder &b, Location loc, Type type, bool hasDoubles)
    : b(b), loc(loc), type(type), isDouble(getElementTypeOrSelf(type).isF64()),
      hasDoubles(hasDoubles) {
  intType = as(b.getIntegerType(isDouble ? 64 : 32));
}

Type MathBuilder::as(Type elem) const {
  if (auto vector = dyn_cast<VectorType>(type))
    return VectorType::get(vector.getShape(), elem);
  return elem;
}

/// A scalar or splat constant.
static Value constant(OpBuilder &b, Location loc, Type type, TypedAttr attr) {
  if (auto vector = dyn_cast<VectorType>(type))
    attr = DenseElementsAttr::get(vector, Attribute(attr));
  return arith::ConstantOp::create(b, loc, attr);
}

Value MathBuilder::c(double value) {
  return constant(b, loc, type, b.getFloatAttr(getElementTypeOrSelf(type), value));
}

Value MathBuilder::ci(int64_t value) {
  return constant(b, loc, intType, b.getIntegerAttr(getElementTypeOrSelf(intType), value));
}

Value MathBuilder::negated(Value cond) {
  return arith::XOrIOp::create(b, loc, cond, constant(b, loc, cond.getType(), b.getBoolAttr(true)));
}

Value MathBuilder::polynomial(Value x, ArrayRef<double> coefficients) {
  Value sum = c(coefficients.back());
  for (double coefficient : llvm::reverse(coefficients.drop_back()))
    sum = fma(sum, x, c(coefficient));
  return sum;
}

std::pair<Value, Value> MathBuilder::nearest(Value x) {
  // Adding 1.5 * 2^mantissaBits leaves no bit for a fraction.
  double magic = std::ldexp(1.5, mantissaBits());
  Value shifted = add(x, c(magic));
  Value n = subi(bits(shifted), bits(c(magic)));
  return {sub(shifted, c(magic)), n};
}

Value MathBuilder::scale(Value x, Value n) {
  Value half = shrs(n, 1);
  return mul(mul(x, exp2Integer(half)), exp2Integer(subi(n, half)));
}

} // namespace portico
