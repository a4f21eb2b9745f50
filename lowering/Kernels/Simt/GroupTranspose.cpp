//===- GroupTranspose.cpp - inputs that lie across the result's rows --------===//
//
// A group does a tile of kTile x kTile points. An input that lies across is read
// along its own contiguous dimension into group memory and taken from there along
// the rows of the result, so that both sides touch memory in runs:
//
//   group[column][row] = x[.., row]    neighbouring work-items: neighbouring rows
//   barrier
//   y[row][column] = group[column][row]    neighbouring columns
//
//===----------------------------------------------------------------------===//

#include "lowering/Kernels/Simt/GroupLoops.h"

#include "lowering/Kernels/Loops.h"
#include "lowering/Kernels/Simt/GroupBuilder.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;

namespace portico {

constexpr int64_t kTile = 32, kRows = 8, kItems = kTile * kRows;
/// One element more than a row, so that a column meets every bank.
constexpr int64_t kPitch = kTile + 1;

void emitGroupTransposed(PhaseBuilder &phases, Nest &nest, unsigned dim, const TargetInfo &target) {
  NestStage &stage = nest.stages.front();
  Location loc = stage.generic.getLoc();
  OpBuilder b(phases.linalgFunc.getContext());
  unsigned inner = nest.sizes.size() - 1;
  int64_t height = nest.sizes[dim], width = nest.sizes[inner];
  SmallVector<int64_t> radix;
  for (unsigned k = 0; k < inner; ++k)
    if (k != dim)
      radix.push_back(nest.sizes[k]);
  radix.push_back(llvm::divideCeil(height, kTile));
  radix.push_back(llvm::divideCeil(width, kTile));
  int64_t groups = 1;
  for (int64_t size : radix)
    groups *= size;
  func::FuncOp f = phases.start(b, groups, 1);
  LaunchShape &launch = phases.abi.phases.back().shape;
  launch.grid = {uint32_t(groups), 1, 1};
  launch.block = {uint32_t(kItems), 1, 1};

  SmallVector<unsigned> crossing;
  int64_t bytes = 0;
  DenseMap<unsigned, int64_t> offsets;
  auto elementOf = [&](unsigned k) {
    return cast<MemRefType>(stage.generic->getOperand(k).getType()).getElementType();
  };
  // Inputs for which there is no group memory left are read where they lie.
  for (unsigned k = 0; k < stage.generic.getNumDpsInputs(); ++k) {
    int64_t end =
        llvm::alignTo(bytes + kTile * kPitch * elementOf(k).getIntOrFloatBitWidth() / 8, 16);
    if (!liesAcross(stage, k, dim, inner) || end > target.simt->groupMemoryBytes)
      continue;
    crossing.push_back(k);
    offsets[k] = bytes;
    bytes = end;
  }
  GroupBuilder group(b, loc, *target.simt);
  group.allocateGroup(bytes);
  LaneBuilder lanes(b, loc, /*lanes=*/1, indexBitsFor(nest));
  auto add = [&](Value x, Value y) -> Value { return arith::AddIOp::create(b, loc, x, y); };
  auto times = [&](Value x, int64_t y) -> Value {
    return arith::MulIOp::create(b, loc, x, lanes.index(y));
  };
  auto within = [&](Value x, int64_t bound) -> Value {
    return arith::MinUIOp::create(b, loc, x, lanes.index(bound - 1));
  };

  SmallVector<Value> digits = delinearize(b, loc, group.group(), radix);
  Value left = times(digits.pop_back_val(), kTile), top = times(digits.pop_back_val(), kTile);
  SmallVector<VaryingIndex> dims(nest.sizes.size());
  for (unsigned k = 0, digit = 0; k < inner; ++k)
    if (k != dim)
      dims[k] = lanes.uniform(digits[digit++]);
  Value x = arith::RemUIOp::create(b, loc, group.item(), lanes.index(kTile));
  Value y = arith::DivUIOp::create(b, loc, group.item(), lanes.index(kTile));
  DenseMap<unsigned, Value> tiles;
  for (unsigned k : crossing)
    tiles[k] = group.viewGroup(offsets[k], kTile * kPitch, elementOf(k));

  // Past the edge an element is read again that nobody takes.
  for (int64_t q = 0; q < kTile; q += kRows) {
    Value column = add(y, lanes.index(q));
    dims[dim] = lanes.uniform(within(add(top, x), height));
    dims[inner] = lanes.uniform(within(add(left, column), width));
    for (unsigned k : crossing) {
      Value memref = phases.memory(b, f, stage.generic->getOperand(k));
      VaryingIndex at = lanes.evaluate(stage.accesses[k], dims, {});
      Value value = lanes.load(memref, at, nullptr, /*guarded=*/false);
      memref::StoreOp::create(b, loc, value, tiles[k], ValueRange(add(times(column, kPitch), x)));
    }
  }
  group.barrier();
  for (int64_t q = 0; q < kTile; q += kRows) {
    Value row = add(y, lanes.index(q));
    Value atRow = add(top, row), atColumn = add(left, x);
    Value exists = arith::AndIOp::create(
        b, loc,
        arith::CmpIOp::create(b, loc, arith::CmpIPredicate::ult, atRow, lanes.index(height)),
        arith::CmpIOp::create(b, loc, arith::CmpIPredicate::ult, atColumn, lanes.index(width)));
    auto guard = scf::IfOp::create(b, loc, exists);
    OpBuilder::InsertionGuard insertion(b);
    b.setInsertionPoint(guard.thenBlock()->getTerminator());
    DenseMap<unsigned, Value> preloaded;
    for (unsigned k : crossing)
      preloaded[k] =
          memref::LoadOp::create(b, loc, tiles[k], ValueRange(add(times(x, kPitch), row)));
    dims[dim] = lanes.uniform(atRow);
    dims[inner] = lanes.uniform(atColumn);
    emitPoints(lanes, phases, f, stage, dims, nullptr, preloaded);
    lanes.loc = loc;
  }
}

} // namespace portico
