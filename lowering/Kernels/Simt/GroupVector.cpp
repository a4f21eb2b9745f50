//===- GroupVector.cpp - a matrix times few vectors, for work-groups --------===//
//
//   C[m, n] = sum over k of A[m, k] * B[n, k],  m small: B is read once, and that is
//   what takes the time
//
// - B has k innermost: a team of neighbouring work-items does some rows of B. Each of them
//   takes every team-th load of 16 bytes of a row; what they have is added up by exchanges in
//   the subgroup and, between subgroups, through group memory.
//
//     row n      |t0 t0 t0 t0|t1 t1 t1 t1|t2 ...
//     row n + 1  |t0 t0 t0 t0|t1 t1 t1 t1|t2 ...
//
// - B has n innermost: neighbouring work-items take neighbouring columns, as many each as make
//   a load of 16 bytes, and every part-th k; the parts are added up through group memory.
//
// Few results of many summands: k is cut, and what the groups have is added up in order
// (GroupSums.h).
//
//===----------------------------------------------------------------------===//

#include "lowering/Kernels/Simt/GroupVector.h"

#include "lowering/Kernels/MatmulTile.h"
#include "lowering/Kernels/Simt/GroupBuilder.h"
#include "lowering/Kernels/Simt/GroupMatmul.h"
#include "lowering/Kernels/Simt/GroupSums.h"
#include "lowering/ToLinalg/Casts.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/ADT/bit.h"

using namespace mlir;
using namespace portico;

/// Rows of A, and sums in the registers of a work-item (vectors of them along k).
constexpr int64_t kMostRows = 8, kMostSums = 16;
/// Work-items side by side: a kilobyte of a row of B.
constexpr int64_t kMostAcross = 64;
/// Steps whose loads are under way together.
constexpr int64_t kUnroll = 4;
/// Steps of a work-item that are worth a split of their own.
constexpr int64_t kLeastOfSplit = 16, kMostSplits = 256;

static int64_t powerOfTwo(int64_t value) {
  return int64_t(llvm::bit_ceil(uint64_t(std::max<int64_t>(value, 1))));
}

bool portico::wantsGroupVector(const MatmulProblem &p) { return std::min(p.m, p.n) <= kMostRows; }

namespace {

class GroupVector {
public:
  GroupVector(KernelOp kernel, Value hero, MatmulProblem problem, const TargetInfo &target,
              ModuleOp out, StringRef name, KernelABI &abi)
      : kernel(kernel), hero(hero), p(std::move(problem)), simt(*target.simt), out(out), name(name),
        abi(abi), block(llvm::bit_floor(uint64_t(std::min<int64_t>(256, simt.maxWorkgroupSize)))),
        wanted(2 * simt.computeUnits) {
    choose(target.vectorBits);
  }

  LogicalResult lower() {
    GroupSums writer(kernel, hero, p.accumulator, splits, simt, out, name, abi);
    if (failed(writer.check()))
      return failure();
    sums = &writer;
    along ? emitAlong() : emitAcross();
    writer.emitPhases();
    return success();
  }

private:
  using Values = LoopEmitter::Values;

  /// What a team or a part of a group works at.
  struct Unit {
    Value batch, first, split, from, to, exists;
    Values batchIndex;
  };

  void choose(int64_t vectorBits);
  void chooseAlong();
  void chooseAcross();
  void chooseSplits(int64_t groups, int64_t step);
  /// Units of `columns` columns of B, `size` work-items for each.
  int64_t units() const { return p.batchSize() * ceilDiv(p.n, columns()) * splits; }
  int64_t columns() const { return along ? rows : across * lanes; }

  int64_t groupBytesAlong() const {
    return p.m * rows * (block / simt.subgroupSize) * storageBytes(p.accumulator);
  }

  void open(PhaseFunction &e, GroupBuilder &group, int64_t size);
  Value base(PhaseFunction &e, const MatmulOperand &operand, int64_t MatmulBatchDim::*stride);
  Value loadRun(PhaseFunction &e, const MatmulOperand &operand, Value at, int64_t stride);
  Values steps(PhaseFunction &e, Value first, int64_t step, Values state,
               llvm::function_ref<Values(Value, ValueRange)> body);
  Value addTeam(PhaseFunction &e, GroupBuilder &group, Value sum, int64_t number);
  void writeSum(PhaseFunction &e, Value row, Value column, Value sum);
  void emitAlong();
  void emitAcross();

  KernelOp kernel;
  Value hero;
  MatmulProblem p;
  const SimtInfo &simt;
  ModuleOp out;
  StringRef name;
  KernelABI &abi;
  int64_t block, wanted;

  bool along = false;
  /// Elements of a load. Work-items of a team; rows of B that it does. Work-items side by
  /// side, and the parts that k is cut into within a group.
  int64_t lanes = 1, team = 1, rows = 1, across = 1, parts = 1;
  int64_t splits = 1, splitSize = 0;

  GroupSums *sums = nullptr;
  Value item;
  Unit unit;
};

} // namespace

void GroupVector::choose(int64_t vectorBits) {
  if (p.n < p.m)
    p.swapOperands();
  along = p.bK == 1 || p.bN != 1;
  // Loads begin at multiples of their size and never reach beyond a row.
  int64_t stride = along ? p.bK : p.bN, other = along ? p.bN : p.bK;
  lanes = std::clamp<int64_t>(vectorBits / storageType(p.b.elem).getIntOrFloatBitWidth(), 1, 8);
  auto fits = [&] {
    bool whole = stride == 1 && other % lanes == 0 && p.b.offset % lanes == 0 &&
                 (along ? p.k : p.n) % lanes == 0;
    for (const MatmulBatchDim &dim : p.batch)
      whole &= dim.b % lanes == 0;
    return whole && (along || lanes * p.m <= kMostSums);
  };
  while (lanes > 1 && !fits())
    lanes /= 2;
  along ? chooseAlong() : chooseAcross();
}

void GroupVector::chooseAlong() {
  int64_t all = p.batchSize() * p.n, perGroup = simt.subgroupSize;
  // Each work-item gets some loads of a row; every result has a work-item that writes it.
  int64_t most = std::min(perGroup, block);
  team = std::max(std::min(powerOfTwo(ceilDiv(p.k, lanes * kUnroll)), most), powerOfTwo(p.m));
  while (2 * rows * p.m <= std::min(team, kMostSums) && rows < kUnroll && rows < p.n &&
         all * team / (2 * rows) >= wanted * block)
    rows *= 2;
  while (2 * team <= block && all * team < wanted * block && 2 * team * lanes * kUnroll <= p.k)
    team *= 2;
  // What subgroups have of the sums goes to group memory.
  while (team > perGroup && groupBytesAlong() > simt.groupMemoryBytes)
    team /= 2;
  chooseSplits(ceilDiv(units(), block / team), team * lanes);
}

void GroupVector::chooseAcross() {
  across = std::min({powerOfTwo(ceilDiv(p.n, lanes)), kMostAcross, block});
  parts = std::min(block / across, powerOfTwo(p.k / kUnroll));
  // What a work-item has of the sums goes to group memory.
  int64_t bytes = p.m * lanes * storageBytes(p.accumulator);
  while (block > 1 && block * bytes > simt.groupMemoryBytes)
    block /= 2;
  across = std::min(across, block);
  parts = std::min(parts, block / across);
  chooseSplits(ceilDiv(units(), block / (across * parts)), parts);
}

void GroupVector::chooseSplits(int64_t groups, int64_t step) {
  int64_t least = step * kLeastOfSplit;
  if (groups >= wanted / 2 || p.k < 2 * least)
    return;
  int64_t number = std::min({ceilDiv(wanted, groups), p.k / least, kMostSplits});
  splitSize = roundUp(ceilDiv(p.k, number), lanes);
  splits = ceilDiv(p.k, splitSize);
}

void GroupVector::open(PhaseFunction &e, GroupBuilder &group, int64_t size) {
  int64_t perGroup = block / size;
  abi.phases.back().shape = LaunchShape::ofGroups(ceilDiv(units(), perGroup), block);
  item = group.item();
  Value number = e.add(e.mul(group.group(), perGroup), e.div(item, size));
  // Work-items without a unit do the last one again: everybody reaches the barriers.
  unit.exists = e.less(number, units());
  number = e.min(number, units() - 1);
  if (splits > 1) {
    int64_t each = units() / splits;
    unit.split = e.div(number, each);
    number = e.rem(number, each);
  }
  int64_t blocks = ceilDiv(p.n, columns());
  unit.first = e.mul(e.rem(number, blocks), columns());
  SmallVector<int64_t> sizes;
  for (const MatmulBatchDim &dim : p.batch)
    sizes.push_back(dim.size);
  unit.batchIndex = e.delinearize(e.div(number, blocks), sizes);
  unit.from = e.idx(0);
  unit.to = e.idx(p.k);
  if (unit.split) {
    unit.from = e.mul(unit.split, splitSize);
    unit.to = e.min(e.add(unit.from, splitSize), p.k);
  }
}

Value GroupVector::base(PhaseFunction &e, const MatmulOperand &operand,
                        int64_t MatmulBatchDim::*stride) {
  SmallVector<int64_t> strides;
  for (const MatmulBatchDim &dim : p.batch)
    strides.push_back(dim.*stride);
  return e.add(e.dot(unit.batchIndex, strides), operand.offset);
}

/// `lanes` elements along k, in the type of the sums.
Value GroupVector::loadRun(PhaseFunction &e, const MatmulOperand &operand, Value at,
                           int64_t stride) {
  TypedMemory memory = memoryOf(e, operand);
  if (stride == 1 || lanes == 1)
    return loadTypedVector(e, memory, at, lanes);
  Values elements;
  for (int64_t k = 0; k < lanes; ++k)
    elements.push_back(loadTyped(e, memory, e.add(at, k * stride)));
  auto type = VectorType::get({lanes}, elements.front().getType());
  return vector::FromElementsOp::create(e.b, e.loc, type, elements);
}

/// `body` for first, first + step, ..., kUnroll at a time as long as there are as many.
GroupVector::Values GroupVector::steps(PhaseFunction &e, Value first, int64_t step, Values state,
                                       llvm::function_ref<Values(Value, ValueRange)> body) {
  size_t count = state.size();
  state.push_back(first);
  Value last = e.sub(unit.to, (kUnroll - 1) * step);
  state = e.loop(first, last, kUnroll * step, state, [&](Value k, ValueRange running) {
    Values next = llvm::to_vector(running.take_front(count));
    for (int64_t u = 0; u < kUnroll; ++u)
      next = body(e.add(k, u * step), next);
    next.push_back(e.add(k, kUnroll * step));
    return next;
  });
  Value rest = state.pop_back_val();
  return e.loop(rest, unit.to, step, state,
                [&](Value k, ValueRange running) { return body(k, running); });
}

void GroupVector::writeSum(PhaseFunction &e, Value row, Value column, Value sum) {
  SmallVector<int64_t> strides;
  for (const MatmulBatchDim &dim : p.batch)
    strides.push_back(dim.c);
  Value place = e.add(e.mul(row, p.cM), e.mul(column, p.cN));
  sums->write(e, e.add(e.dot(unit.batchIndex, strides), place), sum, unit.split);
}

/// The sum of what the work-items of a team have, in each of them.
Value GroupVector::addTeam(PhaseFunction &e, GroupBuilder &group, Value sum, int64_t number) {
  int64_t subgroup = simt.subgroupSize;
  for (int64_t mask = 1; mask < std::min(team, subgroup); mask *= 2)
    sum = e.addNumbers(sum, group.exchange(sum, mask));
  if (team <= subgroup)
    return sum;
  int64_t slots = block / subgroup, perTeam = team / subgroup;
  Value memory =
      group.viewGroup(number * slots * storageBytes(p.accumulator), slots, p.accumulator);
  e.when(e.equal(e.rem(item, subgroup), 0), [&] { e.store(sum, memory, e.div(item, subgroup)); });
  group.barrier();
  Value first = e.mul(e.div(item, team), perTeam);
  return e.loop(e.idx(1), e.idx(perTeam), 1, e.load(memory, first),
                [&](Value slot, ValueRange running) -> Values {
                  return {e.addNumbers(running[0], e.load(memory, e.add(first, slot)))};
                })[0];
}

void GroupVector::emitAlong() {
  PhaseFunction e(kernel, out, name, abi, units(), 1);
  GroupBuilder group(e.b, e.loc, simt);
  open(e, group, team);
  int64_t count = p.m * rows;
  if (team > simt.subgroupSize)
    group.allocateGroup(groupBytesAlong());
  Value lane = e.rem(item, team);
  Value a = base(e, p.a, &MatmulBatchDim::a), b = base(e, p.b, &MatmulBatchDim::b);
  Values bRows;
  for (int64_t r = 0; r < rows; ++r) {
    Value row = e.add(unit.first, r);
    bRows.push_back(e.add(b, e.mul(p.n % rows == 0 ? row : e.min(row, p.n - 1), p.bN)));
  }
  Values state(count, e.zero(LoopEmitter::vectorOf(p.accumulator, lanes)));
  Value first = e.add(unit.from, e.mul(lane, lanes));
  state = steps(e, first, team * lanes, state, [&](Value k, ValueRange running) {
    Values next, y;
    for (Value row : bRows)
      y.push_back(loadRun(e, p.b, e.add(row, e.mul(k, p.bK)), p.bK));
    for (int64_t i = 0; i < p.m; ++i) {
      Value x = loadRun(e, p.a, e.add(e.add(a, i * p.aM), e.mul(k, p.aK)), p.aK);
      for (int64_t r = 0; r < rows; ++r)
        next.push_back(e.multiplyAdd(x, y[r], running[i * rows + r]));
    }
    return next;
  });
  // Everybody in a team has all its sums; each work-item writes one.
  Value chosen;
  for (auto [number, value] : llvm::enumerate(state)) {
    Value sum = addTeam(e, group, lanes > 1 ? sumLanes(e, value) : value, number);
    chosen = number == 0 ? sum : e.select(e.equal(lane, number), sum, chosen);
  }
  Value column = e.add(unit.first, e.rem(lane, rows));
  Value writes = e.both(unit.exists, e.both(e.less(lane, count), e.less(column, p.n)));
  e.when(writes, [&] { writeSum(e, e.div(lane, rows), column, chosen); });
}

void GroupVector::emitAcross() {
  PhaseFunction e(kernel, out, name, abi, units(), 1);
  GroupBuilder group(e.b, e.loc, simt);
  int64_t size = across * parts, width = across * lanes;
  open(e, group, size);
  Value lane = e.rem(item, across), part = e.rem(e.div(item, across), parts);
  Value a = base(e, p.a, &MatmulBatchDim::a), b = base(e, p.b, &MatmulBatchDim::b);
  Value column = e.add(unit.first, e.mul(lane, lanes));
  if (p.n % width != 0)
    column = e.min(column, p.n - lanes);
  b = e.add(b, e.mul(column, p.bN));
  Values state(p.m, e.zero(LoopEmitter::vectorOf(p.accumulator, lanes)));
  state = steps(e, e.add(unit.from, part), parts, state, [&](Value k, ValueRange running) {
    Values next;
    Value y = loadTypedVector(e, memoryOf(e, p.b), e.add(b, e.mul(k, p.bK)), lanes);
    for (int64_t i = 0; i < p.m; ++i) {
      Value x = loadTyped(e, memoryOf(e, p.a), e.add(e.add(a, i * p.aM), e.mul(k, p.aK)));
      next.push_back(e.multiplyAdd(e.splat(x, lanes), y, running[i]));
    }
    return next;
  });
  // [unit][row][part][column], so that neighbours write and read neighbours.
  int64_t elements = block / size * p.m * parts * width;
  group.allocateGroup(elements * storageBytes(p.accumulator));
  Value memory = group.viewGroup(0, elements, p.accumulator);
  Value slot = e.mul(e.div(item, size), p.m * parts * width);
  for (auto [i, value] : llvm::enumerate(state)) {
    Value at = e.add(e.add(slot, e.mul(part, width)),
                     e.add(e.mul(lane, lanes), int64_t(i) * parts * width));
    lanes > 1 ? e.storeVector(value, memory, at) : e.store(value, memory, at);
  }
  group.barrier();
  e.loop(e.rem(item, size), e.idx(p.m * width), size, [&](Value flat) {
    Value row = e.div(flat, width), within = e.rem(flat, width);
    Value result = e.add(unit.first, within);
    e.when(e.both(unit.exists, e.less(result, p.n)), [&] {
      Value first = e.add(slot, e.add(e.mul(row, parts * width), within));
      Value sum = e.loop(e.idx(1), e.idx(parts), 1, e.load(memory, first),
                         [&](Value other, ValueRange running) -> Values {
                           Value at = e.add(first, e.mul(other, width));
                           return {e.addNumbers(running[0], e.load(memory, at))};
                         })[0];
      writeSum(e, row, result, sum);
    });
  });
}

LogicalResult portico::lowerGroupVector(KernelOp kernel, Value hero, MatmulProblem problem,
                                        const TargetInfo &target, ModuleOp out, StringRef name,
                                        KernelABI &abi) {
  return GroupVector(kernel, hero, std::move(problem), target, out, name, abi).lower();
}
