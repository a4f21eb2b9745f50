//===- GroupHalves.cpp - products whose operands go through two halves ------===//

#include "lowering/Kernels/Simt/GroupHalves.h"

#include "lowering/ToLinalg/Casts.h"
#include "lowering/ToLinalg/Elementwise.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace portico;

/// Half types are carried as integers: what a machine would do with them in a loop
/// or a choice is to widen them and round them again.
static Value asCarried(LoopEmitter &e, Value stored) {
  Type type = stored.getType();
  if (!type.isF16() && !type.isBF16())
    return stored;
  return arith::BitcastOp::create(e.b, e.loc, e.b.getIntegerType(16), stored);
}

int64_t GroupHalves::groupBytes() const {
  return std::max(elements() * storageBytes(engine.staged()),
                  engine.passRows() * tile.n * storageBytes(p.accumulator));
}

GroupHalves::Side GroupHalves::makeSide(const GroupProduct::Operand &operand, int64_t rows,
                                        int64_t extent, Value first, int64_t start) const {
  Side side{operand, rows, extent, first, start, rows * tile.k / GroupTile::kItems, 1};
  // A load of 16 bytes, where the elements of a row of the tile make one.
  int64_t wide = 128 / storageType(p.elem).getIntOrFloatBitWidth();
  while (side.run < wide && side.loads % (2 * side.run) == 0 &&
         (operand.alongK ? tile.k : rows) % (2 * side.run) == 0)
    side.run *= 2;
  return side;
}

std::pair<Value, Value> GroupHalves::placeOf(PhaseFunction &e, const Side &side, int64_t l) const {
  // Neighbouring work-items read neighbouring runs.
  int64_t before = l / side.run * GroupTile::kItems * side.run;
  Value flat = e.add(e.mul(item, side.run), before + l % side.run);
  if (side.operand.alongK)
    return {e.div(flat, tile.k), e.rem(flat, tile.k)};
  return {e.rem(flat, side.rows), e.div(flat, side.rows)};
}

GroupHalves::Values GroupHalves::fetch(PhaseFunction &e, const Side &side, ArrayRef<Value> batch,
                                       Value k0) const {
  Values values;
  for (int64_t l = 0; l < side.loads; ++l) {
    auto [place, kk] = placeOf(e, side, l);
    // Past the edge of m or n anything will do: it meets no result.
    Value at = e.add(side.first, place);
    if (side.extent % side.rows != 0)
      at = e.min(at, side.extent - 1);
    Value k = e.add(k0, kk), inside;
    if (p.k % tile.k != 0) {
      inside = e.less(k, p.k);
      k = e.min(k, std::max<int64_t>(p.k - 1, 0));
    }
    Value value = asCarried(e, side.operand.element(e, batch, at, k));
    if (inside)
      value = e.select(inside, value, e.zero(value.getType()));
    values.push_back(value);
  }
  return values;
}

Value GroupHalves::toSum(LoopEmitter &e, Value carried) const {
  Type stored = storageType(p.elem);
  if (carried.getType() != stored)
    carried = arith::BitcastOp::create(e.b, e.loc, stored, carried);
  return toCompute(e.b, e.loc, carried, p.elem);
}

Value GroupHalves::startOf(PhaseFunction &e, const Side &side, Value half) const {
  return e.add(e.mul(half, engine.elements(side.rows)), side.start);
}

void GroupHalves::put(PhaseFunction &e, const Side &side, ValueRange values, Value half) {
  Value start = startOf(e, side, half);
  for (auto [l, value] : llvm::enumerate(values)) {
    auto [place, kk] = placeOf(e, side, l);
    Value element = engine.staged() == value.getType() ? value : toSum(e, value);
    e.store(engine.prepare(e, element), memory,
            e.add(start, engine.address(e, side.rows, place, kk)));
  }
}

GroupHalves::Values GroupHalves::accumulate(PhaseFunction &e, GroupBuilder &group,
                                            const TilePart &part) {
  memory = group.viewGroup(0, elements(), engine.staged());
  Side a = makeSide(p.a, tile.m, p.m, part.row, 0);
  Side b = makeSide(p.b, tile.n, p.n, part.column, 2 * engine.elements(tile.m));
  // What the loop carries: the sums, then what was fetched of A and of B.
  Values state = engine.zeros(e);
  size_t sums = state.size();
  if (p.k == 0)
    return state;
  int64_t steps = ceilDiv(p.k, tile.k);
  llvm::append_range(state, fetch(e, a, part.batch, e.mul(part.from, tile.k)));
  llvm::append_range(state, fetch(e, b, part.batch, e.mul(part.from, tile.k)));
  state = e.loop(part.from, part.to, 1, state, [&](Value step, ValueRange running) {
    Value half = e.rem(step, 2);
    put(e, a, running.slice(sums, a.loads), half);
    put(e, b, running.slice(sums + a.loads, b.loads), half);
    group.barrier();
    // The last step fetches again what it has.
    Value next = e.mul(e.min(e.add(step, 1), steps - 1), tile.k);
    Values fetched = fetch(e, a, part.batch, next);
    llvm::append_range(fetched, fetch(e, b, part.batch, next));
    Values result = engine.multiply(e, running.take_front(sums), memory, startOf(e, a, half),
                                    startOf(e, b, half));
    llvm::append_range(result, fetched);
    return result;
  });
  state.truncate(sums);
  return state;
}
