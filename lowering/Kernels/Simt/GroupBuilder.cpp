//===- GroupBuilder.cpp - what work-items do together -----------------------===//

#include "lowering/Kernels/Simt/GroupBuilder.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace portico;

Value GroupBuilder::index(int64_t value) { return arith::ConstantIndexOp::create(b, loc, value); }

Value GroupBuilder::item() { return gpu::ThreadIdOp::create(b, loc, gpu::Dimension::x); }

Value GroupBuilder::group() { return gpu::BlockIdOp::create(b, loc, gpu::Dimension::x); }

void GroupBuilder::barrier() { gpu::BarrierOp::create(b, loc); }

GroupBuilder::Values GroupBuilder::loop(Value from, Value to, Value step, ValueRange inits,
                                        llvm::function_ref<Values(Value, ValueRange)> body) {
  auto made = scf::ForOp::create(b, loc, from, to, step, inits);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(made.getBody());
  Values results = body(made.getInductionVar(), made.getRegionIterArgs());
  // Without values the loop has its end already.
  if (!inits.empty())
    scf::YieldOp::create(b, loc, results);
  return Values(made.getResults());
}

static Attribute workgroupSpace(MLIRContext *context) {
  return gpu::AddressSpaceAttr::get(context, gpu::AddressSpace::Workgroup);
}

void GroupBuilder::allocateGroup(int64_t bytes) {
  if (bytes == 0)
    return;
  auto type = MemRefType::get({bytes}, b.getI8Type(), AffineMap(), workgroupSpace(b.getContext()));
  memory = memref::AllocaOp::create(b, loc, type, b.getI64IntegerAttr(16));
}

Value GroupBuilder::viewGroup(int64_t offset, int64_t count, Type elem) {
  auto type = MemRefType::get({count}, elem, AffineMap(), workgroupSpace(b.getContext()));
  return memref::ViewOp::create(b, loc, type, memory, index(offset), ValueRange());
}

Value GroupBuilder::exchangeWord(Value word, int64_t mask) {
  return gpu::ShuffleOp::create(b, loc, word, int32_t(mask), int32_t(simt.subgroupSize),
                                gpu::ShuffleMode::XOR)
      .getShuffleResult();
}

// Machines exchange words of 32 bits; other values are made of them.
Value GroupBuilder::exchange(Value value, int64_t mask) {
  Type type = value.getType(), word = b.getI32Type();
  unsigned bits = type.getIntOrFloatBitWidth();
  Value integer = value;
  if (!isa<IntegerType>(type))
    integer = arith::BitcastOp::create(b, loc, b.getIntegerType(bits), value);
  if (bits == 64) {
    auto pair = VectorType::get({2}, word);
    Value words = vector::BitCastOp::create(
        b, loc, pair,
        vector::BroadcastOp::create(b, loc, VectorType::get({1}, b.getI64Type()), integer));
    SmallVector<Value> moved;
    for (int64_t k = 0; k < 2; ++k)
      moved.push_back(exchangeWord(vector::ExtractOp::create(b, loc, words, k), mask));
    Value joined = vector::FromElementsOp::create(b, loc, pair, moved);
    Value whole = vector::BitCastOp::create(b, loc, VectorType::get({1}, b.getI64Type()), joined);
    integer = vector::ExtractOp::create(b, loc, whole, 0);
  } else if (bits == 32) {
    integer = exchangeWord(integer, mask);
  } else {
    Value wide = arith::ExtUIOp::create(b, loc, word, integer);
    integer = arith::TruncIOp::create(b, loc, integer.getType(), exchangeWord(wide, mask));
  }
  if (isa<IntegerType>(type))
    return integer;
  return arith::BitcastOp::create(b, loc, type, integer);
}
