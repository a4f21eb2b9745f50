//===- GroupProduct.cpp - sums of products, for work-groups -----------------===//
//
//   C[row.., column..] of a group:
//     registers = the first summands of A's rows and B's columns
//     for each step of k:
//       group memory (one of two halves) = registers;  barrier
//       registers = what the next step needs
//       for each kk: perM values of A, perN of B, perM * perN multiply-adds
//     rows of the tile through group memory -> bias, activation -> results
//
// While a step is computed from one half the loads of the next are under way, and
// one barrier a step is enough: who writes a half again has passed the barrier that
// everybody reaches after reading it.
//
//===----------------------------------------------------------------------===//

#include "lowering/Kernels/Simt/GroupProduct.h"

#include "lowering/Kernels/ResultWriter.h"
#include "lowering/Kernels/Simt/GroupBuilder.h"
#include "lowering/Kernels/Simt/PerItem.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;
using namespace portico;

namespace {

constexpr int64_t kSide = GroupTile::kSide;
constexpr int64_t kItems = kSide * kSide;

/// The place in its tile of register `r` of the work-item number `which`: runs of
/// four neighbours, so that the loads of a subgroup meet different banks and are
/// wide.
struct Interleaved {
  int64_t per;
  int64_t run() const { return std::min<int64_t>(per, 4); }
  int64_t constantPart(int64_t r) const { return r / run() * kSide * run() + r % run(); }
};

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
    /// Elements of a step that each work-item fetches.
    int64_t loads;
  };

  int64_t bytes() const { return p.accumulator.getIntOrFloatBitWidth() / 8; }
  /// A row of k in group memory; the spare elements spread a column over the banks.
  int64_t pitch(int64_t width) const { return width + 4; }
  int64_t halfOfA() const { return tile.k * pitch(tile.m); }
  int64_t halfOfB() const { return tile.k * pitch(tile.n); }
  int64_t stagedBytes() const { return kSide * tile.n * bytes(); }
  int64_t groupBytes() const {
    return std::max(2 * (halfOfA() + halfOfB()) * bytes(), stagedBytes());
  }

  void emitTiles();
  /// The row or column and the k that load `l` of this work-item fetches.
  std::pair<Value, Value> placeOf(PhaseFunction &e, const Side &side, int64_t l);
  Values fetch(PhaseFunction &e, const Side &side, Value k0);
  void put(PhaseFunction &e, const Side &side, ValueRange values, Value memory, Value half,
           int64_t halfSize);
  Values multiply(PhaseFunction &e, ValueRange sums, Value memoryA, Value memoryB, Value half);
  void writeResults(PhaseFunction &e, GroupBuilder &group, ValueRange sums);
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

  Value item, itemRow, itemColumn, row, column, split;
  Values batch;
};

} // namespace

int64_t GroupProduct::batchSize() const {
  int64_t size = 1;
  for (int64_t dim : batch)
    size *= dim;
  return size;
}

GroupTile portico::chooseGroupTile(const GroupProduct &p, const SimtInfo &simt) {
  int64_t bytes = p.accumulator.getIntOrFloatBitWidth() / 8;
  auto groupsOf = [&](int64_t side) {
    return p.batchSize() * ceilDiv(p.m, side) * ceilDiv(p.n, side);
  };
  // A tile that has only few groups is still good where k can be cut.
  constexpr int64_t kLeastOfSplit = 256, kMostSplits = 64;
  int64_t most = std::clamp<int64_t>(p.k / kLeastOfSplit, 1, kMostSplits);
  GroupTile tile{kSide, kSide, kSide};
  for (int64_t side : {32, 64, 128}) {
    int64_t k = side == 128 ? 8 : 16;
    int64_t needed = 2 * k * 2 * (side + 4) * bytes;
    // Half of the group memory: two groups share a compute unit.
    if (needed > simt.groupMemoryBytes / 2 || groupsOf(side) * most < simt.computeUnits ||
        p.m <= side / 2 || p.n <= side / 2)
      break;
    tile = {side, side, k};
  }
  int64_t groups = groupsOf(tile.m);
  if (groups < simt.computeUnits && most > 1) {
    int64_t wanted = std::min(most, ceilDiv(2 * simt.computeUnits, groups));
    int64_t steps = ceilDiv(p.k, tile.k);
    tile.splits = ceilDiv(steps, ceilDiv(steps, wanted));
  }
  return tile;
}

std::pair<Value, Value> ProductLowering::placeOf(PhaseFunction &e, const Side &side, int64_t l) {
  Value flat = e.add(item, l * kItems);
  // Neighbouring work-items read neighbouring elements.
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
    Value value = side.operand->element(e, batch, at, k);
    if (inside)
      value = e.select(inside, value, e.zero(value.getType()));
    values.push_back(value);
  }
  return values;
}

void ProductLowering::put(PhaseFunction &e, const Side &side, ValueRange values, Value memory,
                          Value half, int64_t halfSize) {
  for (auto [l, value] : llvm::enumerate(values)) {
    auto [place, kk] = placeOf(e, side, l);
    Value at = e.add(e.mul(half, halfSize), e.add(e.mul(kk, pitch(side.tile)), place));
    e.store(value, memory, at);
  }
}

ProductLowering::Values ProductLowering::multiply(PhaseFunction &e, ValueRange sums, Value memoryA,
                                                  Value memoryB, Value half) {
  int64_t perM = tile.perM(), perN = tile.perN();
  Interleaved rows{perM}, columns{perN};
  Value firstA = e.add(e.mul(half, halfOfA()), e.mul(itemRow, rows.run()));
  Value firstB = e.add(e.mul(half, halfOfB()), e.mul(itemColumn, columns.run()));
  return e.loop(e.idx(0), e.idx(tile.k), 1, sums, [&](Value kk, ValueRange running) {
    Values next(running), a, b;
    Value atA = e.add(firstA, e.mul(kk, pitch(tile.m)));
    Value atB = e.add(firstB, e.mul(kk, pitch(tile.n)));
    for (int64_t i = 0; i < perM; ++i)
      a.push_back(e.load(memoryA, e.add(atA, rows.constantPart(i))));
    for (int64_t j = 0; j < perN; ++j)
      b.push_back(e.load(memoryB, e.add(atB, columns.constantPart(j))));
    for (int64_t i = 0; i < perM; ++i)
      for (int64_t j = 0; j < perN; ++j)
        next[i * perN + j] = e.multiplyAdd(a[i], b[j], next[i * perN + j]);
    return next;
  });
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

/// kSide rows of the tile at a time lie in group memory, so that the results are
/// written row by row and the ops after the product are there once for each.
void ProductLowering::writeResults(PhaseFunction &e, GroupBuilder &group, ValueRange sums) {
  int64_t perM = tile.perM(), perN = tile.perN(), count = kSide * tile.n;
  Interleaved rows{perM}, columns{perN};
  Value staged = group.viewGroup(0, count, p.accumulator);
  for (int64_t i = 0; i < perM; ++i) {
    group.barrier();
    Value at = e.add(e.mul(itemRow, tile.n), e.mul(itemColumn, columns.run()));
    for (int64_t j = 0; j < perN; ++j)
      e.store(sums[i * perN + j], staged, e.add(at, columns.constantPart(j)));
    group.barrier();
    e.loop(item, e.idx(count), kItems, [&](Value flat) {
      Value r = e.div(flat, tile.n), c = e.rem(flat, tile.n);
      Value m = e.add(row, e.add(e.mul(r, rows.run()), rows.constantPart(i)));
      Value n = e.add(column, c);
      e.when(e.both(e.less(m, p.m), e.less(n, p.n)),
             [&] { writeSum(e, p.place(e, batch, m, n), e.load(staged, flat)); });
    });
  }
}

void ProductLowering::emitTiles() {
  int64_t tilesM = ceilDiv(p.m, tile.m), tilesN = ceilDiv(p.n, tile.n);
  int64_t groups = p.batchSize() * tilesM * tilesN * tile.splits;
  PhaseFunction e(kernel, out, name, abi, groups, 1);
  LaunchShape &launch = abi.phases.back().shape;
  launch.grid = {uint32_t(groups), 1, 1};
  launch.block = {uint32_t(kItems), 1, 1};
  GroupBuilder group(e.b, e.loc, simt);
  group.allocateGroup(groupBytes());

  item = group.item();
  itemRow = e.div(item, kSide);
  itemColumn = e.rem(item, kSide);
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

  Side a{&p.a, tile.m, p.m, row, tile.m * tile.k / kItems};
  Side b{&p.b, tile.n, p.n, column, tile.n * tile.k / kItems};
  Value memoryA = group.viewGroup(0, 2 * halfOfA(), p.accumulator);
  Value memoryB = group.viewGroup(2 * halfOfA() * bytes(), 2 * halfOfB(), p.accumulator);

  Values state(tile.perM() * tile.perN(), e.zero(p.accumulator));
  size_t sums = state.size();
  if (p.k > 0) {
    int64_t steps = ceilDiv(p.k, tile.k);
    Value from = e.idx(0), to = e.idx(steps);
    if (split) {
      int64_t each = ceilDiv(steps, tile.splits);
      from = e.mul(split, each);
      to = e.min(e.add(from, each), steps);
    }
    llvm::append_range(state, fetch(e, a, e.mul(from, tile.k)));
    llvm::append_range(state, fetch(e, b, e.mul(from, tile.k)));
    state = e.loop(from, to, 1, state, [&](Value step, ValueRange running) {
      Value half = e.rem(step, 2);
      put(e, a, running.slice(sums, a.loads), memoryA, half, halfOfA());
      put(e, b, running.slice(sums + a.loads, b.loads), memoryB, half, halfOfB());
      group.barrier();
      // The last step fetches again what it has.
      Value next = e.mul(e.min(e.add(step, 1), steps - 1), tile.k);
      Values fetched = fetch(e, a, next);
      llvm::append_range(fetched, fetch(e, b, next));
      Values result = multiply(e, running.take_front(sums), memoryA, memoryB, half);
      llvm::append_range(result, fetched);
      return result;
    });
  }
  writeResults(e, group, ValueRange(state).take_front(sums));
}

LogicalResult ProductLowering::lower() {
  if (!writer.supported())
    return kernel.emitError("an op after the product is not elementwise or data movement");
  if (!writer.elementwise()) {
    heroByte = abi.sharedBytes;
    abi.sharedBytes += writer.wholeBytes();
  }
  if (tile.splits > 1) {
    partialsByte = abi.sharedBytes;
    abi.sharedBytes += alignBytes(tile.splits * elementsOf(hero) * bytes());
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
