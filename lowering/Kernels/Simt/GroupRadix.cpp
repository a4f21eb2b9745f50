//===- GroupRadix.cpp - stable order of integer keys, for work-groups -------===//
//
// From the lowest four bits up. Rows are cut into chunks, one for each group, and
// chunks into runs of neighbours, one for each work-item. As often as a key has
// digits, the same three kernels:
//
//   count     how often a chunk has each digit              counts[row][digit][chunk]
//   place     where each digit of each chunk begins: a scan of that; pass += 1
//   move      each work-item goes through its run in order
//
// The number of the pass lies in memory, so that the kernels of all passes are the
// same code. Keys and positions go to and fro between two halves. Runs are counted and
// moved in order, which makes the order stable. Positions and counts have 32 bits where
// the length of a row does.
//
//===----------------------------------------------------------------------===//

#include "lowering/Kernels/Simt/GroupRadix.h"

#include "lowering/Kernels/Simt/GroupPrefix.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace portico;

GroupRadix::GroupRadix(KernelOp kernel, const SimtInfo &simt, ModuleOp out, StringRef name,
                       KernelABI &abi, int64_t rows, int64_t n, int64_t wordBits, int64_t keyBits)
    : kernel(kernel), simt(simt), out(out), name(name), abi(abi), rows(rows), n(n),
      wordBits(wordBits), passes(ceilDiv(keyBits, kDigitBits)),
      counterBits(n <= INT32_MAX ? 32 : 64), block(std::min<int64_t>(256, simt.maxWorkgroupSize)),
      // Short rows do not need long runs.
      run(std::clamp<int64_t>(ceilDiv(n, block), 1, 16)), chunks(ceilDiv(n, block * run)) {
  auto reserve = [&](int64_t bytes) {
    int64_t at = abi.sharedBytes;
    abi.sharedBytes += alignBytes(bytes);
    return at;
  };
  keysByte = reserve(2 * rows * n * (wordBits / 8));
  positionsByte = reserve(2 * rows * n * counterBytes());
  countsByte = reserve(rows * kDigits * chunks * counterBytes());
  passByte = reserve(counterBytes());
}

Type GroupRadix::word() { return IntegerType::get(kernel.getContext(), wordBits); }

Type GroupRadix::counter() { return IntegerType::get(kernel.getContext(), counterBits); }

Value GroupRadix::constant(LoopEmitter &e, int64_t value) {
  return arith::ConstantIntOp::create(e.b, e.loc, value, counterBits);
}

Value GroupRadix::keys(PhaseFunction &e) {
  return e.view(e.shared, keysByte, 2 * rows * n, word());
}

Value GroupRadix::positions(PhaseFunction &e) {
  return e.view(e.shared, positionsByte, 2 * rows * n, counter());
}

Value GroupRadix::counts(PhaseFunction &e) {
  return e.view(e.shared, countsByte, rows * kDigits * chunks, counter());
}

Value GroupRadix::passNumber(PhaseFunction &e) { return e.view(e.shared, passByte, 1, counter()); }

/// Where an element of a row lies in half `half`.
Value GroupRadix::placeOf(PhaseFunction &e, Value half, Value row, Value i) {
  return e.add(e.mul(e.add(e.mul(half, rows), row), n), i);
}

void GroupRadix::put(PhaseFunction &e, Value number, Value key) {
  e.store(key, keys(e), number);
  e.store(e.indexToInt(e.rem(number, n), counter()), positions(e), number);
  e.when(e.equal(number, 0), [&] { e.store(constant(e, 0), passNumber(e), e.idx(0)); });
}

Value GroupRadix::key(PhaseFunction &e, Value number) {
  return e.load(keys(e), e.add(number, passes % 2 * rows * n));
}

Value GroupRadix::position(PhaseFunction &e, Value number) {
  return e.intToIndex(e.load(positions(e), e.add(number, passes % 2 * rows * n)));
}

/// Opens a phase of one group for each chunk.
GroupRadix::Chunk GroupRadix::openChunks(PhaseFunction &e, GroupBuilder &group) {
  LaunchShape &launch = abi.phases.back().shape;
  launch.grid = {uint32_t(rows * chunks), 1, 1};
  launch.block = {uint32_t(block), 1, 1};
  group.allocateGroup(kDigits * block * counterBytes());
  Chunk chunk;
  chunk.item = group.item();
  Value which = group.group();
  chunk.row = e.div(which, chunks);
  chunk.number = e.rem(which, chunks);
  Value first = e.mul(e.add(e.mul(chunk.number, block), chunk.item), run);
  chunk.from = e.min(first, n);
  chunk.to = e.min(e.add(first, run), n);
  return chunk;
}

Value GroupRadix::digit(PhaseFunction &e, Value key, Value pass) {
  Value shift = e.indexToInt(e.mul(pass, kDigitBits), word());
  Value bits = arith::ShRUIOp::create(e.b, e.loc, key, shift);
  Value mask = arith::ConstantIntOp::create(e.b, e.loc, kDigits - 1, wordBits);
  bits = arith::AndIOp::create(e.b, e.loc, bits, mask);
  return arith::IndexCastUIOp::create(e.b, e.loc, e.b.getIndexType(), bits);
}

/// own[digit][work-item] = how often its run has the digit, in half `half`.
void GroupRadix::countRuns(PhaseFunction &e, GroupBuilder &group, const Chunk &chunk, Value own,
                           Value pass, Value half) {
  for (int64_t d = 0; d < kDigits; ++d)
    e.store(constant(e, 0), own, e.add(chunk.item, d * block));
  e.loop(chunk.from, chunk.to, 1, [&](Value i) {
    Value d = digit(e, e.load(keys(e), placeOf(e, half, chunk.row, i)), pass);
    Value at = e.add(e.mul(d, block), chunk.item);
    e.store(arith::AddIOp::create(e.b, e.loc, e.load(own, at), constant(e, 1)), own, at);
  });
  group.barrier();
}

void GroupRadix::emitCount() {
  PhaseFunction e(kernel, out, name, abi, rows * chunks, 1);
  GroupBuilder group(e.b, e.loc, simt);
  Chunk chunk = openChunks(e, group);
  Value own = group.viewGroup(0, kDigits * block, counter());
  Value pass = e.intToIndex(e.load(passNumber(e), e.idx(0)));
  countRuns(e, group, chunk, own, pass, e.rem(pass, 2));
  e.when(e.less(chunk.item, kDigits), [&] {
    Value first = e.mul(chunk.item, block);
    Value all = e.loop(
        first, e.add(first, block), 1, ValueRange(constant(e, 0)), [&](Value at, ValueRange sum) {
          return LoopEmitter::Values{arith::AddIOp::create(e.b, e.loc, sum[0], e.load(own, at))};
        })[0];
    Value row = e.add(e.mul(chunk.row, kDigits), chunk.item);
    e.store(all, counts(e), e.add(e.mul(row, chunks), chunk.number));
  });
}

/// A group for each row: every work-item adds up a run of the table, the group
/// scans these sums, and each run is replaced by what comes before.
void GroupRadix::emitPlace() {
  PhaseFunction e(kernel, out, name, abi, rows, 1);
  LaunchShape &launch = abi.phases.back().shape;
  launch.grid = {uint32_t(rows), 1, 1};
  launch.block = {uint32_t(block), 1, 1};
  GroupBuilder group(e.b, e.loc, simt);
  group.allocateGroup(block * counterBytes());
  Value sums = group.viewGroup(0, block, counter());
  Value item = group.item(), row = group.group();
  int64_t entries = kDigits * chunks, each = ceilDiv(entries, block);
  Value first = e.mul(item, each);
  Value base = e.mul(row, entries);
  Value from = e.add(base, e.min(first, entries)),
        to = e.add(base, e.min(e.add(first, each), entries));
  auto sum = [&](Value x, Value y) -> Value { return arith::AddIOp::create(e.b, e.loc, x, y); };
  Value own = e.loop(from, to, 1, ValueRange(constant(e, 0)), [&](Value at, ValueRange so) {
    return LoopEmitter::Values{sum(so[0], e.load(counts(e), at))};
  })[0];
  e.store(own, sums, item);
  group.barrier();
  emitGroupPrefix(e, group, sums, block, sum);
  Value before = arith::SubIOp::create(e.b, e.loc, e.load(sums, item), own);
  e.loop(from, to, 1, ValueRange(before), [&](Value at, ValueRange so) {
    Value count = e.load(counts(e), at);
    e.store(so[0], counts(e), at);
    return LoopEmitter::Values{sum(so[0], count)};
  });
  e.when(e.both(e.equal(item, 0), e.equal(row, 0)), [&] {
    e.store(sum(e.load(passNumber(e), e.idx(0)), constant(e, 1)), passNumber(e), e.idx(0));
  });
}

void GroupRadix::emitMove() {
  PhaseFunction e(kernel, out, name, abi, rows * chunks, 1);
  GroupBuilder group(e.b, e.loc, simt);
  Chunk chunk = openChunks(e, group);
  Value own = group.viewGroup(0, kDigits * block, counter());
  // `place` has counted on.
  Value pass = e.sub(e.intToIndex(e.load(passNumber(e), e.idx(0))), 1);
  Value half = e.rem(pass, 2), other = e.sub(e.idx(1), half);
  countRuns(e, group, chunk, own, pass, half);
  e.when(e.less(chunk.item, kDigits), [&] {
    Value row = e.add(e.mul(chunk.row, kDigits), chunk.item);
    Value begin = e.load(counts(e), e.add(e.mul(row, chunks), chunk.number));
    Value first = e.mul(chunk.item, block);
    e.loop(first, e.add(first, block), 1, ValueRange(begin), [&](Value at, ValueRange so) {
      Value count = e.load(own, at);
      e.store(so[0], own, at);
      return LoopEmitter::Values{arith::AddIOp::create(e.b, e.loc, so[0], count)};
    });
  });
  group.barrier();
  e.loop(chunk.from, chunk.to, 1, [&](Value i) {
    Value from = placeOf(e, half, chunk.row, i);
    Value key = e.load(keys(e), from);
    Value at = e.add(e.mul(digit(e, key, pass), block), chunk.item);
    Value place = e.load(own, at);
    e.store(arith::AddIOp::create(e.b, e.loc, place, constant(e, 1)), own, at);
    Value to = placeOf(e, other, chunk.row, e.intToIndex(place));
    e.store(key, keys(e), to);
    e.store(e.load(positions(e), from), positions(e), to);
  });
}

void GroupRadix::emitPasses() {
  if (passes == 0)
    return;
  size_t first = abi.phases.size();
  emitCount();
  emitPlace();
  emitMove();
  SmallVector<KernelPhase> pass(abi.phases.begin() + first, abi.phases.end());
  for (int64_t k = 1; k < passes; ++k)
    abi.phases.append(pass.begin(), pass.end());
}
