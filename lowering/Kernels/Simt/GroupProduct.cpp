//===- GroupProduct.cpp - sums of products, for work-groups -----------------===//
//
//   C[row.., column..] of a group:
//     registers = the first summands of A's rows and B's columns
//     for each step of k:
//       group memory (one of two halves) = registers;  barrier
//       registers = what the next step needs
//       sums += products of what lies in the half
//     rows of the tile through group memory -> bias, activation -> results
//
// While a step is computed from one half the loads of the next are under way, and
// one barrier a step is enough: who writes a half again has passed the barrier that
// everybody reaches after reading it.
//
//===----------------------------------------------------------------------===//

#include "lowering/Kernels/Simt/GroupProduct.h"

#include "lowering/Kernels/KernelForm.h"
#include "lowering/Kernels/ResultWriter.h"
#include "lowering/Kernels/Simt/GroupBuilder.h"
#include "lowering/Kernels/Simt/GroupStream.h"
#include "lowering/Kernels/Simt/GroupTile.h"
#include "lowering/Kernels/Simt/PerItem.h"
#include "lowering/ToLinalg/Casts.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace portico;

namespace {

constexpr int64_t kItems = GroupTile::kItems;

class ProductLowering {
public:
  ProductLowering(KernelOp kernel, Value hero, const GroupProduct &product, const SimtInfo &simt,
                  ModuleOp out, StringRef name, KernelABI &abi)
      : kernel(kernel), hero(hero), p(product), simt(simt), out(out), name(name), abi(abi),
        tile(chooseGroupTile(product, simt)), writer(kernel, hero, /*lanes=*/1) {}

  LogicalResult lower();

private:
  using Values = LoopEmitter::Values;

  /// One operand as a group sees it.
  struct Side {
    const GroupProduct::Operand *operand;
    int64_t tile, extent;
    Value first;
    /// Where its first half begins, in elements of group memory.
    int64_t start;
    /// Elements of a step that each work-item fetches, and those of them that lie
    /// side by side.
    int64_t loads, run;
  };

  void emitTiles();
  Side makeSide(const GroupProduct::Operand &operand, int64_t size, int64_t extent, Value first,
                int64_t start) const;
  /// The row or column and the k that load `l` of this work-item fetches.
  std::pair<Value, Value> placeOf(PhaseFunction &e, const Side &side, int64_t l);
  Values fetch(PhaseFunction &e, const Side &side, Value k0);
  static Value asCarried(LoopEmitter &e, Value stored);
  Value toSum(LoopEmitter &e, Value carried);
  void put(PhaseFunction &e, const Side &side, ValueRange values, Value half);
  /// Where half `half` of an operand begins.
  Value startOf(PhaseFunction &e, const Side &side, Value half) {
    return e.add(e.mul(half, engine->elements(side.tile)), side.start);
  }
  Values accumulate(PhaseFunction &e, GroupBuilder &group, Value from, Value to);
  void writeResults(PhaseFunction &e, GroupBuilder &group, TileSums &layout, ValueRange sums);
  void writeSum(PhaseFunction &e, Value place, Value sum);
  void addSplits();

  KernelOp kernel;
  Value hero;
  GroupProduct p;
  const SimtInfo &simt;
  ModuleOp out;
  StringRef name;
  KernelABI &abi;
  GroupTile tile;
  ResultWriter writer;
  int64_t heroByte = 0, partialsByte = 0;

  /// Null where operands stream.
  std::unique_ptr<TileEngine> engine;
  Value item, row, column, split, memory;
  Values batch;
};

} // namespace

ProductLowering::Side ProductLowering::makeSide(const GroupProduct::Operand &operand, int64_t size,
                                                int64_t extent, Value first, int64_t start) const {
  Side side{&operand, size, extent, first, start, size * tile.k / kItems, 1};
  // A load of 16 bytes, where the elements of a row of the tile make one.
  int64_t wide = 128 / storageType(p.elem).getIntOrFloatBitWidth();
  while (side.run < wide && side.loads % (2 * side.run) == 0 &&
         (operand.alongK ? tile.k : size) % (2 * side.run) == 0)
    side.run *= 2;
  return side;
}

std::pair<Value, Value> ProductLowering::placeOf(PhaseFunction &e, const Side &side, int64_t l) {
  // Neighbouring work-items read neighbouring runs.
  Value flat = e.add(e.mul(item, side.run), l / side.run * kItems * side.run + l % side.run);
  if (side.operand->alongK)
    return {e.div(flat, tile.k), e.rem(flat, tile.k)};
  return {e.rem(flat, side.tile), e.div(flat, side.tile)};
}

ProductLowering::Values ProductLowering::fetch(PhaseFunction &e, const Side &side, Value k0) {
  Values values;
  for (int64_t l = 0; l < side.loads; ++l) {
    auto [place, kk] = placeOf(e, side, l);
    // Past the edge of m or n anything will do: it meets no result.
    Value at = e.add(side.first, place);
    if (side.extent % side.tile != 0)
      at = e.min(at, side.extent - 1);
    Value k = e.add(k0, kk), inside;
    if (p.k % tile.k != 0) {
      inside = e.less(k, p.k);
      k = e.min(k, std::max<int64_t>(p.k - 1, 0));
    }
    Value value = asCarried(e, side.operand->element(e, batch, at, k));
    if (inside)
      value = e.select(inside, value, e.zero(value.getType()));
    values.push_back(value);
  }
  return values;
}

/// Half types are carried as integers: what a machine would do with them in a loop
/// or a choice is to widen them and round them again.
Value ProductLowering::asCarried(LoopEmitter &e, Value stored) {
  Type type = stored.getType();
  if (!type.isF16() && !type.isBF16())
    return stored;
  return arith::BitcastOp::create(e.b, e.loc, e.b.getIntegerType(16), stored);
}

Value ProductLowering::toSum(LoopEmitter &e, Value carried) {
  Type stored = storageType(p.elem);
  if (carried.getType() != stored)
    carried = arith::BitcastOp::create(e.b, e.loc, stored, carried);
  return toCompute(e.b, e.loc, carried, p.elem);
}

void ProductLowering::put(PhaseFunction &e, const Side &side, ValueRange values, Value half) {
  Value start = startOf(e, side, half);
  for (auto [l, value] : llvm::enumerate(values)) {
    auto [place, kk] = placeOf(e, side, l);
    Value element = engine->staged() == value.getType() ? value : toSum(e, value);
    e.store(engine->prepare(e, element), memory,
            e.add(start, engine->address(e, side.tile, place, kk)));
  }
}

/// One finished element of the main op, or one that a split contributes to it.
void ProductLowering::writeSum(PhaseFunction &e, Value place, Value sum) {
  int64_t elements = elementsOf(hero);
  if (split) {
    Value partials = e.view(e.shared, partialsByte, tile.splits * elements, p.accumulator);
    e.store(sum, partials, e.add(e.mul(split, elements), place));
  } else if (!writer.elementwise()) {
    e.store(sum, e.view(e.shared, heroByte, elements, p.accumulator), place);
  } else {
    writer.writeRow(e, place, 1, e.idx(1), 1, [&](Value, int64_t) { return sum; });
  }
}

/// A work-item for an element: its parts in the order of the splits.
void ProductLowering::addSplits() {
  int64_t elements = elementsOf(hero);
  split = nullptr;
  emitPerItem(kernel, out, name, abi, elements, simt, [&](PhaseFunction &e, Value place) {
    Value partials = e.view(e.shared, partialsByte, tile.splits * elements, p.accumulator);
    Values sum = e.loop(e.idx(1), e.idx(tile.splits), 1, {e.load(partials, place)},
                        [&](Value number, ValueRange running) -> Values {
                          Value part = e.load(partials, e.add(e.mul(number, elements), place));
                          return {e.addNumbers(running[0], part)};
                        });
    writeSum(e, place, sum[0]);
  });
}

/// Some rows of the tile at a time lie in group memory, so that the results are
/// written row by row and the ops after the product are there once for each pass.
void ProductLowering::writeResults(PhaseFunction &e, GroupBuilder &group, TileSums &layout,
                                   ValueRange sums) {
  int64_t count = layout.passRows() * tile.n;
  Value staged = group.viewGroup(0, count, p.accumulator);
  for (int64_t pass = 0; pass < layout.passes(); ++pass) {
    group.barrier();
    layout.write(e, sums, pass, staged);
    group.barrier();
    e.loop(item, e.idx(count), kItems, [&](Value flat) {
      Value m = e.add(row, layout.rowOf(e, e.div(flat, tile.n), pass));
      Value n = e.add(column, e.rem(flat, tile.n));
      e.when(e.both(e.less(m, p.m), e.less(n, p.n)),
             [&] { writeSum(e, p.place(e, batch, m, n), e.load(staged, flat)); });
    });
  }
}

/// Steps in two halves of group memory, as the head of this file shows.
ProductLowering::Values ProductLowering::accumulate(PhaseFunction &e, GroupBuilder &group,
                                                    Value from, Value to) {
  int64_t halves = 2 * (engine->elements(tile.m) + engine->elements(tile.n));
  group.allocateGroup(std::max(halves * storageBytes(engine->staged()),
                               engine->passRows() * tile.n * storageBytes(p.accumulator)));
  memory = group.viewGroup(0, halves, engine->staged());
  Side a = makeSide(p.a, tile.m, p.m, row, 0);
  Side b = makeSide(p.b, tile.n, p.n, column, 2 * engine->elements(tile.m));
  Values state = engine->zeros(e);
  size_t sums = state.size();
  if (p.k == 0)
    return state;
  int64_t steps = ceilDiv(p.k, tile.k);
  llvm::append_range(state, fetch(e, a, e.mul(from, tile.k)));
  llvm::append_range(state, fetch(e, b, e.mul(from, tile.k)));
  state = e.loop(from, to, 1, state, [&](Value step, ValueRange running) {
    Value half = e.rem(step, 2);
    put(e, a, running.slice(sums, a.loads), half);
    put(e, b, running.slice(sums + a.loads, b.loads), half);
    group.barrier();
    // The last step fetches again what it has.
    Value next = e.mul(e.min(e.add(step, 1), steps - 1), tile.k);
    Values fetched = fetch(e, a, next);
    llvm::append_range(fetched, fetch(e, b, next));
    Values result = engine->multiply(e, running.take_front(sums), memory, startOf(e, a, half),
                                     startOf(e, b, half));
    llvm::append_range(result, fetched);
    return result;
  });
  state.truncate(sums);
  return state;
}

void ProductLowering::emitTiles() {
  int64_t tilesM = ceilDiv(p.m, tile.m), tilesN = ceilDiv(p.n, tile.n);
  int64_t groups = p.batchSize() * tilesM * tilesN * tile.splits;
  PhaseFunction e(kernel, out, name, abi, groups, 1);
  LaunchShape &launch = abi.phases.back().shape;
  launch.grid = {uint32_t(groups), 1, 1};
  launch.block = {uint32_t(kItems), 1, 1};
  GroupBuilder group(e.b, e.loc, simt);
  item = group.item();

  Value number = group.group();
  column = e.mul(e.rem(number, tilesN), tile.n);
  Value rest = e.div(number, tilesN);
  row = e.mul(e.rem(rest, tilesM), tile.m);
  rest = e.div(rest, tilesM);
  if (tile.splits > 1) {
    split = e.rem(rest, tile.splits);
    rest = e.div(rest, tile.splits);
  }
  batch = e.delinearize(rest, p.batch);
  int64_t steps = ceilDiv(p.k, tile.k);
  Value from = e.idx(0), to = e.idx(steps);
  if (split) {
    int64_t each = ceilDiv(steps, tile.splits);
    from = e.mul(split, each);
    to = e.min(e.add(from, each), steps);
  }

  if (!tile.notStreamed.empty())
    e.b.getInsertionBlock()->getParentOp()->setAttr(kNotStreamedAttr,
                                                    e.b.getStringAttr(tile.notStreamed));
  if (tile.groupUnit) {
    GroupStream stream(p, tile, simt.subgroupSize, item);
    group.allocateGroup(stream.groupBytes());
    Values sums = stream.accumulate(e, group, {batch, row, column, from, to});
    return writeResults(e, group, stream, sums);
  }
  engine = tile.unit
               ? makeMatrixEngine(tile, storageType(p.elem), p.accumulator, simt.subgroupSize, item)
               : makeScalarEngine(tile, p.accumulator, item);
  writeResults(e, group, *engine, accumulate(e, group, from, to));
}

LogicalResult ProductLowering::lower() {
  if (!writer.supported())
    return refuse(kernel, "an op after the main op cannot be computed with its results",
                  "elementwise ops and data movement");
  if (!writer.elementwise()) {
    heroByte = abi.sharedBytes;
    abi.sharedBytes += writer.wholeBytes();
  }
  if (tile.splits > 1) {
    partialsByte = abi.sharedBytes;
    abi.sharedBytes += alignBytes(tile.splits * elementsOf(hero) * storageBytes(p.accumulator));
  }
  emitTiles();
  if (tile.splits > 1)
    addSplits();
  if (!writer.elementwise())
    writer.emitLastPhase(out, name, abi, heroByte);
  return success();
}

LogicalResult portico::lowerGroupProduct(KernelOp kernel, Value hero, const GroupProduct &product,
                                         const TargetInfo &target, ModuleOp out, StringRef name,
                                         KernelABI &abi) {
  return ProductLowering(kernel, hero, product, *target.simt, out, name, abi).lower();
}
