//===- LoopEmitter.cpp ------------------------------------------------------===//

#include "lowering/Kernels/LoopEmitter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace portico;

LoopEmitter::LoopEmitter(Location loc, Block *entry)
    : b(OpBuilder::atBlockEnd(entry)), loc(loc), entry(entry) {}

//===----------------------------------------------------------------------===//
// Index values
//===----------------------------------------------------------------------===//

Value LoopEmitter::idx(int64_t value) {
  Value &known = constants[value];
  if (!known) {
    OpBuilder top = OpBuilder::atBlockBegin(entry);
    known = arith::ConstantIndexOp::create(top, loc, value);
  }
  return known;
}

std::optional<int64_t> LoopEmitter::constantOf(Value v) {
  APInt value;
  if (matchPattern(v, m_ConstantInt(&value)))
    return value.getSExtValue();
  return std::nullopt;
}

Value LoopEmitter::add(Value x, Value y) {
  auto cx = constantOf(x), cy = constantOf(y);
  if (cx && cy)
    return idx(*cx + *cy);
  if (cx && *cx == 0)
    return y;
  if (cy && *cy == 0)
    return x;
  return arith::AddIOp::create(b, loc, x, y);
}

Value LoopEmitter::sub(Value x, Value y) {
  auto cx = constantOf(x), cy = constantOf(y);
  if (cx && cy)
    return idx(*cx - *cy);
  if (cy)
    return add(x, -*cy);
  return arith::SubIOp::create(b, loc, x, y);
}

Value LoopEmitter::mul(Value x, Value y) {
  auto cx = constantOf(x), cy = constantOf(y);
  if (cx && cy)
    return idx(*cx * *cy);
  if ((cx && *cx == 0) || (cy && *cy == 1))
    return x;
  if ((cy && *cy == 0) || (cx && *cx == 1))
    return y;
  return arith::MulIOp::create(b, loc, x, y);
}

Value LoopEmitter::div(Value x, int64_t y) {
  if (y == 1)
    return x;
  if (auto cx = constantOf(x))
    return idx(*cx / y);
  return arith::DivUIOp::create(b, loc, x, idx(y));
}

Value LoopEmitter::rem(Value x, int64_t y) {
  if (y == 1)
    return idx(0);
  if (auto cx = constantOf(x))
    return idx(*cx % y);
  return arith::RemUIOp::create(b, loc, x, idx(y));
}

Value LoopEmitter::min(Value x, Value y) {
  auto cx = constantOf(x), cy = constantOf(y);
  if (cx && cy)
    return idx(std::min(*cx, *cy));
  return arith::MinSIOp::create(b, loc, x, y);
}

Value LoopEmitter::max(Value x, Value y) {
  auto cx = constantOf(x), cy = constantOf(y);
  if (cx && cy)
    return idx(std::max(*cx, *cy));
  return arith::MaxSIOp::create(b, loc, x, y);
}

Value LoopEmitter::less(Value x, Value y) {
  return b.createOrFold<arith::CmpIOp>(loc, arith::CmpIPredicate::slt, x, y);
}

Value LoopEmitter::equal(Value x, Value y) {
  return b.createOrFold<arith::CmpIOp>(loc, arith::CmpIPredicate::eq, x, y);
}

Value LoopEmitter::both(Value x, Value y) { return b.createOrFold<arith::AndIOp>(loc, x, y); }

Value LoopEmitter::select(Value condition, Value x, Value y) {
  return b.createOrFold<arith::SelectOp>(loc, condition, x, y);
}

LoopEmitter::Values LoopEmitter::delinearize(Value linear, ArrayRef<int64_t> sizes) {
  Values index(sizes.size());
  for (int64_t i = int64_t(sizes.size()) - 1; i >= 0; --i) {
    index[i] = i == 0 ? linear : rem(linear, sizes[i]);
    if (i > 0)
      linear = div(linear, sizes[i]);
  }
  return index;
}

Value LoopEmitter::dot(ArrayRef<Value> index, ArrayRef<int64_t> strides) {
  Value sum = idx(0);
  for (auto [i, stride] : llvm::zip_equal(index, strides))
    sum = add(sum, mul(i, stride));
  return sum;
}

//===----------------------------------------------------------------------===//
// Control flow
//===----------------------------------------------------------------------===//

void LoopEmitter::loop(Value lo, Value hi, int64_t step, function_ref<void(Value)> body) {
  loop(lo, hi, step, ValueRange(), [&](Value i, ValueRange) {
    body(i);
    return Values();
  });
}

LoopEmitter::Values LoopEmitter::loop(Value lo, Value hi, int64_t step, ValueRange init,
                                      function_ref<Values(Value, ValueRange)> body) {
  auto from = constantOf(lo), to = constantOf(hi);
  if (from && to && *from >= *to)
    return llvm::to_vector(init);
  if (from && to && *from + step >= *to)
    return body(lo, init);
  auto loop = scf::ForOp::create(b, loc, lo, hi, idx(step), init);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(loop.getBody());
  Values next = body(loop.getInductionVar(), loop.getRegionIterArgs());
  if (!init.empty())
    scf::YieldOp::create(b, loc, next);
  return Values(loop.getResults());
}

void LoopEmitter::loopLanes(int64_t count, int64_t lanes, function_ref<void(Value, int64_t)> body) {
  int64_t from = 0;
  // Vectors of two are not worth code of their own.
  for (int64_t n = lanes; n >= 1; n = n > 4 ? n / 2 : n > 1 ? 1 : 0) {
    int64_t to = from + (count - from) / n * n;
    loop(from, to, n, [&](Value i) { body(i, n); });
    from = to;
  }
}

void LoopEmitter::when(Value condition, function_ref<void()> then, function_ref<void()> otherwise) {
  if (auto known = constantOf(condition)) {
    if (*known)
      then();
    else if (otherwise)
      otherwise();
    return;
  }
  auto branch = scf::IfOp::create(b, loc, condition, /*withElseRegion=*/bool(otherwise));
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(branch.thenBlock());
  then();
  if (otherwise) {
    b.setInsertionPointToStart(branch.elseBlock());
    otherwise();
  }
}

LoopEmitter::Values LoopEmitter::choose(Value condition, function_ref<Values()> then,
                                        function_ref<Values()> otherwise) {
  if (auto known = constantOf(condition))
    return *known ? then() : otherwise();
  auto branch = scf::IfOp::create(
      b, loc, condition,
      [&](OpBuilder &inner, Location) {
        OpBuilder::InsertionGuard guard(b);
        b.setInsertionPoint(inner.getInsertionBlock(), inner.getInsertionPoint());
        scf::YieldOp::create(b, loc, then());
      },
      [&](OpBuilder &inner, Location) {
        OpBuilder::InsertionGuard guard(b);
        b.setInsertionPoint(inner.getInsertionBlock(), inner.getInsertionPoint());
        scf::YieldOp::create(b, loc, otherwise());
      });
  return Values(branch.getResults());
}

LoopEmitter::Values LoopEmitter::loopWhile(ValueRange init,
                                           function_ref<Value(ValueRange)> condition,
                                           function_ref<Values(ValueRange)> body) {
  auto loop = scf::WhileOp::create(b, loc, init.getTypes(), init);
  SmallVector<Location> locs(init.size(), loc);
  OpBuilder::InsertionGuard guard(b);
  Block *before = b.createBlock(&loop.getBefore(), {}, init.getTypes(), locs);
  scf::ConditionOp::create(b, loc, condition(before->getArguments()), before->getArguments());
  Block *after = b.createBlock(&loop.getAfter(), {}, init.getTypes(), locs);
  scf::YieldOp::create(b, loc, body(after->getArguments()));
  return Values(loop.getResults());
}

Value LoopEmitter::counter() {
  // At the top: a stack slot made in a loop is a new one each time.
  OpBuilder top = OpBuilder::atBlockBegin(entry);
  return memref::AllocaOp::create(top, loc, MemRefType::get({1}, top.getIndexType()));
}

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

static Type elementOf(Value memory) { return cast<MemRefType>(memory.getType()).getElementType(); }

Value LoopEmitter::load(Value memory, Value index) {
  return memref::LoadOp::create(b, loc, memory, ValueRange(index));
}

void LoopEmitter::store(Value value, Value memory, Value index) {
  memref::StoreOp::create(b, loc, value, memory, ValueRange(index));
}

Value LoopEmitter::loadVector(Value memory, Value index, int64_t lanes, Value mask) {
  auto type = VectorType::get({lanes}, elementOf(memory));
  if (!mask)
    return vector::LoadOp::create(b, loc, type, memory, ValueRange(index));
  return vector::MaskedLoadOp::create(b, loc, type, memory, ValueRange(index), mask, zero(type));
}

void LoopEmitter::storeVector(Value value, Value memory, Value index, Value mask) {
  if (!mask)
    vector::StoreOp::create(b, loc, value, memory, ValueRange(index));
  else
    vector::MaskedStoreOp::create(b, loc, memory, ValueRange(index), mask, value);
}

void LoopEmitter::prefetch(Value memory, Value index) {
  memref::PrefetchOp::create(b, loc, memory, ValueRange(index), /*isWrite=*/false,
                             /*localityHint=*/3, /*isDataCache=*/true);
}

void LoopEmitter::prefetchForWrite(Value memory, Value index) {
  memref::PrefetchOp::create(b, loc, memory, ValueRange(index), /*isWrite=*/true,
                             /*localityHint=*/3, /*isDataCache=*/true);
}

Value LoopEmitter::firstLanes(Value count, int64_t lanes) {
  return vector::CreateMaskOp::create(b, loc, VectorType::get({lanes}, b.getI1Type()),
                                      ValueRange(count));
}

Value LoopEmitter::view(Value bytes, int64_t byteOffset, int64_t count, Type elem) {
  return memref::ViewOp::create(b, loc, MemRefType::get({count}, elem), bytes, idx(byteOffset),
                                ValueRange());
}

//===----------------------------------------------------------------------===//
// Vectors and scalars
//===----------------------------------------------------------------------===//

Type LoopEmitter::vectorOf(Type elem, int64_t lanes) {
  return lanes == 1 ? elem : VectorType::get({lanes}, elem);
}

Value LoopEmitter::splat(Value scalar, int64_t lanes) {
  if (lanes == 1)
    return scalar;
  return vector::BroadcastOp::create(b, loc, VectorType::get({lanes}, scalar.getType()), scalar);
}

Value LoopEmitter::zero(Type type) {
  return arith::ConstantOp::create(b, loc, type, cast<TypedAttr>(b.getZeroAttr(type)));
}

Value LoopEmitter::multiplyAdd(Value x, Value y, Value acc) {
  // Not vector.fma: that one lets the code generator round twice.
  if (isa<FloatType>(getElementTypeOrSelf(acc.getType())))
    return math::FmaOp::create(b, loc, x, y, acc);
  return arith::AddIOp::create(b, loc, acc, arith::MulIOp::create(b, loc, x, y));
}

Value LoopEmitter::addNumbers(Value x, Value y) {
  if (isa<FloatType>(getElementTypeOrSelf(x.getType())))
    return arith::AddFOp::create(b, loc, x, y);
  return arith::AddIOp::create(b, loc, x, y);
}

Value LoopEmitter::indexToInt(Value index, Type type) {
  return arith::IndexCastOp::create(b, loc, type, index);
}

Value LoopEmitter::intToIndex(Value value) {
  return arith::IndexCastOp::create(b, loc, b.getIndexType(), value);
}

LoopEmitter::Values LoopEmitter::transpose(Values rows) {
  int64_t n = rows.size();
  // Stage by stage, blocks of `half` lanes swap sides between rows `half` apart:
  //   [a0 a1] [b0 b1] -> [a0 b0] [a1 b1]
  for (int64_t half = 1; half < n; half *= 2) {
    SmallVector<int64_t> low(n), high(n);
    for (int64_t lane = 0; lane < n; ++lane) {
      bool second = lane & half;
      low[lane] = second ? n + lane - half : lane;
      high[lane] = second ? n + lane : lane + half;
    }
    for (int64_t i = 0; i < n; ++i) {
      if (i & half)
        continue;
      Value x = rows[i], y = rows[i + half];
      rows[i] = vector::ShuffleOp::create(b, loc, x, y, low);
      rows[i + half] = vector::ShuffleOp::create(b, loc, x, y, high);
    }
  }
  return rows;
}
