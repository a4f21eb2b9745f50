//===- GroupMatmul.cpp - matrix products, for work-groups -------------------===//
//
//   C[row.., column..] of a group:
//     registers = the first k columns of A's rows and rows of B's columns
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

#include "lowering/Kernels/Simt/GroupMatmul.h"

#include "lowering/Kernels/MatmulTile.h"
#include "lowering/Kernels/ResultWriter.h"
#include "lowering/Kernels/Simt/GroupBuilder.h"

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

class GroupMatmul {
public:
  GroupMatmul(KernelOp kernel, Value hero, const MatmulProblem &problem, const SimtInfo &simt,
              ModuleOp out, StringRef name, KernelABI &abi)
      : kernel(kernel), hero(hero), p(problem), simt(simt), out(out), name(name), abi(abi),
        tile(chooseGroupTile(problem, simt)), writer(kernel, hero, /*lanes=*/1) {}

  LogicalResult lower();

private:
  using Values = LoopEmitter::Values;

  /// One operand: rows (of m or n) and k.
  struct Side {
    const MatmulOperand *operand;
    int64_t tile, extent, stride, strideK;
    Value first, base;
    /// Elements of a step that each work-item fetches.
    int64_t loads;
  };

  TypedMemory memoryOf(PhaseFunction &e, const MatmulOperand &operand) {
    if (operand.copied())
      return {e.view(e.shared, operand.copyByte, elementsOf(operand.value), operand.elem),
              operand.elem};
    return {e.inputs[operand.argument], operand.elem};
  }
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
  void writeResults(PhaseFunction &e, GroupBuilder &group, ValueRange sums, Value cBase);

  KernelOp kernel;
  Value hero;
  MatmulProblem p;
  const SimtInfo &simt;
  ModuleOp out;
  StringRef name;
  KernelABI &abi;
  GroupTile tile;
  ResultWriter writer;
  int64_t heroByte = 0;

  Value item, itemRow, itemColumn, row, column;
};

} // namespace

GroupTile portico::chooseGroupTile(const MatmulProblem &p, const SimtInfo &simt) {
  int64_t bytes = p.accumulator.getIntOrFloatBitWidth() / 8;
  GroupTile tile{kSide, kSide, kSide};
  for (int64_t side : {32, 64, 128}) {
    int64_t k = side == 128 ? 8 : 16;
    int64_t needed = 2 * k * 2 * (side + 4) * bytes;
    int64_t groups = p.batchSize() * ceilDiv(p.m, side) * ceilDiv(p.n, side);
    // Half of the group memory: two groups share a compute unit.
    if (needed > simt.groupMemoryBytes / 2 || groups < simt.computeUnits || p.m <= side / 2 ||
        p.n <= side / 2)
      break;
    tile = {side, side, k};
  }
  return tile;
}

std::pair<Value, Value> GroupMatmul::placeOf(PhaseFunction &e, const Side &side, int64_t l) {
  Value flat = e.add(item, l * kItems);
  // Neighbouring work-items read neighbouring elements.
  if (side.strideK == 1 && side.stride != 1)
    return {e.div(flat, tile.k), e.rem(flat, tile.k)};
  return {e.rem(flat, side.tile), e.div(flat, side.tile)};
}

GroupMatmul::Values GroupMatmul::fetch(PhaseFunction &e, const Side &side, Value k0) {
  TypedMemory memory = memoryOf(e, *side.operand);
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
    Value value = loadTyped(
        e, memory, e.add(side.base, e.add(e.mul(at, side.stride), e.mul(k, side.strideK))));
    if (inside)
      value = e.select(inside, value, e.zero(value.getType()));
    values.push_back(value);
  }
  return values;
}

void GroupMatmul::put(PhaseFunction &e, const Side &side, ValueRange values, Value memory,
                      Value half, int64_t halfSize) {
  for (auto [l, value] : llvm::enumerate(values)) {
    auto [place, kk] = placeOf(e, side, l);
    Value at = e.add(e.mul(half, halfSize), e.add(e.mul(kk, pitch(side.tile)), place));
    e.store(value, memory, at);
  }
}

GroupMatmul::Values GroupMatmul::multiply(PhaseFunction &e, ValueRange sums, Value memoryA,
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

/// kSide rows of the tile at a time lie in group memory, so that the results are
/// written row by row and the ops after the product are there once for each.
void GroupMatmul::writeResults(PhaseFunction &e, GroupBuilder &group, ValueRange sums,
                               Value cBase) {
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
      e.when(e.both(e.less(m, p.m), e.less(n, p.n)), [&] {
        Value place = e.add(cBase, e.add(e.mul(m, p.cM), e.mul(n, p.cN)));
        if (!writer.elementwise()) {
          Value whole = e.view(e.shared, heroByte, elementsOf(hero), p.accumulator);
          e.store(e.load(staged, flat), whole, place);
          return;
        }
        writer.writeRow(e, place, 1, e.idx(1), p.n,
                        [&](Value, int64_t) { return e.load(staged, flat); });
      });
    });
  }
}

void GroupMatmul::emitTiles() {
  int64_t tilesM = ceilDiv(p.m, tile.m), tilesN = ceilDiv(p.n, tile.n);
  int64_t groups = p.batchSize() * tilesM * tilesN;
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
  SmallVector<int64_t> sizes, aStrides, bStrides, cStrides;
  for (const MatmulBatchDim &dim : p.batch) {
    sizes.push_back(dim.size);
    aStrides.push_back(dim.a);
    bStrides.push_back(dim.b);
    cStrides.push_back(dim.c);
  }
  Values batch = e.delinearize(e.div(rest, tilesM), sizes);

  Side a{&p.a,
         tile.m,
         p.m,
         p.aM,
         p.aK,
         row,
         e.add(e.dot(batch, aStrides), p.a.offset),
         tile.m * tile.k / kItems};
  Side b{&p.b,
         tile.n,
         p.n,
         p.bN,
         p.bK,
         column,
         e.add(e.dot(batch, bStrides), p.b.offset),
         tile.n * tile.k / kItems};
  Value memoryA = group.viewGroup(0, 2 * halfOfA(), p.accumulator);
  Value memoryB = group.viewGroup(2 * halfOfA() * bytes(), 2 * halfOfB(), p.accumulator);

  Values state(tile.perM() * tile.perN(), e.zero(p.accumulator));
  size_t sums = state.size();
  if (p.k > 0) {
    int64_t steps = ceilDiv(p.k, tile.k);
    llvm::append_range(state, fetch(e, a, e.idx(0)));
    llvm::append_range(state, fetch(e, b, e.idx(0)));
    state = e.loop(e.idx(0), e.idx(steps), 1, state, [&](Value step, ValueRange running) {
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
  writeResults(e, group, ValueRange(state).take_front(sums), e.dot(batch, cStrides));
}

LogicalResult GroupMatmul::lower() {
  if (!writer.supported())
    return kernel.emitError("an op after the product is not elementwise or data movement");
  for (MatmulOperand *operand : {&p.a, &p.b}) {
    if (!PointEvaluator::supports(operand->value))
      return kernel.emitError("an op before the product is not data movement");
    if (!operand->copied())
      continue;
    operand->copyByte = abi.sharedBytes;
    abi.sharedBytes += alignBytes(elementsOf(operand->value) * storageBytes(operand->elem));
  }
  if (!writer.elementwise()) {
    heroByte = abi.sharedBytes;
    abi.sharedBytes += writer.wholeBytes();
  }
  for (const MatmulOperand *operand : {&p.a, &p.b})
    if (operand->copied())
      emitCopyPhase(kernel, out, name, abi, operand->value, operand->copyOrder, operand->copyByte);
  emitTiles();
  if (!writer.elementwise())
    writer.emitLastPhase(out, name, abi, heroByte);
  return success();
}

LogicalResult portico::lowerGroupMatmul(KernelOp kernel, Value hero, const MatmulProblem &problem,
                                        const TargetInfo &target, ModuleOp out, StringRef name,
                                        KernelABI &abi) {
  return GroupMatmul(kernel, hero, problem, *target.simt, out, name, abi).lower();
}
