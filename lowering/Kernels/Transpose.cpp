//===- Transpose.cpp - inputs that lie across the rows of the result --------===//
//
// A tile of W x W points: the vectors of a crossing input are loaded along its
// own contiguous dimension and transposed in registers by log2(W) rounds of
// two-operand shuffles; everything else is loaded along the rows of the result.
//
//===----------------------------------------------------------------------===//

#include "lowering/Kernels/Loops.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace portico {

/// Tiles are walked in blocks that fit the L1 cache: this many rows of the
/// crossing input by this many of its columns.
constexpr int64_t kBlock = 32, kBlockAlong = 256;

bool liesAcross(NestStage &stage, unsigned k, unsigned dim, unsigned inner) {
  auto along = strideOf(stage.accesses[k], dim), across = strideOf(stage.accesses[k], inner);
  return along == 1 && across && *across > 1;
}

std::optional<unsigned> transposedDim(Nest &nest) {
  NestStage &stage = nest.stages.front();
  unsigned inner = nest.sizes.size() - 1;
  // Short rows or columns leave most of a tile empty.
  if (nest.sizes[inner] < 8)
    return std::nullopt;
  for (unsigned dim = inner; dim-- > 0;)
    for (unsigned k = 0; k < stage.generic.getNumDpsInputs(); ++k)
      if (nest.sizes[dim] >= 8 && liesAcross(stage, k, dim, inner))
        return dim;
  return std::nullopt;
}

/// Transposes W vectors of W elements in place.
static void transposeTile(LaneBuilder &lanes, MutableArrayRef<Value> rows) {
  int64_t width = lanes.lanes;
  // Round by round, swap the off-diagonal blocks of `step` x `step`.
  for (int64_t step = width / 2; step >= 1; step /= 2) {
    SmallVector<int64_t> low, high;
    for (int64_t lane = 0; lane < width; ++lane) {
      low.push_back((lane & step) == 0 ? lane : width + lane - step);
      high.push_back((lane & step) == 0 ? lane + step : width + lane);
    }
    for (int64_t row = 0; row < width; ++row) {
      if (row & step)
        continue;
      Value x = rows[row], y = rows[row + step];
      rows[row] = vector::ShuffleOp::create(lanes.b, lanes.loc, x, y, low);
      rows[row + step] = vector::ShuffleOp::create(lanes.b, lanes.loc, x, y, high);
    }
  }
}

void emitTransposed(PhaseBuilder &phases, Nest &nest, unsigned dim, const TargetInfo &target) {
  NestStage &stage = nest.stages.front();
  Location loc = stage.generic.getLoc();
  OpBuilder b(phases.linalgFunc.getContext());
  unsigned inner = nest.sizes.size() - 1;
  int64_t height = nest.sizes[dim], width = nest.sizes[inner];
  // The parallel range: the other dimensions, then blocks of the innermost. A task
  // walks along `dim`, so that it reads on and on and its writes jump, which the
  // store buffers hide; the other way round took four times as long.
  SmallVector<int64_t> radix;
  for (unsigned k = 0; k < inner; ++k)
    if (k != dim)
      radix.push_back(nest.sizes[k]);
  int64_t blocks = llvm::divideCeil(width, kBlock);
  radix.push_back(blocks);
  int64_t extent = 1;
  for (int64_t size : radix)
    extent *= size;
  func::FuncOp f =
      phases.start(b, extent, grainFor(costOf(stage.generic) * std::min(width, kBlock) * height));
  int64_t lanesCount = lanesFor(nest.stages, target);
  LaneBuilder lanes(b, loc, lanesCount, indexBitsFor(nest));
  lanes.streaming = wantsStreaming(stage, width, lanesCount, target);
  bool ragged = height % lanesCount != 0 || width % lanesCount != 0;

  auto minimum = [&](Value x, int64_t bound) -> Value {
    return arith::MinUIOp::create(b, loc, x, lanes.index(bound));
  };
  auto plus = [&](Value x, int64_t y) -> Value {
    return y == 0 ? x : Value(arith::AddIOp::create(b, loc, x, lanes.index(y)));
  };
  auto emitTile = [&](ArrayRef<VaryingIndex> outer, Value row, Value column) {
    SmallVector<VaryingIndex> dims(outer);
    Value rowMask, columnMask, rowsLeft;
    if (ragged) {
      rowsLeft = arith::SubIOp::create(b, loc, lanes.index(height), row);
      rowMask = lanes.firstLanes(rowsLeft);
      columnMask = lanes.firstLanes(arith::SubIOp::create(b, loc, lanes.index(width), column));
    }
    DenseMap<unsigned, SmallVector<Value>> tiles;
    for (unsigned k = 0; k < stage.generic.getNumDpsInputs(); ++k) {
      if (!liesAcross(stage, k, dim, inner))
        continue;
      Value memref = phases.memory(b, f, stage.generic->getOperand(k));
      for (int64_t q = 0; q < lanesCount; ++q) {
        dims[dim] = {row, 1, nullptr};
        Value at = plus(column, q);
        dims[inner] = lanes.uniform(ragged ? minimum(at, width - 1) : at);
        tiles[k].push_back(
            lanes.load(memref, lanes.evaluate(stage.accesses[k], dims, {}), rowMask, false));
      }
      transposeTile(lanes, tiles[k]);
    }
    for (int64_t p = 0; p < lanesCount; ++p) {
      dims[dim] = lanes.uniform(plus(row, p));
      dims[inner] = {column, 1, nullptr};
      DenseMap<unsigned, Value> preloaded;
      for (auto &[k, rows] : tiles)
        preloaded[k] = rows[p];
      OpBuilder::InsertionGuard guard(b);
      if (ragged && p > 0) {
        Value exists =
            arith::CmpIOp::create(b, loc, arith::CmpIPredicate::ugt, rowsLeft, lanes.index(p));
        auto ifOp = scf::IfOp::create(b, loc, exists);
        b.setInsertionPoint(ifOp.thenBlock()->getTerminator());
      }
      emitPoints(lanes, phases, f, stage, dims, columnMask, preloaded);
      lanes.loc = loc;
    }
  };

  forLoop(b, loc, phases.begin(f), phases.end(f), 1, [&](Value item) {
    SmallVector<Value> digits = delinearize(b, loc, item, radix);
    Value left = arith::MulIOp::create(b, loc, digits.pop_back_val(), lanes.index(kBlock));
    Value right = minimum(plus(left, kBlock), width);
    SmallVector<VaryingIndex> outer(nest.sizes.size());
    for (unsigned k = 0, digit = 0; k < inner; ++k)
      if (k != dim)
        outer[k] = lanes.uniform(digits[digit++]);
    forLoop(b, loc, lanes.index(0), lanes.index(height), kBlockAlong, [&](Value top) {
      Value bottom = minimum(plus(top, kBlockAlong), height);
      forLoop(b, loc, left, right, lanesCount, [&](Value column) {
        forLoop(b, loc, top, bottom, lanesCount, [&](Value row) { emitTile(outer, row, column); });
      });
    });
  });
}

} // namespace portico
