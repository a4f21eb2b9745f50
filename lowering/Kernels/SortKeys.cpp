//===- SortKeys.cpp ---------------------------------------------------------===//

#include "lowering/Kernels/SortKeys.h"

#include "lowering/ToLinalg/Casts.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace portico;

int64_t portico::sortKeyBits(Type elem) { return storageType(elem).getIntOrFloatBitWidth(); }

Value portico::emitSortKey(LoopEmitter &e, Value stored, Type elem, bool descending) {
  OpBuilder &b = e.b;
  int64_t bits = sortKeyBits(elem);
  Type type = b.getIntegerType(bits);
  auto number = [&](const APInt &value) -> Value {
    return arith::ConstantOp::create(b, e.loc, b.getIntegerAttr(type, value));
  };
  Value sign = number(APInt::getSignMask(bits)), ones = number(APInt::getAllOnes(bits));
  Value key;
  if (auto floatType = dyn_cast<FloatType>(elem)) {
    const llvm::fltSemantics &semantics = floatType.getFloatSemantics();
    APInt infinity = APFloat::getInf(semantics).bitcastToAPInt();
    Value raw = arith::BitcastOp::create(b, e.loc, type, stored);
    Value magnitude = arith::AndIOp::create(b, e.loc, raw, number(APInt::getSignedMaxValue(bits)));
    Value zero = number(APInt::getZero(bits));
    auto compare = [&](arith::CmpIPredicate p, Value x, Value y) -> Value {
      return arith::CmpIOp::create(b, e.loc, p, x, y);
    };
    Value isZero = compare(arith::CmpIPredicate::eq, magnitude, zero);
    raw = arith::SelectOp::create(b, e.loc, isZero, zero, raw);
    // Negative numbers: the larger the magnitude, the smaller.
    Value negative = compare(arith::CmpIPredicate::slt, raw, zero);
    Value flip = arith::SelectOp::create(b, e.loc, negative, ones, sign);
    key = arith::XOrIOp::create(b, e.loc, raw, flip);
    Value isNan = compare(arith::CmpIPredicate::ugt, magnitude, number(infinity));
    key = arith::SelectOp::create(b, e.loc, isNan, ones, key);
  } else {
    bool isSigned = !elem.isUnsignedInteger() && !elem.isInteger(1);
    key = isSigned ? Value(arith::XOrIOp::create(b, e.loc, stored, sign)) : stored;
  }
  return descending ? Value(arith::XOrIOp::create(b, e.loc, key, ones)) : key;
}
