//===- ConstantFold.cpp - arithmetic on constants --------------------------===//

#include "dialects/portico/IR/ConstantFold.h"

using namespace mlir;
using namespace portico;

Scalar portico::elementAt(DenseElementsAttr attr, int64_t i) {
  if (isa<FloatType>(attr.getElementType()))
    return attr.getValues<APFloat>()[i];
  return attr.getValues<APInt>()[i];
}

DenseElementsAttr portico::makeConstant(ShapedType type, ArrayRef<Scalar> elements) {
  if (isa<FloatType>(type.getElementType())) {
    SmallVector<APFloat> values;
    for (const Scalar &s : elements)
      values.push_back(std::get<APFloat>(s));
    return DenseElementsAttr::get(type, values);
  }
  SmallVector<APInt> values;
  for (const Scalar &s : elements)
    values.push_back(std::get<APInt>(s));
  return DenseElementsAttr::get(type, values);
}

std::optional<Scalar> portico::splatValue(Attribute attr) {
  auto dense = dyn_cast_or_null<DenseElementsAttr>(attr);
  if (!dense || !dense.isSplat() || dense.getNumElements() == 0)
    return std::nullopt;
  return elementAt(dense, 0);
}

bool portico::isSplatOf(Attribute attr, int64_t value) {
  std::optional<Scalar> scalar = splatValue(attr);
  if (!scalar)
    return false;
  if (auto *integer = std::get_if<APInt>(&*scalar))
    return *integer == APInt(integer->getBitWidth(), value, true, true);
  const APFloat &real = std::get<APFloat>(*scalar);
  APFloat wanted(real.getSemantics());
  wanted.convertFromAPInt(APInt(64, value, true), true, APFloat::rmNearestTiesToEven);
  return real.bitwiseIsEqual(wanted);
}

bool portico::isSplatOfNegativeZero(Attribute attr) {
  std::optional<Scalar> scalar = splatValue(attr);
  auto *real = scalar ? std::get_if<APFloat>(&*scalar) : nullptr;
  return real && real->isNegZero();
}

bool portico::isSplatOfOnes(Attribute attr) {
  std::optional<Scalar> scalar = splatValue(attr);
  auto *integer = scalar ? std::get_if<APInt>(&*scalar) : nullptr;
  return integer && integer->isAllOnes();
}

DenseElementsAttr portico::splatOf(Type tensorType, int64_t value) {
  auto type = cast<ShapedType>(tensorType);
  if (auto floatType = dyn_cast<FloatType>(type.getElementType())) {
    APFloat real(floatType.getFloatSemantics());
    real.convertFromAPInt(APInt(64, value, true), true, APFloat::rmNearestTiesToEven);
    return DenseElementsAttr::get(type, real);
  }
  unsigned width = type.getElementType().getIntOrFloatBitWidth();
  return DenseElementsAttr::get(type, APInt(width, value, true, true));
}

Attribute portico::foldElements(ArrayRef<Attribute> operands, Type resultType,
                                function_ref<std::optional<Scalar>(ArrayRef<Scalar>)> fn) {
  auto type = cast<ShapedType>(resultType);
  bool allSplat = true;
  SmallVector<DenseElementsAttr, 3> constants;
  for (Attribute operand : operands) {
    auto dense = dyn_cast_or_null<DenseElementsAttr>(operand);
    if (!dense)
      return {};
    allSplat &= dense.isSplat();
    constants.push_back(dense);
  }
  int64_t count = type.getNumElements();
  if (count == 0 || (!allSplat && count > maxFoldedElements))
    return {};
  SmallVector<Scalar> results;
  for (int64_t i = 0, e = allSplat ? 1 : count; i < e; ++i) {
    SmallVector<Scalar, 3> arguments;
    for (DenseElementsAttr constant : constants)
      arguments.push_back(elementAt(constant, i));
    std::optional<Scalar> result = fn(arguments);
    if (!result)
      return {};
    results.push_back(*result);
  }
  return makeConstant(type, results);
}

Attribute portico::foldMovement(Attribute attr, Type resultType,
                                function_ref<int64_t(ArrayRef<int64_t>)> source) {
  auto type = cast<ShapedType>(resultType);
  auto dense = dyn_cast_or_null<DenseElementsAttr>(attr);
  int64_t count = type.getNumElements();
  if (!dense || count == 0)
    return {};
  if (dense.isSplat())
    return dense.resizeSplat(type);
  if (count > maxFoldedElements)
    return {};
  SmallVector<Scalar> results;
  SmallVector<int64_t> index(type.getRank(), 0);
  for (int64_t i = 0; i < count; ++i) {
    results.push_back(elementAt(dense, source(index)));
    for (int64_t d = type.getRank() - 1; d >= 0 && ++index[d] == type.getDimSize(d); --d)
      index[d] = 0;
  }
  return makeConstant(type, results);
}
