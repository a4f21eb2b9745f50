//===- MatmulTile.cpp -------------------------------------------------------===//

#include "lowering/Kernels/MatmulTile.h"

#include "lowering/ToLinalg/Elementwise.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace portico;

Value portico::loadTyped(LoopEmitter &e, TypedMemory from, Value index) {
  return toCompute(e.b, e.loc, e.load(from.memory, index), from.elem);
}

Value portico::loadTypedVector(LoopEmitter &e, TypedMemory from, Value index, int64_t lanes,
                               Value mask) {
  if (lanes == 1)
    return loadTyped(e, from, index);
  return toCompute(e.b, e.loc, e.loadVector(from.memory, index, lanes, mask), from.elem);
}

static void storeLanes(LoopEmitter &e, Value value, Value memory, Value index) {
  if (isa<VectorType>(value.getType()))
    e.storeVector(value, memory, index);
  else
    e.store(value, memory, index);
}

void portico::emitTile(LoopEmitter &e, const RegisterTile &t) {
  Type sumType = LoopEmitter::vectorOf(t.accumulator, t.lanes);
  TypedMemory sumsInMemory{t.c, t.accumulator};
  auto position = [&](int64_t i, int64_t v) { return e.add(t.cIndex, i * t.cRow + v * t.lanes); };
  // What is in memory is needed only at the end: it is on its way meanwhile.
  for (int64_t i = 0; i < t.rows; ++i)
    for (int64_t v = 0; v < t.vectors; ++v)
      e.prefetchForWrite(t.c, position(i, v));
  LoopEmitter::Values sums(t.rows * t.vectors, e.zero(sumType));
  sums = e.loop(e.idx(0), t.steps, 1, sums, [&](Value k, ValueRange running) {
    LoopEmitter::Values next = llvm::to_vector(running), b;
    Value row = t.bIndex(k);
    for (int64_t v = 0; v < t.vectors; ++v)
      b.push_back(loadTypedVector(e, t.b, e.add(row, v * t.lanes), t.lanes));
    for (int64_t i = 0; i < t.rows; ++i) {
      Value a = e.splat(t.a(k, i), t.lanes);
      for (int64_t v = 0; v < t.vectors; ++v) {
        Value &sum = next[i * t.vectors + v];
        sum = e.multiplyAdd(a, b[v], sum);
      }
    }
    return next;
  });
  auto store = [&](bool fresh) {
    for (int64_t i = 0; i < t.rows; ++i)
      for (int64_t v = 0; v < t.vectors; ++v) {
        Value sum = sums[i * t.vectors + v];
        if (!fresh)
          sum = e.addNumbers(loadTypedVector(e, sumsInMemory, position(i, v), t.lanes), sum);
        storeLanes(e, sum, t.c, position(i, v));
      }
  };
  e.when(t.fresh, [&] { store(true); }, [&] { store(false); });
}

//===----------------------------------------------------------------------===//
// Panel copies
//===----------------------------------------------------------------------===//

/// Rows of the panel are contiguous: copied a vector at a time. A last vector
/// that is wider than the panel spills into the next row, which is written after.
constexpr int64_t rowsAhead = 16;
static void copyRows(LoopEmitter &e, const PanelCopy &c) {
  e.loop(e.idx(0), c.steps, 1, [&](Value k) {
    Value from = e.add(c.fromIndex, e.mul(k, c.strideK));
    Value to = e.add(c.toIndex, e.mul(k, c.width));
    // Rows far apart are beyond what the hardware foresees.
    Value ahead = e.min(e.add(k, rowsAhead), e.sub(c.steps, 1));
    Value next = e.add(c.fromIndex, e.mul(ahead, c.strideK));
    for (int64_t w = 0; w < c.width; w += c.lanes) {
      e.prefetch(c.from.memory, e.add(next, w));
      Value mask;
      if (!c.alwaysFull)
        mask = e.firstLanes(e.min(e.sub(c.valid, w), c.lanes), c.lanes);
      else if (w + c.lanes > c.width)
        mask = e.firstLanes(e.idx(c.width - w), c.lanes);
      Value row = loadTypedVector(e, c.from, e.add(from, w), c.lanes, mask);
      storeLanes(e, row, c.to, e.add(to, w));
    }
  });
}

/// Columns of the panel are contiguous: squares of lanes x lanes are transposed.
/// Columns that do not exist repeat the last one; the last square ends at the
/// last step.
static void copyTransposed(LoopEmitter &e, const PanelCopy &c) {
  int64_t n = c.lanes;
  auto square = [&](Value k, Value w, int64_t count) {
    LoopEmitter::Values rows;
    Type rowType = LoopEmitter::vectorOf(computeType(c.from.elem), n);
    for (int64_t r = 0; r < n; ++r) {
      if (r >= count) {
        rows.push_back(e.zero(rowType));
        continue;
      }
      Value column = e.add(w, r);
      if (!c.alwaysFull)
        column = e.min(column, e.sub(c.valid, 1));
      Value from = e.add(c.fromIndex, e.add(e.mul(column, c.strideW), k));
      rows.push_back(loadTypedVector(e, c.from, from, n));
    }
    return e.transpose(rows);
  };
  e.loop(e.idx(0), c.steps, n, [&](Value step) {
    Value k = e.min(step, e.sub(c.steps, n));
    Value to = e.add(c.toIndex, e.mul(k, c.width));
    if (c.width % n == 0) {
      e.loop(0, c.width, n, [&](Value w) {
        LoopEmitter::Values rows = square(k, w, n);
        for (int64_t q = 0; q < n; ++q)
          storeLanes(e, rows[q], c.to, e.add(e.add(to, w), q * c.width));
      });
      return;
    }
    // A row's last vector spills into the next row: rows are finished in order.
    SmallVector<LoopEmitter::Values> squares;
    for (int64_t w = 0; w < c.width; w += n)
      squares.push_back(square(k, e.idx(w), std::min(n, c.width - w)));
    for (int64_t q = 0; q < n; ++q)
      for (auto [s, rows] : llvm::enumerate(squares))
        storeLanes(e, rows[q], c.to, e.add(to, q * c.width + int64_t(s) * n));
  });
}

static void copyElements(LoopEmitter &e, const PanelCopy &c) {
  e.loop(e.idx(0), c.steps, 1, [&](Value k) {
    e.loop(0, c.width, 1, [&](Value w) {
      Value column = c.alwaysFull ? w : e.min(w, e.sub(c.valid, 1));
      Value from = e.add(c.fromIndex, e.add(e.mul(k, c.strideK), e.mul(column, c.strideW)));
      e.store(loadTyped(e, c.from, from), c.to, e.add(e.add(c.toIndex, e.mul(k, c.width)), w));
    });
  });
}

void portico::emitPanelCopy(LoopEmitter &e, const PanelCopy &c) {
  if (c.strideW == 1 && c.lanes > 1)
    copyRows(e, c);
  else if (c.strideK == 1 && c.lanes > 1 && c.minSteps >= c.lanes)
    copyTransposed(e, c);
  else
    copyElements(e, c);
}

Value portico::sumLanes(LoopEmitter &e, Value vector) {
  auto type = cast<VectorType>(vector.getType());
  for (int64_t half = type.getNumElements() / 2; half >= 1; half /= 2) {
    SmallVector<int64_t> low(half), high(half);
    for (int64_t i = 0; i < half; ++i) {
      low[i] = i;
      high[i] = half + i;
    }
    Value x = vector::ShuffleOp::create(e.b, e.loc, vector, vector, low);
    Value y = vector::ShuffleOp::create(e.b, e.loc, vector, vector, high);
    vector = e.addNumbers(x, y);
  }
  return vector::ExtractOp::create(e.b, e.loc, vector, ArrayRef<int64_t>{0});
}
