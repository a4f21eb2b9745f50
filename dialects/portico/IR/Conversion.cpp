//===- Conversion.cpp - folds of compare, select, cast and bitcast ---------===//

#include "dialects/portico/IR/Codec.h"
#include "dialects/portico/IR/ConstantFold.h"
#include "dialects/portico/IR/Portico.h"

using namespace mlir;
using namespace portico;

static DType dtype(Value value) { return *dtypeOf(getElementTypeOrSelf(value.getType())); }

//===----------------------------------------------------------------------===//
// compare
//===----------------------------------------------------------------------===//

static bool holds(CompareDirection direction, APFloat::cmpResult order) {
  switch (direction) {
  case CompareDirection::EQ:
    return order == APFloat::cmpEqual;
  case CompareDirection::NE: // the one that is true of nan
    return order != APFloat::cmpEqual;
  case CompareDirection::LT:
    return order == APFloat::cmpLessThan;
  case CompareDirection::LE:
    return order == APFloat::cmpLessThan || order == APFloat::cmpEqual;
  case CompareDirection::GT:
    return order == APFloat::cmpGreaterThan;
  case CompareDirection::GE:
    return order == APFloat::cmpGreaterThan || order == APFloat::cmpEqual;
  }
  llvm_unreachable("no such direction");
}

OpFoldResult CompareOp::fold(FoldAdaptor adaptor) {
  CompareDirection direction = getDirection();
  DType type = dtype(getLhs());
  if (getLhs() == getRhs()) {
    // Of equal floats we know nothing if they may be nan, but no x is below itself.
    bool strict = direction == CompareDirection::LT || direction == CompareDirection::GT;
    if (!isFloat(type) || strict)
      return splatOf(getType(), holds(direction, APFloat::cmpEqual));
  }
  return foldElements({adaptor.getLhs(), adaptor.getRhs()}, getType(),
                      [&](ArrayRef<Scalar> s) -> std::optional<Scalar> {
                        APFloat::cmpResult order;
                        if (isFloat(type)) {
                          order = std::get<APFloat>(s[0]).compare(std::get<APFloat>(s[1]));
                        } else {
                          const APInt &a = std::get<APInt>(s[0]), &b = std::get<APInt>(s[1]);
                          bool less = isSigned(type) ? a.slt(b) : a.ult(b);
                          order = a == b ? APFloat::cmpEqual
                                         : (less ? APFloat::cmpLessThan : APFloat::cmpGreaterThan);
                        }
                        return APInt(1, holds(direction, order));
                      });
}

//===----------------------------------------------------------------------===//
// select
//===----------------------------------------------------------------------===//

OpFoldResult SelectOp::fold(FoldAdaptor adaptor) {
  if (getOnTrue() == getOnFalse())
    return getOnTrue();
  if (isSplatOfOnes(adaptor.getPred()))
    return getOnTrue();
  if (isSplatOf(adaptor.getPred(), 0))
    return getOnFalse();
  return foldElements({adaptor.getPred(), adaptor.getOnTrue(), adaptor.getOnFalse()}, getType(),
                      [](ArrayRef<Scalar> s) -> std::optional<Scalar> {
                        return std::get<APInt>(s[0]).isZero() ? s[2] : s[1];
                      });
}

//===----------------------------------------------------------------------===//
// cast
//===----------------------------------------------------------------------===//

/// Bits that the magnitude of any value of an integer dtype needs; what a float dtype
/// holds exactly. The smallest int8, -128, is a power of two and needs one bit.
static int significantBits(DType type) {
  switch (type) {
  case DType::Bool:
    return 1;
  case DType::I8:
    return 7;
  case DType::U8:
  case DType::BF16:
    return 8;
  case DType::F16:
    return 11;
  case DType::I16:
    return 15;
  case DType::F32:
    return 24;
  case DType::I32:
    return 31;
  case DType::F64:
    return 53;
  case DType::I64:
    return 63;
  }
  llvm_unreachable("no such dtype");
}

/// Whether every value of `from` is a value of `to`.
static bool isLossless(DType from, DType to) {
  if (from == to)
    return true;
  if (to == DType::Bool)
    return false;
  if (isFloat(from)) // f16 and bf16 do not hold each other: bits against range
    return isFloat(to) && itemSize(to) > itemSize(from);
  if (isSigned(from) && !isSigned(to))
    return false;
  return significantBits(from) <= significantBits(to);
}

/// Whether x : a -> b -> c is x : a -> c.
static bool isCastThrough(DType a, DType b, DType c) {
  if (!isLossless(a, b))
    return false;
  // A float that an integer cannot hold converts as the target likes.
  if (isFloat(b) && isInteger(c) && !isFloat(a))
    return isLossless(a, c);
  // Integers may reach a half type by way of float32, which rounds once more.
  bool half = isFloat(c) && itemSize(c) == 2;
  return !half || isFloat(a) || significantBits(a) <= significantBits(DType::F32);
}

static std::optional<Scalar> castFloat(APFloat value, DType from, DType to, Type toType) {
  if (to == DType::Bool)
    return APInt(1, value.isNaN() || value.isNonZero());
  bool inexact = false;
  if (isFloat(to)) {
    value.convert(cast<FloatType>(toType).getFloatSemantics(), APFloat::rmNearestTiesToEven,
                  &inexact);
    // From float64 to a half type a target may round twice.
    if (inexact && from == DType::F64 && itemSize(to) == 2)
      return std::nullopt;
    return value;
  }
  APSInt integer(8 * itemSize(to), !isSigned(to));
  // Out of range, or nan: what comes out is not for us to say.
  if (value.convertToInteger(integer, APFloat::rmTowardZero, &inexact) & APFloat::opInvalidOp)
    return std::nullopt;
  return APInt(integer);
}

static std::optional<Scalar> castInteger(const APInt &value, DType from, DType to, Type toType) {
  if (to == DType::Bool)
    return APInt(1, !value.isZero());
  if (!isFloat(to)) {
    unsigned width = 8 * itemSize(to);
    return isSigned(from) ? value.sextOrTrunc(width) : value.zextOrTrunc(width);
  }
  APFloat real(cast<FloatType>(toType).getFloatSemantics());
  auto status = real.convertFromAPInt(value, isSigned(from), APFloat::rmNearestTiesToEven);
  if (status != APFloat::opOK && itemSize(to) == 2)
    return std::nullopt; // as in isCastThrough
  return real;
}

OpFoldResult CastOp::fold(FoldAdaptor adaptor) {
  DType from = dtype(getX()), to = dtype(getResult());
  if (from == to)
    return getX();
  if (auto inner = getX().getDefiningOp<CastOp>())
    if (DType first = dtype(inner.getX()); isCastThrough(first, from, to)) {
      setOperand(inner.getX());
      return getResult();
    }
  return foldElements({adaptor.getX()}, getType(), [&](ArrayRef<Scalar> s) {
    Type toType = getElementTypeOrSelf(getType());
    if (auto *integer = std::get_if<APInt>(&s[0]))
      return castInteger(*integer, from, to, toType);
    return castFloat(std::get<APFloat>(s[0]), from, to, toType);
  });
}

//===----------------------------------------------------------------------===//
// bitcast
//===----------------------------------------------------------------------===//

OpFoldResult BitcastOp::fold(FoldAdaptor adaptor) {
  if (getX().getType() == getType())
    return getX();
  if (auto inner = getX().getDefiningOp<BitcastOp>()) {
    setOperand(inner.getX());
    return getResult();
  }
  return foldElements(
      {adaptor.getX()}, getType(), [&](ArrayRef<Scalar> s) -> std::optional<Scalar> {
        APInt bits = std::holds_alternative<APInt>(s[0]) ? std::get<APInt>(s[0])
                                                         : std::get<APFloat>(s[0]).bitcastToAPInt();
        if (auto floatType = dyn_cast<FloatType>(getElementTypeOrSelf(getType())))
          return APFloat(floatType.getFloatSemantics(), bits);
        return bits;
      });
}
