//===- LaneBuilder.cpp - values, indices and memory in W lanes --------------===//

#include "lowering/Kernels/Lanes.h"

#include "lowering/ToLinalg/Casts.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;

namespace portico {

static std::optional<int64_t> constantOf(Value value) {
  APInt c;
  if (matchPattern(value, m_ConstantInt(&c)))
    return c.getSExtValue();
  return std::nullopt;
}

Value LaneBuilder::index(int64_t value) { return arith::ConstantIndexOp::create(b, loc, value); }

Value LaneBuilder::broadcast(Value value) {
  if (isa<VectorType>(value.getType()))
    return value;
  return vector::BroadcastOp::create(b, loc, vectorOf(value.getType()), value);
}

Value LaneBuilder::maskAnd(Value x, Value y) {
  if (!x || !y)
    return x ? x : y;
  return arith::AndIOp::create(b, loc, broadcast(x), broadcast(y));
}

//===----------------------------------------------------------------------===//
// Indices
//===----------------------------------------------------------------------===//

VaryingIndex LaneBuilder::add(VaryingIndex x, VaryingIndex y) {
  if (x.vector || y.vector)
    return {nullptr, 0, arith::AddIOp::create(b, loc, materialize(x), materialize(y))};
  int64_t stride = x.stride + y.stride;
  auto cx = constantOf(x.base), cy = constantOf(y.base);
  if (cx && cy)
    return {index(*cx + *cy), stride, nullptr};
  if (cx && *cx == 0)
    return {y.base, stride, nullptr};
  if (cy && *cy == 0)
    return {x.base, stride, nullptr};
  return {arith::AddIOp::create(b, loc, x.base, y.base), stride, nullptr};
}

VaryingIndex LaneBuilder::scale(VaryingIndex x, int64_t factor) {
  if (factor == 1)
    return x;
  if (x.vector) {
    Value c = intConstantLike(b, loc, x.vector.getType(), factor);
    return {nullptr, 0, arith::MulIOp::create(b, loc, x.vector, c)};
  }
  if (auto c = constantOf(x.base))
    return {index(*c * factor), x.stride * factor, nullptr};
  return {arith::MulIOp::create(b, loc, x.base, index(factor)), x.stride * factor, nullptr};
}

VaryingIndex LaneBuilder::divide(VaryingIndex x, int64_t divisor, bool remainder) {
  // Indices that are used are not negative; lanes that are masked off may be.
  auto make = [&](Value v, Value d) -> Value {
    if (remainder)
      return arith::RemUIOp::create(b, loc, v, d);
    return arith::DivUIOp::create(b, loc, v, d);
  };
  if (x.isUniform()) {
    if (auto c = constantOf(x.base); c && *c >= 0)
      return uniform(index(remainder ? *c % divisor : *c / divisor));
    return uniform(make(x.base, index(divisor)));
  }
  Value v = materialize(x);
  return {nullptr, 0, make(v, intConstantLike(b, loc, v.getType(), divisor))};
}

VaryingIndex LaneBuilder::evaluate(AffineExpr expr, ArrayRef<VaryingIndex> dims,
                                   ArrayRef<VaryingIndex> symbols) {
  if (auto c = dyn_cast<AffineConstantExpr>(expr))
    return uniform(index(c.getValue()));
  if (auto d = dyn_cast<AffineDimExpr>(expr))
    return dims[d.getPosition()];
  if (auto s = dyn_cast<AffineSymbolExpr>(expr))
    return symbols[s.getPosition()];
  auto binary = cast<AffineBinaryOpExpr>(expr);
  VaryingIndex lhs = evaluate(binary.getLHS(), dims, symbols);
  if (expr.getKind() == AffineExprKind::Add)
    return add(lhs, evaluate(binary.getRHS(), dims, symbols));
  int64_t constant = cast<AffineConstantExpr>(binary.getRHS()).getValue();
  if (expr.getKind() == AffineExprKind::Mul)
    return scale(lhs, constant);
  return divide(lhs, constant, expr.getKind() == AffineExprKind::Mod);
}

Value LaneBuilder::materialize(VaryingIndex x) {
  if (x.vector)
    return x.vector;
  Type elem = b.getIntegerType(indexBits);
  VectorType type = vectorOf(elem);
  SmallVector<APInt> steps;
  for (int64_t lane = 0; lane < lanes; ++lane)
    steps.push_back(APInt(indexBits, lane * x.stride, /*isSigned=*/true, /*implicitTrunc=*/true));
  auto base = constantOf(x.base);
  if (base)
    for (APInt &step : steps)
      step += APInt(indexBits, *base, /*isSigned=*/true, /*implicitTrunc=*/true);
  Value offsets = arith::ConstantOp::create(b, loc, DenseElementsAttr::get(type, steps));
  if (base)
    return offsets;
  Value splat = broadcast(arith::IndexCastOp::create(b, loc, elem, x.base));
  return x.stride == 0 ? splat : Value(arith::AddIOp::create(b, loc, splat, offsets));
}

Value LaneBuilder::toInteger(VaryingIndex x) {
  if (x.isUniform())
    return arith::IndexCastOp::create(b, loc, b.getI64Type(), x.base);
  Value v = materialize(x);
  return indexBits == 64 ? v : Value(arith::ExtSIOp::create(b, loc, vectorOf(b.getI64Type()), v));
}

VaryingIndex LaneBuilder::fromInteger(Value x) {
  if (!isa<VectorType>(x.getType()))
    return uniform(arith::IndexCastOp::create(b, loc, b.getIndexType(), x));
  unsigned bits = getElementTypeOrSelf(x.getType()).getIntOrFloatBitWidth();
  VectorType type = vectorOf(b.getIntegerType(indexBits));
  if (bits > indexBits)
    x = arith::TruncIOp::create(b, loc, type, x);
  else if (bits < indexBits)
    x = arith::ExtSIOp::create(b, loc, type, x);
  return {nullptr, 0, x};
}

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

Value LaneBuilder::firstLanes(Value count) {
  return vector::CreateMaskOp::create(b, loc, vectorOf(b.getI1Type()), count);
}

/// The lanes from last to first.
static Value reversed(OpBuilder &b, Location loc, Value vector, int64_t lanes) {
  SmallVector<int64_t> order;
  for (int64_t lane = lanes - 1; lane >= 0; --lane)
    order.push_back(lane);
  return vector::ShuffleOp::create(b, loc, vector, vector, order);
}

Value LaneBuilder::load(Value memref, VaryingIndex at, Value mask, bool guarded) {
  Type elem = cast<MemRefType>(memref.getType()).getElementType();
  VectorType type = vectorOf(elem);
  // In the tail of a loop some lane is active, so an address that is the same
  // for all of them is good; under a guard perhaps none is.
  if (at.isUniform() && !(mask && guarded))
    return memref::LoadOp::create(b, loc, memref, at.base);
  if (!at.vector && at.stride == 1 && !mask)
    return vector::LoadOp::create(b, loc, type, memref, at.base);
  if (!at.vector && at.stride == -1 && !mask) {
    Value first = arith::SubIOp::create(b, loc, at.base, index(lanes - 1));
    return reversed(b, loc, vector::LoadOp::create(b, loc, type, memref, first), lanes);
  }
  Value zero = arith::ConstantOp::create(b, loc, b.getZeroAttr(type));
  if (!at.vector && at.stride == 1)
    return vector::MaskedLoadOp::create(b, loc, type, memref, at.base, mask, zero);
  if (!mask)
    mask = arith::ConstantOp::create(
        b, loc, DenseElementsAttr::get(vectorOf(b.getI1Type()), b.getBoolAttr(true)));
  Value base = index(0), offsets;
  if (at.vector) {
    offsets = at.vector;
  } else {
    base = at.base;
    offsets = materialize({index(0), at.stride, nullptr});
  }
  return vector::GatherOp::create(b, loc, type, memref, base, offsets, mask, zero);
}

static uint64_t vectorBytes(Value value) {
  auto type = cast<VectorType>(value.getType());
  return type.getNumElements() * type.getElementTypeBitWidth() / 8;
}

void LaneBuilder::store(Value value, Value memref, VaryingIndex at, Value mask) {
  if (at.isUniform()) {
    memref::StoreOp::create(b, loc, value, memref, at.base);
    return;
  }
  value = broadcast(value);
  if (!at.vector && at.stride == 1) {
    if (mask)
      vector::MaskedStoreOp::create(b, loc, memref, at.base, mask, value);
    else
      vector::StoreOp::create(b, loc, value, memref, at.base, /*nontemporal=*/streaming,
                              streaming ? llvm::MaybeAlign(vectorBytes(value))
                                        : llvm::MaybeAlign());
    return;
  }
  if (!mask)
    mask = arith::ConstantOp::create(
        b, loc, DenseElementsAttr::get(vectorOf(b.getI1Type()), b.getBoolAttr(true)));
  Value base = index(0), offsets;
  if (at.vector) {
    offsets = at.vector;
  } else {
    base = at.base;
    offsets = materialize({index(0), at.stride, nullptr});
  }
  vector::ScatterOp::create(b, loc, /*resultType=*/Type(), memref, base, offsets, mask, value);
}

} // namespace portico
