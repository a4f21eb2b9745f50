//===- Reductions.cpp - what combines elements, and with what it begins -----===//

#include "lowering/ToLinalg/Reductions.h"

#include "lowering/ToLinalg/Casts.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace portico {

static bool isUnsignedElem(Type elem) { return elem.isInteger(1) || elem.isUnsignedInteger(8); }

TypedAttr reductionIdentityAttr(Builder &b, ReduceKind kind, Type elem) {
  Type type = computeType(elem);
  if (auto f = dyn_cast<FloatType>(type)) {
    switch (kind) {
    case ReduceKind::Sum:
      // x + -0 is x for every x; 0 would turn a sum of -0 into 0, as PyTorch has it.
      return b.getFloatAttr(f, 0.0);
    case ReduceKind::Prod:
      return b.getFloatAttr(f, 1.0);
    case ReduceKind::Max:
    case ReduceKind::Min:
      return b.getFloatAttr(f, APFloat::getInf(f.getFloatSemantics(), kind == ReduceKind::Max));
    }
  }
  unsigned bits = type.getIntOrFloatBitWidth();
  bool isUnsigned = isUnsignedElem(elem);
  auto get = [&](APInt v) { return b.getIntegerAttr(type, v); };
  switch (kind) {
  case ReduceKind::Sum:
    return get(APInt(bits, 0));
  case ReduceKind::Prod:
    return get(APInt(bits, 1));
  case ReduceKind::Max:
    return get(isUnsigned ? APInt::getMinValue(bits) : APInt::getSignedMinValue(bits));
  case ReduceKind::Min:
    return get(isUnsigned ? APInt::getMaxValue(bits) : APInt::getSignedMaxValue(bits));
  }
  llvm_unreachable("all kinds are above");
}

Value reductionIdentity(OpBuilder &b, Location loc, ReduceKind kind, Type elem) {
  return arith::ConstantOp::create(b, loc, reductionIdentityAttr(b, kind, elem));
}

Value emitCombine(OpBuilder &b, Location loc, ReduceKind kind, Type elem, Value x, Value y) {
  bool isFloat = isa<FloatType>(elem), isUnsigned = isUnsignedElem(elem);
  switch (kind) {
  case ReduceKind::Sum:
    if (isFloat)
      return arith::AddFOp::create(b, loc, x, y);
    return arith::AddIOp::create(b, loc, x, y);
  case ReduceKind::Prod:
    if (isFloat)
      return arith::MulFOp::create(b, loc, x, y);
    return arith::MulIOp::create(b, loc, x, y);
  case ReduceKind::Max:
    if (isFloat)
      return arith::MaximumFOp::create(b, loc, x, y);
    if (isUnsigned)
      return arith::MaxUIOp::create(b, loc, x, y);
    return arith::MaxSIOp::create(b, loc, x, y);
  case ReduceKind::Min:
    if (isFloat)
      return arith::MinimumFOp::create(b, loc, x, y);
    if (isUnsigned)
      return arith::MinUIOp::create(b, loc, x, y);
    return arith::MinSIOp::create(b, loc, x, y);
  }
  llvm_unreachable("all kinds are above");
}

std::pair<Value, Value> emitArgCombine(OpBuilder &b, Location loc, ReduceKind kind, Type elem,
                                       std::pair<Value, Value> best,
                                       std::pair<Value, Value> candidate) {
  bool isMax = kind == ReduceKind::Max;
  Value x = candidate.first, y = best.first;
  auto both = [&](Value p, Value q) -> Value { return arith::AndIOp::create(b, loc, p, q); };
  auto either = [&](Value p, Value q) -> Value { return arith::OrIOp::create(b, loc, p, q); };
  Value better, equal;
  if (isa<FloatType>(elem)) {
    using P = arith::CmpFPredicate;
    auto cmp = [&](P p, Value u, Value v) -> Value {
      return arith::CmpFOp::create(b, loc, p, u, v);
    };
    Value xNan = cmp(P::UNO, x, x), yNan = cmp(P::UNO, y, y);
    Value yOrdered = cmp(P::ORD, y, y);
    better = either(cmp(isMax ? P::OGT : P::OLT, x, y), both(xNan, yOrdered));
    equal = either(cmp(P::OEQ, x, y), both(xNan, yNan));
  } else {
    using P = arith::CmpIPredicate;
    bool isUnsigned = isUnsignedElem(elem);
    P p = isMax ? (isUnsigned ? P::ugt : P::sgt) : (isUnsigned ? P::ult : P::slt);
    better = arith::CmpIOp::create(b, loc, p, x, y);
    equal = arith::CmpIOp::create(b, loc, P::eq, x, y);
  }
  Value earlier =
      arith::CmpIOp::create(b, loc, arith::CmpIPredicate::slt, candidate.second, best.second);
  Value wins = either(better, both(equal, earlier));
  return {arith::SelectOp::create(b, loc, wins, x, y),
          arith::SelectOp::create(b, loc, wins, candidate.second, best.second)};
}

constexpr StringLiteral kKind = "portico.combine", kElem = "portico.combined_type";

void nameCombiner(linalg::GenericOp generic, ReduceKind kind, Type elem) {
  Builder b(generic.getContext());
  generic->setAttr(kKind, b.getI64IntegerAttr(static_cast<int64_t>(kind)));
  generic->setAttr(kElem, TypeAttr::get(elem));
}

Combiner::Combiner(linalg::GenericOp generic)
    : kind(static_cast<ReduceKind>(generic->getAttrOfType<IntegerAttr>(kKind).getInt())),
      elem(generic->getAttrOfType<TypeAttr>(kElem).getValue()) {
  // `emitCombine` takes the element second; `emitArgCombine` selects it.
  for (Value yielded : generic.getBody()->getTerminator()->getOperands())
    inputs.push_back(yielded.getDefiningOp()->getOperand(1));
}

SmallVector<Type, 2> Combiner::types() const {
  SmallVector<Type, 2> result{computeType(elem)};
  if (inputs.size() == 2)
    result.push_back(IntegerType::get(elem.getContext(), 64));
  return result;
}

SmallVector<Value, 2> Combiner::identities(OpBuilder &b, Location loc,
                                           llvm::function_ref<Type(Type)> shape) {
  SmallVector<Value, 2> result;
  auto make = [&](TypedAttr value) {
    Type type = shape(value.getType());
    if (auto vector = dyn_cast<VectorType>(type))
      value = DenseElementsAttr::get(vector, Attribute(value));
    result.push_back(arith::ConstantOp::create(b, loc, value));
  };
  make(reductionIdentityAttr(b, kind, elem));
  if (inputs.size() == 2)
    make(b.getI64IntegerAttr(INT64_MAX));
  return result;
}

SmallVector<Value, 2> Combiner::combine(OpBuilder &b, Location loc, ValueRange x, ValueRange y) {
  if (inputs.size() == 1)
    return {emitCombine(b, loc, kind, elem, x[0], y[0])};
  auto best = emitArgCombine(b, loc, kind, elem, {x[0], x[1]}, {y[0], y[1]});
  return {best.first, best.second};
}

} // namespace portico
