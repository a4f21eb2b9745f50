//===- Sort.cpp - stable sort of rows ---------------------------------------===//
//
// x is seen as [outer][n][inner], sorted along n; an item is one row. The row
// becomes words of (key, position), keys ordered as unsigned integers
// (SortKeys.h); words are sorted; values are fetched from x by position.
//
// - short rows: insertion sort.
// - long rows: radix sort from the lowest byte up. One pass over the row counts
//   all bytes at once; a byte that is the same everywhere is skipped.
//
// Keys of up to 32 bits share an i64 with their position, key on top; wider keys
// have their positions in an array of their own.
//
//===----------------------------------------------------------------------===//

#include "lowering/Kernels/KernelForm.h"
#include "lowering/Kernels/PhaseFunction.h"
#include "lowering/Kernels/Simt/GroupSort.h"
#include "lowering/Kernels/SortKeys.h"
#include "lowering/ToLinalg/Casts.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace portico;

namespace {

class SortLowering {
public:
  SortLowering(KernelOp kernel, SortOp op, ModuleOp out, StringRef name, KernelABI &abi)
      : kernel(kernel), op(op), out(out), name(name), abi(abi), elem(elementTypeOf(op.getX())),
        keyBits(sortKeyBits(elem)), packed(keyBits <= 32) {
    for (auto [i, size] : llvm::enumerate(shapeOf(op.getX())))
      (int64_t(i) < op.getAxis() ? outer : int64_t(i) == op.getAxis() ? n : inner) *= size;
  }
  void lower();

private:
  static constexpr int64_t digitBits = 8, digits = 1 << digitBits;
  /// Rows of this many elements are sorted by insertion: quadratic, but there is
  /// no histogram to clear.
  static constexpr int64_t shortRow = 48;

  int64_t passes() const { return keyBits / digitBits; }
  /// Where the key begins in a word.
  int64_t keyShift() const { return packed ? 32 : 0; }
  Value i64(LoopEmitter &e, int64_t value) {
    return arith::ConstantIntOp::create(e.b, e.loc, value, 64);
  }
  /// Digit number `pass` of a word, as an index.
  Value digit(LoopEmitter &e, Value word, Value pass);
  void makeWords(PhaseFunction &e, Value base, bool count);
  void insertionSort(PhaseFunction &e);
  /// Sorts and returns where the sorted row begins.
  Value radixSort(PhaseFunction &e);
  void writeRow(PhaseFunction &e, Value base, Value from);

  KernelOp kernel;
  SortOp op;
  ModuleOp out;
  StringRef name;
  KernelABI &abi;
  Type elem;
  int64_t keyBits;
  bool packed;
  int64_t outer = 1, n = 1, inner = 1;
  /// Two rows each, to move from one to the other.
  Value words, positions, counts;
};

} // namespace

Value SortLowering::digit(LoopEmitter &e, Value word, Value pass) {
  Value shift = e.indexToInt(e.add(e.mul(pass, digitBits), keyShift()), e.b.getI64Type());
  Value bits = arith::ShRUIOp::create(e.b, e.loc, word, shift);
  return e.intToIndex(arith::AndIOp::create(e.b, e.loc, bits, i64(e, digits - 1)));
}

void SortLowering::makeWords(PhaseFunction &e, Value base, bool count) {
  Type wide = e.b.getI64Type();
  Value x = e.inputs[cast<BlockArgument>(op.getX()).getArgNumber()];
  if (count) {
    Value zero = arith::ConstantIntOp::create(e.b, e.loc, 0, 32);
    e.loop(0, passes() * digits, 1, [&](Value i) { e.store(zero, counts, i); });
  }
  e.loop(0, n, 1, [&](Value i) {
    Value stored = e.load(x, e.add(base, e.mul(i, inner)));
    Value word = emitSortKey(e, stored, elem, op.getDescending());
    if (keyBits < 64)
      word = arith::ExtUIOp::create(e.b, e.loc, wide, word);
    if (packed) {
      word = arith::ShLIOp::create(e.b, e.loc, word, i64(e, keyShift()));
      word = arith::OrIOp::create(e.b, e.loc, word, e.indexToInt(i, wide));
    } else {
      e.store(e.indexToInt(i, e.b.getI32Type()), positions, i);
    }
    e.store(word, words, i);
    if (!count)
      return;
    Value one = arith::ConstantIntOp::create(e.b, e.loc, 1, 32);
    for (int64_t pass = 0; pass < passes(); ++pass) {
      Value at = e.add(digit(e, word, e.idx(pass)), pass * digits);
      e.store(arith::AddIOp::create(e.b, e.loc, e.load(counts, at), one), counts, at);
    }
  });
}

void SortLowering::insertionSort(PhaseFunction &e) {
  e.loop(1, n, 1, [&](Value i) {
    Value word = e.load(words, i);
    Value position = packed ? Value() : e.load(positions, i);
    // While the one before is larger, it moves up.
    Value place = e.loopWhile(
        ValueRange(i),
        [&](ValueRange j) -> Value {
          return e.choose(
              e.less(e.idx(0), j[0]),
              [&]() -> LoopEmitter::Values {
                Value before = e.load(words, e.sub(j[0], 1));
                return {arith::CmpIOp::create(e.b, e.loc, arith::CmpIPredicate::ugt, before, word)};
              },
              [&]() -> LoopEmitter::Values {
                return {arith::ConstantIntOp::create(e.b, e.loc, 0, 1)};
              })[0];
        },
        [&](ValueRange j) -> LoopEmitter::Values {
          Value before = e.sub(j[0], 1);
          e.store(e.load(words, before), words, j[0]);
          if (!packed)
            e.store(e.load(positions, before), positions, j[0]);
          return {before};
        })[0];
    e.store(word, words, place);
    if (!packed)
      e.store(position, positions, place);
  });
}

Value SortLowering::radixSort(PhaseFunction &e) {
  Value half = e.idx(n), zero = e.idx(0);
  LoopEmitter::Values ends = e.loop(
      e.idx(0), e.idx(passes()), 1, ValueRange{zero, half}, [&](Value pass, ValueRange where) {
        Value from = where[0], to = where[1];
        Value table = e.mul(pass, digits);
        // All elements have the digit of the first: nothing would move.
        Value first = digit(e, e.load(words, from), pass);
        Value same = e.load(counts, e.add(table, first));
        Value skip = arith::CmpIOp::create(e.b, e.loc, arith::CmpIPredicate::eq, same,
                                           arith::ConstantIntOp::create(e.b, e.loc, n, 32));
        return e.choose(
            skip, [&]() -> LoopEmitter::Values { return {from, to}; },
            [&]() -> LoopEmitter::Values {
              Value none = arith::ConstantIntOp::create(e.b, e.loc, 0, 32);
              e.loop(e.idx(0), e.idx(digits), 1, ValueRange(none),
                     [&](Value d, ValueRange sum) -> LoopEmitter::Values {
                       Value at = e.add(table, d);
                       Value count = e.load(counts, at);
                       e.store(sum[0], counts, at);
                       return {arith::AddIOp::create(e.b, e.loc, sum[0], count)};
                     });
              Value one = arith::ConstantIntOp::create(e.b, e.loc, 1, 32);
              e.loop(0, n, 1, [&](Value i) {
                Value word = e.load(words, e.add(from, i));
                Value at = e.add(table, digit(e, word, pass));
                Value place = e.load(counts, at);
                e.store(arith::AddIOp::create(e.b, e.loc, place, one), counts, at);
                Value target = e.add(to, e.intToIndex(place));
                e.store(word, words, target);
                if (!packed)
                  e.store(e.load(positions, e.add(from, i)), positions, target);
              });
              return {to, from};
            });
      });
  return ends[0];
}

void SortLowering::writeRow(PhaseFunction &e, Value base, Value from) {
  Value x = e.inputs[cast<BlockArgument>(op.getX()).getArgNumber()];
  Type wide = e.b.getI64Type();
  e.loop(0, n, 1, [&](Value i) {
    Value at = e.add(from, i), position;
    if (packed)
      position = arith::AndIOp::create(e.b, e.loc, e.load(words, at), i64(e, 0xffffffff));
    else
      position = arith::ExtUIOp::create(e.b, e.loc, wide, e.load(positions, at));
    Value source = e.add(base, e.mul(e.intToIndex(position), inner));
    Value to = e.add(base, e.mul(i, inner));
    // What nobody reads of the two results the kernel does not yield.
    auto yielded = cast<YieldOp>(op->getBlock()->getTerminator()).getValues();
    for (auto [i, value] : llvm::enumerate(yielded))
      e.store(value == op.getValues() ? e.load(x, source) : position, e.results[i], to);
  });
}

void SortLowering::lower() {
  bool isShort = n <= shortRow;
  int64_t rows = isShort ? 1 : 2;
  int64_t wordBytes = alignBytes(rows * n * 8);
  int64_t positionBytes = packed ? 0 : alignBytes(rows * n * 4);
  int64_t countBytes = isShort ? 0 : passes() * digits * 4;
  abi.scratchBytes = wordBytes + positionBytes + countBytes;
  double work = double(n) * (isShort ? n : 4 * passes());
  PhaseFunction e(kernel, out, name, abi, outer * inner, grainFor(work));
  words = e.view(e.scratch, 0, rows * n, e.b.getI64Type());
  if (!packed)
    positions = e.view(e.scratch, wordBytes, rows * n, e.b.getI32Type());
  if (!isShort)
    counts = e.view(e.scratch, wordBytes + positionBytes, passes() * digits, e.b.getI32Type());
  e.loop(e.begin, e.end, 1, [&](Value item) {
    Value base = e.add(e.mul(e.div(item, inner), n * inner), e.rem(item, inner));
    makeWords(e, base, !isShort);
    Value from = e.idx(0);
    if (isShort)
      insertionSort(e);
    else
      from = radixSort(e);
    writeRow(e, base, from);
  });
}

LogicalResult portico::lowerSortKernel(KernelOp kernel, const TargetInfo &target, ModuleOp out,
                                       StringRef name, KernelABI &abi) {
  auto op = dyn_cast_or_null<SortOp>(soleOp(kernel));
  if (!op)
    return refuse(kernel, "a sort kernel is not a sort alone",
                  "one sort of its only input, with its results");
  setNothingInPlace(kernel, abi);
  if (target.simt && wantsGroupSort(shapeOf(op.getX())[op.getAxis()]))
    lowerGroupSort(kernel, op, *target.simt, out, name, abi);
  else
    SortLowering(kernel, op, out, name, abi).lower();
  return success();
}
