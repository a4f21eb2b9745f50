//===- Casts.cpp - element types in memory, in registers, and between -------===//

#include "lowering/ToLinalg/Casts.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

#include <cmath>

using namespace mlir;

namespace portico {

Type storageType(Type elem) {
  if (elem.isInteger(1) || elem.isUnsignedInteger(8))
    return IntegerType::get(elem.getContext(), 8);
  return elem;
}

Type computeType(Type elem) {
  if (elem.isF16() || elem.isBF16())
    return Float32Type::get(elem.getContext());
  if (elem.isUnsignedInteger(8))
    return IntegerType::get(elem.getContext(), 8);
  return elem;
}

Type withShapeOf(Type type, Type like) {
  if (auto vector = dyn_cast<VectorType>(like))
    return VectorType::get(vector.getShape(), type);
  return type;
}

Value constantLike(OpBuilder &b, Location loc, Type type, double value) {
  Type elem = getElementTypeOrSelf(type);
  if (!isa<FloatType>(elem))
    return intConstantLike(b, loc, type, static_cast<int64_t>(value));
  FloatAttr attr = b.getFloatAttr(elem, value);
  if (auto shaped = dyn_cast<VectorType>(type))
    return arith::ConstantOp::create(b, loc, DenseElementsAttr::get(shaped, Attribute(attr)));
  return arith::ConstantOp::create(b, loc, attr);
}

Value intConstantLike(OpBuilder &b, Location loc, Type type, int64_t value) {
  IntegerAttr attr = isa<IndexType>(getElementTypeOrSelf(type))
                         ? b.getIndexAttr(value)
                         : b.getIntegerAttr(getElementTypeOrSelf(type), value);
  if (auto shaped = dyn_cast<VectorType>(type))
    return arith::ConstantOp::create(b, loc, DenseElementsAttr::get(shaped, Attribute(attr)));
  return arith::ConstantOp::create(b, loc, attr);
}

//===----------------------------------------------------------------------===//
// bf16: the upper half of an f32. Written in integer arithmetic so that every
// target rounds alike; the conversion instructions of some flush denormals.
//===----------------------------------------------------------------------===//

static Value extendBF16(OpBuilder &b, Location loc, Value stored) {
  Type i16 = withShapeOf(b.getI16Type(), stored.getType());
  Type i32 = withShapeOf(b.getI32Type(), stored.getType());
  Value bits = arith::ExtUIOp::create(b, loc, i32, arith::BitcastOp::create(b, loc, i16, stored));
  bits = arith::ShLIOp::create(b, loc, bits, intConstantLike(b, loc, i32, 16));
  return arith::BitcastOp::create(b, loc, withShapeOf(b.getF32Type(), stored.getType()), bits);
}

static Value roundToBF16(OpBuilder &b, Location loc, Value value) {
  Type i16 = withShapeOf(b.getI16Type(), value.getType());
  Type i32 = withShapeOf(b.getI32Type(), value.getType());
  auto c = [&](int64_t v) { return intConstantLike(b, loc, i32, v); };
  Value bits = arith::BitcastOp::create(b, loc, i32, value);
  Value upper = arith::ShRUIOp::create(b, loc, bits, c(16));
  // To nearest, ties to even: add 0x7fff, and one more where the kept bit is odd.
  Value bias = arith::AddIOp::create(b, loc, arith::AndIOp::create(b, loc, upper, c(1)), c(0x7fff));
  Value rounded = arith::ShRUIOp::create(b, loc, arith::AddIOp::create(b, loc, bits, bias), c(16));
  Value isNan = arith::CmpFOp::create(b, loc, arith::CmpFPredicate::UNO, value, value);
  Value quiet = arith::OrIOp::create(b, loc, upper, c(0x40));
  rounded = arith::SelectOp::create(b, loc, isNan, quiet, rounded);
  Value half = arith::TruncIOp::create(b, loc, i16, rounded);
  return arith::BitcastOp::create(b, loc, withShapeOf(b.getBF16Type(), value.getType()), half);
}

Value toCompute(OpBuilder &b, Location loc, Value stored, Type elem) {
  if (elem.isInteger(1))
    return arith::CmpIOp::create(b, loc, arith::CmpIPredicate::ne, stored,
                                 intConstantLike(b, loc, stored.getType(), 0));
  if (elem.isBF16())
    return extendBF16(b, loc, stored);
  if (elem.isF16())
    return arith::ExtFOp::create(b, loc, withShapeOf(b.getF32Type(), stored.getType()), stored);
  return stored;
}

Value toStorage(OpBuilder &b, Location loc, Value value, Type elem) {
  if (elem.isInteger(1))
    return arith::ExtUIOp::create(b, loc, withShapeOf(b.getI8Type(), value.getType()), value);
  if (elem.isBF16())
    return roundToBF16(b, loc, value);
  if (elem.isF16())
    return arith::TruncFOp::create(b, loc, withShapeOf(elem, value.getType()), value);
  return value;
}

/// Truncates towards zero and wraps; what does not fit i64 gives its smallest
/// value, as x86 does, where LLVM's conversion would be undefined.
static Value floatToInt(OpBuilder &b, Location loc, Value value, Type to) {
  Type type = value.getType(), i64 = withShapeOf(b.getI64Type(), type);
  Value limit = constantLike(b, loc, type, std::ldexp(1.0, 63));
  Value magnitude = math::AbsFOp::create(b, loc, value);
  Value fits = arith::CmpFOp::create(b, loc, arith::CmpFPredicate::OLT, magnitude, limit);
  Value safe = arith::SelectOp::create(b, loc, fits, value, constantLike(b, loc, type, 0.0));
  Value wide = arith::FPToSIOp::create(b, loc, i64, safe);
  wide = arith::SelectOp::create(b, loc, fits, wide, intConstantLike(b, loc, i64, INT64_MIN));
  if (to.isInteger(64))
    return wide;
  return arith::TruncIOp::create(b, loc, withShapeOf(to, type), wide);
}

Value emitCast(OpBuilder &b, Location loc, Value x, Type from, Type to) {
  if (from == to)
    return x;
  Type type = x.getType();
  Type target = computeType(to), result = withShapeOf(target, type);
  bool fromUnsigned = from.isInteger(1) || from.isUnsignedInteger(8);
  if (to.isInteger(1)) {
    if (isa<FloatType>(from))
      return arith::CmpFOp::create(b, loc, arith::CmpFPredicate::UNE, x,
                                   constantLike(b, loc, type, 0.0));
    return arith::CmpIOp::create(b, loc, arith::CmpIPredicate::ne, x,
                                 intConstantLike(b, loc, type, 0));
  }
  if (isa<FloatType>(to)) {
    if (!isa<FloatType>(from)) {
      if (fromUnsigned)
        x = arith::UIToFPOp::create(b, loc, result, x);
      else
        x = arith::SIToFPOp::create(b, loc, result, x);
    } else if (to.isF16() && from.isF64()) {
      // Not by way of f32: one rounding.
      x = arith::TruncFOp::create(b, loc, withShapeOf(to, type), x);
      return toCompute(b, loc, x, to);
    } else if (target.isF32() && from.isF64()) {
      x = arith::TruncFOp::create(b, loc, result, x);
    } else if (target.isF64()) {
      x = arith::ExtFOp::create(b, loc, result, x);
    }
    // A cast to a half type is asked for: the value is rounded here even when
    // the kernel goes on with it in f32.
    if (to.isF16() || to.isBF16())
      x = toCompute(b, loc, toStorage(b, loc, x, to), to);
    return x;
  }
  if (isa<FloatType>(from))
    return floatToInt(b, loc, x, target);
  unsigned fromBits = computeType(from).getIntOrFloatBitWidth();
  unsigned toBits = target.getIntOrFloatBitWidth();
  if (toBits < fromBits)
    return arith::TruncIOp::create(b, loc, result, x);
  if (toBits == fromBits)
    return x;
  if (fromUnsigned)
    return arith::ExtUIOp::create(b, loc, result, x);
  return arith::ExtSIOp::create(b, loc, result, x);
}

Value emitBitcast(OpBuilder &b, Location loc, Value x, Type from, Type to) {
  Value stored = toStorage(b, loc, x, from);
  Type target = withShapeOf(storageType(to), x.getType());
  if (stored.getType() != target)
    stored = arith::BitcastOp::create(b, loc, target, stored);
  return toCompute(b, loc, stored, to);
}

} // namespace portico
