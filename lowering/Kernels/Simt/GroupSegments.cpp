//===- GroupSegments.cpp - what falls on one row, combined in parts ---------===//
//
// Entries (key, update) are in order of their keys; those of one key are a run. They are
// cut into pieces, each for one work-item in one column:
//
//   keys     3 3 3 3 | 3 5 5 7 | 7 8 8 9        pieces of four
//   writes             5         8              runs that no other piece can have a part of
//   leaves   3 -     | 3 7     | 7 9            its first run and, if that is another, its last
//
// What the pieces leave are again entries in order of their keys, two of a piece, and are cut
// again, until they are one piece. So the depth is the logarithm of the number of updates,
// whatever the indices; a row of x is written once, by one work-item; and the order of the
// summands is that of the updates, with parentheses that the sizes and the indices decide.
//
// Where updates replace, the last of each run is written, and that is all.
//
//===----------------------------------------------------------------------===//

#include "lowering/Kernels/Simt/GroupSegments.h"

#include "lowering/Kernels/Simt/PerItem.h"
#include "lowering/ToLinalg/Casts.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace portico;

namespace {

/// Entries of a piece: few of the updates, if that makes enough work-items, more of what
/// pieces leave, and as many as there are where these are not many.
constexpr int64_t kLeast = 16, kMost = 64, kLast = 128;

class GroupSegments {
public:
  GroupSegments(KernelOp kernel, const ScatterProblem &problem, GroupRadix &order,
                const SimtInfo &simt, ModuleOp out, StringRef name, KernelABI &abi)
      : kernel(kernel), p(problem), order(order), simt(simt), out(out), name(name), abi(abi) {}

  void lower() {
    if (p.sets())
      return emitLast();
    int64_t wanted = 2 * simt.computeUnits * std::min<int64_t>(256, simt.maxWorkgroupSize);
    int64_t items = ceilDiv(p.count * p.outer() * p.inner, wanted);
    Entries entries{p.count, std::clamp<int64_t>(items, kLeast, kMost)};
    while (entries.count > kLast) {
      Entries left = leftBy(entries);
      emitPieces(entries, &left);
      entries = left;
    }
    entries.each = entries.count;
    emitPieces(entries, nullptr);
  }

private:
  using Values = LoopEmitter::Values;

  /// Entries of each of the batch, and how many of them make a piece.
  struct Entries {
    int64_t count, each;
    /// Where keys and values lie, if pieces have left them.
    int64_t keysByte = -1, valuesByte = -1;
    bool left() const { return keysByte >= 0; }
    int64_t pieces() const { return ceilDiv(count, each); }
  };

  Entries leftBy(const Entries &entries) {
    Entries left{2 * entries.pieces(), kMost};
    left.keysByte = reserve(p.batch * left.count * 8);
    left.valuesByte = reserve(p.outer() * left.count * p.inner * storageBytes(p.running));
    return left;
  }
  int64_t reserve(int64_t bytes) {
    int64_t at = abi.sharedBytes;
    abi.sharedBytes += alignBytes(bytes);
    return at;
  }

  /// A work-item's place: in the batch, between batch and axis, in the inner dimensions.
  struct Column {
    Value batch, middle, inner;
  };
  /// Element `row` of `rows` of one outer index, in a column.
  Value placeOf(PhaseFunction &e, const Column &column, Value row, int64_t rows) {
    Value outer = e.add(e.mul(column.batch, p.middle), column.middle);
    return e.add(e.mul(e.add(e.mul(outer, rows), row), p.inner), column.inner);
  }
  Value keysOf(PhaseFunction &e, const Entries &entries) {
    return e.view(e.shared, entries.keysByte, p.batch * entries.count, e.b.getI64Type());
  }
  TypedMemory valuesOf(PhaseFunction &e, const Entries &entries) {
    int64_t all = p.outer() * entries.count * p.inner;
    return {e.view(e.shared, entries.valuesByte, all, storageType(p.running)), p.running};
  }
  Value keyAt(PhaseFunction &e, const Entries &entries, const Column &column, Value i);
  Value valueAt(PhaseFunction &e, const Entries &entries, const Column &column, Value i);
  void leave(PhaseFunction &e, const Entries &left, const Column &column, Value number, Value key,
             Value value);
  void write(PhaseFunction &e, const Column &column, Value key, Value value);
  void emitPieces(const Entries &entries, const Entries *left);
  void emitLast();

  /// Instead of the key of an entry that is not there.
  static constexpr int64_t kNone = -1;

  KernelOp kernel;
  const ScatterProblem &p;
  GroupRadix &order;
  const SimtInfo &simt;
  ModuleOp out;
  StringRef name;
  KernelABI &abi;
};

} // namespace

Value GroupSegments::keyAt(PhaseFunction &e, const Entries &entries, const Column &column,
                           Value i) {
  Value number = e.add(e.mul(column.batch, entries.count), i);
  return entries.left() ? e.intToIndex(e.load(keysOf(e, entries), number))
                        : e.intToIndex(order.key(e, number));
}

/// In compute type.
Value GroupSegments::valueAt(PhaseFunction &e, const Entries &entries, const Column &column,
                             Value i) {
  if (entries.left())
    return loadTyped(e, valuesOf(e, entries), placeOf(e, column, i, entries.count));
  Value update = order.position(e, e.add(e.mul(column.batch, p.count), i));
  return loadTyped(e, p.updates(e), placeOf(e, column, update, p.count));
}

/// An entry for the next phase; its key is the same in all columns.
void GroupSegments::leave(PhaseFunction &e, const Entries &left, const Column &column, Value number,
                          Value key, Value value) {
  e.when(e.equal(e.add(column.middle, column.inner), 0), [&] {
    Value at = e.add(e.mul(column.batch, left.count), number);
    e.store(e.indexToInt(key, e.b.getI64Type()), keysOf(e, left), at);
  });
  if (value)
    storeTyped(e, value, valuesOf(e, left), placeOf(e, column, number, left.count), 1);
}

/// A whole run, into its row of x.
void GroupSegments::write(PhaseFunction &e, const Column &column, Value key, Value value) {
  Value at = placeOf(e, column, key, p.size);
  Value before = loadTyped(e, p.x(e), at);
  storeTyped(e, p.combine(e, before, value), p.result(e), at, 1);
}

void GroupSegments::emitPieces(const Entries &entries, const Entries *left) {
  int64_t pieces = entries.pieces();
  auto body = [&](PhaseFunction &e, Value number) {
    // Neighbours are neighbouring columns.
    Values digits = e.delinearize(number, {p.batch, pieces, p.middle, p.inner});
    Column column{digits[0], digits[2], digits[3]};
    Value piece = digits[1];
    Value from = e.mul(piece, entries.each);
    Value to = e.min(e.add(from, entries.each), entries.count);
    // The key and the value of the run so far, and how many runs came before it.
    Values state{keyAt(e, entries, column, from), valueAt(e, entries, column, from), e.idx(0)};
    state = e.loop(e.add(from, 1), to, 1, state, [&](Value i, ValueRange so) {
      Value key = keyAt(e, entries, column, i), run = so[0], value = so[1], runs = so[2];
      auto another = [&]() -> Values {
        auto whole = [&] { write(e, column, run, value); };
        if (left)
          e.when(
              e.equal(runs, 0), [&] { leave(e, *left, column, e.mul(piece, 2), run, value); },
              whole);
        else
          whole();
        return {key, valueAt(e, entries, column, i), e.add(runs, 1)};
      };
      auto theSame = [&]() -> Values {
        return {run, p.combine(e, value, valueAt(e, entries, column, i)), runs};
      };
      auto there = [&]() -> Values { return e.choose(e.equal(key, run), theSame, another); };
      if (!entries.left())
        return there();
      return e.choose(e.equal(key, kNone), [&]() -> Values { return llvm::to_vector(so); }, there);
    });
    if (!left)
      return write(e, column, state[0], state[1]);
    Value second = e.add(e.mul(piece, 2), 1);
    e.when(
        e.equal(state[2], 0),
        [&] {
          leave(e, *left, column, e.mul(piece, 2), state[0], state[1]);
          leave(e, *left, column, second, e.idx(kNone), nullptr);
        },
        [&] { leave(e, *left, column, second, state[0], state[1]); });
  };
  emitPerItem(kernel, out, name, abi, pieces * p.outer() * p.inner, simt, body);
}

void GroupSegments::emitLast() {
  Entries entries{p.count, 1};
  emitPerItem(kernel, out, name, abi, p.count * p.outer() * p.inner, simt,
              [&](PhaseFunction &e, Value number) {
                Values digits = e.delinearize(number, {p.batch, p.count, p.middle, p.inner});
                Column column{digits[0], digits[2], digits[3]};
                Value i = digits[1], key = keyAt(e, entries, column, i);
                // The last of all compares with itself.
                Value next = keyAt(e, entries, column, e.min(e.add(i, 1), p.count - 1));
                Value isLast = e.b.createOrFold<arith::OrIOp>(
                    e.loc, e.equal(i, p.count - 1),
                    arith::CmpIOp::create(e.b, e.loc, arith::CmpIPredicate::ne, key, next));
                e.when(isLast, [&] {
                  Value update = order.position(e, e.add(e.mul(column.batch, p.count), i));
                  moveTyped(e, p.updates(e), placeOf(e, column, update, p.count), p.result(e),
                            placeOf(e, column, key, p.size), 1);
                });
              });
}

void portico::lowerGroupSegments(KernelOp kernel, const ScatterProblem &problem, GroupRadix &order,
                                 const SimtInfo &simt, ModuleOp out, StringRef name,
                                 KernelABI &abi) {
  GroupSegments(kernel, problem, order, simt, out, name, abi).lower();
}
