//===- GroupSort.cpp - stable sort of rows, for work-groups -----------------===//
//
// A radix sort from the lowest four bits up. Rows are cut into chunks, one for each
// group, and chunks into runs of neighbours, one for each work-item:
//
//   begin     (key, position) of each element; pass = 0
//   then as often as a key has digits, the same three kernels:
//     count     how often a chunk has each digit              counts[row][digit][chunk]
//     place     where each digit of each chunk begins: a scan of that; pass += 1
//     move      each work-item goes through its run in order
//   finish    values and positions
//
// The number of the pass lies in memory, so that the kernels of all passes are the
// same code. Runs are counted and moved in order, which makes the sort stable.
//
//===----------------------------------------------------------------------===//

#include "lowering/Kernels/Simt/GroupSort.h"

#include "lowering/Kernels/Simt/GroupPrefix.h"
#include "lowering/Kernels/Simt/PerItem.h"
#include "lowering/Kernels/SortKeys.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace portico;

bool portico::wantsGroupSort(int64_t n) { return n > 48; }

namespace {

class GroupSort {
public:
  GroupSort(KernelOp kernel, SortOp op, const SimtInfo &simt, ModuleOp out, StringRef name,
            KernelABI &abi)
      : kernel(kernel), op(op), simt(simt), out(out), name(name), abi(abi),
        elem(elementTypeOf(op.getX())), keyBits(sortKeyBits(elem)),
        block(std::min<int64_t>(256, simt.maxWorkgroupSize)) {
    int64_t outer = 1;
    for (auto [i, size] : llvm::enumerate(shapeOf(op.getX())))
      (int64_t(i) < op.getAxis() ? outer : int64_t(i) == op.getAxis() ? n : inner) *= size;
    rows = outer * inner;
    // Short rows do not need long runs.
    run = std::clamp<int64_t>(ceilDiv(n, block), 1, 16);
    chunks = ceilDiv(n, block * run);
  }

  void lower();

private:
  static constexpr int64_t kDigitBits = 4, kDigits = 1 << kDigitBits;

  int64_t passes() const { return keyBits / kDigitBits; }
  Type word() const { return IntegerType::get(elem.getContext(), keyBits); }
  Type small() const { return IntegerType::get(elem.getContext(), 32); }
  Value i32(LoopEmitter &e, int64_t value) {
    return arith::ConstantIntOp::create(e.b, e.loc, value, 32);
  }

  void layOut();
  // The two halves of keys and positions, and the tables.
  Value keys(PhaseFunction &e) { return e.view(e.shared, keysByte, 2 * rows * n, word()); }
  Value positions(PhaseFunction &e) {
    return e.view(e.shared, positionsByte, 2 * rows * n, small());
  }
  Value counts(PhaseFunction &e) {
    return e.view(e.shared, countsByte, rows * kDigits * chunks, small());
  }
  Value passNumber(PhaseFunction &e) { return e.view(e.shared, passByte, 1, small()); }

  /// Opens a phase of one group for each chunk.
  struct Chunk {
    Value item, row, number, from, to;
  };
  Chunk openChunks(PhaseFunction &e, GroupBuilder &group);
  Value digit(PhaseFunction &e, Value key, Value pass);
  /// own[digit][work-item] = how often its run has the digit, in half `half`.
  void countRuns(PhaseFunction &e, GroupBuilder &group, const Chunk &chunk, Value own, Value pass,
                 Value half);
  /// Where an element of a row begins in half `half`.
  Value placeOf(PhaseFunction &e, Value half, Value row, Value i) {
    return e.add(e.mul(e.add(e.mul(half, rows), row), n), i);
  }

  void emitBegin();
  void emitCount();
  void emitPlace();
  void emitMove();
  void emitFinish();

  KernelOp kernel;
  SortOp op;
  const SimtInfo &simt;
  ModuleOp out;
  StringRef name;
  KernelABI &abi;
  Type elem;
  int64_t keyBits, block, rows = 1, n = 1, inner = 1, run = 1, chunks = 1;
  int64_t keysByte = 0, positionsByte = 0, countsByte = 0, passByte = 0;
};

} // namespace

void GroupSort::layOut() {
  auto reserve = [&](int64_t bytes) {
    int64_t at = abi.sharedBytes;
    abi.sharedBytes += alignBytes(bytes);
    return at;
  };
  keysByte = reserve(2 * rows * n * (keyBits / 8));
  positionsByte = reserve(2 * rows * n * 4);
  countsByte = reserve(rows * kDigits * chunks * 4);
  passByte = reserve(4);
}

void GroupSort::emitBegin() {
  emitPerItem(kernel, out, name, abi, rows * n, simt, [&](PhaseFunction &e, Value number) {
    Value row = e.div(number, n), i = e.rem(number, n);
    Value x = e.inputs[cast<BlockArgument>(op.getX()).getArgNumber()];
    Value base = e.add(e.mul(e.div(row, inner), n * inner), e.rem(row, inner));
    Value stored = e.load(x, e.add(base, e.mul(i, inner)));
    e.store(emitSortKey(e, stored, elem, op.getDescending()), keys(e), number);
    e.store(e.indexToInt(i, small()), positions(e), number);
    e.when(e.equal(number, 0), [&] { e.store(i32(e, 0), passNumber(e), e.idx(0)); });
  });
}

GroupSort::Chunk GroupSort::openChunks(PhaseFunction &e, GroupBuilder &group) {
  LaunchShape &launch = abi.phases.back().shape;
  launch.grid = {uint32_t(rows * chunks), 1, 1};
  launch.block = {uint32_t(block), 1, 1};
  group.allocateGroup(kDigits * block * 4);
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

Value GroupSort::digit(PhaseFunction &e, Value key, Value pass) {
  Value shift = e.indexToInt(e.mul(pass, kDigitBits), word());
  Value bits = arith::ShRUIOp::create(e.b, e.loc, key, shift);
  Value mask = arith::ConstantIntOp::create(e.b, e.loc, kDigits - 1, keyBits);
  bits = arith::AndIOp::create(e.b, e.loc, bits, mask);
  return arith::IndexCastUIOp::create(e.b, e.loc, e.b.getIndexType(), bits);
}

void GroupSort::countRuns(PhaseFunction &e, GroupBuilder &group, const Chunk &chunk, Value own,
                          Value pass, Value half) {
  for (int64_t d = 0; d < kDigits; ++d)
    e.store(i32(e, 0), own, e.add(chunk.item, d * block));
  e.loop(chunk.from, chunk.to, 1, [&](Value i) {
    Value d = digit(e, e.load(keys(e), placeOf(e, half, chunk.row, i)), pass);
    Value at = e.add(e.mul(d, block), chunk.item);
    e.store(arith::AddIOp::create(e.b, e.loc, e.load(own, at), i32(e, 1)), own, at);
  });
  group.barrier();
}

void GroupSort::emitCount() {
  PhaseFunction e(kernel, out, name, abi, rows * chunks, 1);
  GroupBuilder group(e.b, e.loc, simt);
  Chunk chunk = openChunks(e, group);
  Value own = group.viewGroup(0, kDigits * block, small());
  Value pass = e.intToIndex(e.load(passNumber(e), e.idx(0)));
  countRuns(e, group, chunk, own, pass, e.rem(pass, 2));
  e.when(e.less(chunk.item, kDigits), [&] {
    Value first = e.mul(chunk.item, block);
    Value all =
        e.loop(first, e.add(first, block), 1, ValueRange(i32(e, 0)), [&](Value at, ValueRange sum) {
          return LoopEmitter::Values{arith::AddIOp::create(e.b, e.loc, sum[0], e.load(own, at))};
        })[0];
    Value row = e.add(e.mul(chunk.row, kDigits), chunk.item);
    e.store(all, counts(e), e.add(e.mul(row, chunks), chunk.number));
  });
}

/// A group for each row: every work-item adds up a run of the table, the group
/// scans these sums, and each run is replaced by what comes before.
void GroupSort::emitPlace() {
  PhaseFunction e(kernel, out, name, abi, rows, 1);
  LaunchShape &launch = abi.phases.back().shape;
  launch.grid = {uint32_t(rows), 1, 1};
  launch.block = {uint32_t(block), 1, 1};
  GroupBuilder group(e.b, e.loc, simt);
  group.allocateGroup(block * 4);
  Value sums = group.viewGroup(0, block, small());
  Value item = group.item(), row = group.group();
  int64_t entries = kDigits * chunks, each = ceilDiv(entries, block);
  Value first = e.mul(item, each);
  Value base = e.mul(row, entries);
  Value from = e.add(base, e.min(first, entries)),
        to = e.add(base, e.min(e.add(first, each), entries));
  auto sum = [&](Value x, Value y) -> Value { return arith::AddIOp::create(e.b, e.loc, x, y); };
  Value own = e.loop(from, to, 1, ValueRange(i32(e, 0)), [&](Value at, ValueRange so) {
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
    e.store(sum(e.load(passNumber(e), e.idx(0)), i32(e, 1)), passNumber(e), e.idx(0));
  });
}

void GroupSort::emitMove() {
  PhaseFunction e(kernel, out, name, abi, rows * chunks, 1);
  GroupBuilder group(e.b, e.loc, simt);
  Chunk chunk = openChunks(e, group);
  Value own = group.viewGroup(0, kDigits * block, small());
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
    e.store(arith::AddIOp::create(e.b, e.loc, place, i32(e, 1)), own, at);
    Value to = placeOf(e, other, chunk.row, e.intToIndex(place));
    e.store(key, keys(e), to);
    e.store(e.load(positions(e), from), positions(e), to);
  });
}

void GroupSort::emitFinish() {
  emitPerItem(kernel, out, name, abi, rows * n, simt, [&](PhaseFunction &e, Value number) {
    Value row = e.div(number, n), i = e.rem(number, n);
    Value x = e.inputs[cast<BlockArgument>(op.getX()).getArgNumber()];
    Value base = e.add(e.mul(e.div(row, inner), n * inner), e.rem(row, inner));
    Value position =
        arith::ExtUIOp::create(e.b, e.loc, e.b.getI64Type(), e.load(positions(e), number));
    Value to = e.add(base, e.mul(i, inner));
    // Of the two results the kernel may yield one.
    auto yielded = cast<YieldOp>(op->getBlock()->getTerminator()).getValues();
    for (auto [r, value] : llvm::enumerate(yielded)) {
      Value result = position;
      if (value == op.getValues())
        result = e.load(x, e.add(base, e.mul(e.intToIndex(position), inner)));
      e.store(result, e.results[r], to);
    }
  });
}

void GroupSort::lower() {
  static_assert(8 % (2 * kDigitBits) == 0, "the last pass ends in the half the first began with");
  layOut();
  emitBegin();
  size_t first = abi.phases.size();
  emitCount();
  emitPlace();
  emitMove();
  SmallVector<KernelPhase> pass(abi.phases.begin() + first, abi.phases.end());
  for (int64_t k = 1; k < passes(); ++k)
    abi.phases.append(pass.begin(), pass.end());
  emitFinish();
}

void portico::lowerGroupSort(KernelOp kernel, SortOp op, const SimtInfo &simt, ModuleOp out,
                             StringRef name, KernelABI &abi) {
  GroupSort(kernel, op, simt, out, name, abi).lower();
}
