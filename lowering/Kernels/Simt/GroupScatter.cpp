//===- GroupScatter.cpp - updates combined in, for work-groups --------------===//
//
// Without atomics, and in an order that the indices alone decide. There are two ways:
//
// - owners: a work-item owns every `owners`-th row of x in one column, goes through all
//   indices in order and takes the updates that are its own. Nothing is moved, but every
//   work-item reads all indices.
//
//     phase 0   x into the result (f32 in shared memory where sums are rounded)
//     phase 1   the updates
//     phase 2   rounded into the result (where sums are)
//
// - segments: indices are put in order, and updates of one row of x are combined in parts
//   (GroupSegments.h). As much work as there are updates, but many phases.
//
//     phases 0, 1    x into the result, the indices as keys
//     phases 2 ...   the passes of GroupRadix
//     then           those of GroupSegments
//
//===----------------------------------------------------------------------===//

#include "lowering/Kernels/Simt/GroupScatter.h"

#include "lowering/Kernels/Simt/GroupRadix.h"
#include "lowering/Kernels/Simt/GroupSegments.h"
#include "lowering/Kernels/Simt/PerItem.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace portico;

namespace {

class GroupScatter {
public:
  GroupScatter(KernelOp kernel, const ScatterProblem &problem, const SimtInfo &simt, ModuleOp out,
               StringRef name, KernelABI &abi)
      : kernel(kernel), p(problem), simt(simt), out(out), name(name), abi(abi),
        columns(p.outer() * p.inner),
        wanted(2 * simt.computeUnits * std::min<int64_t>(256, simt.maxWorkgroupSize)),
        owners(std::clamp<int64_t>(ceilDiv(wanted, columns), 1, p.size)) {}

  void lower() {
    if (wantsSegments())
      lowerSegments();
    else
      lowerOwners();
  }

private:
  using Place = llvm::function_ref<TypedMemory(PhaseFunction &e)>;

  int64_t keyBits() const { return llvm::Log2_64_Ceil(uint64_t(p.size)); }
  bool wantsSegments() const;
  void lowerSegments();
  void lowerOwners();
  void emitCopy(Place from, Place to);
  void emitOwners();

  KernelOp kernel;
  const ScatterProblem &p;
  const SimtInfo &simt;
  ModuleOp out;
  StringRef name;
  KernelABI &abi;
  /// Columns of x, work-items that fill the machine, and how many share a column.
  int64_t columns, wanted, owners;
};

} // namespace

/// In steps, one after the other, of a machine that does `wanted` of them at a time.
bool GroupScatter::wantsSegments() const {
  // Launching a phase takes as long as some hundred steps; an entry is put in order by a few
  // dozen steps of one work-item for each digit.
  constexpr double kStepsOfPhase = 500, kStepsOfDigit = 32, kPhases = 4;
  double digits = ceilDiv(keyBits(), 4);
  double all = double(columns) * owners;
  double byOwners = double(p.count) * std::max(1.0, all / wanted);
  double entries = double(p.batch) * p.count / wanted;
  double bySegments = kStepsOfPhase * (3 * digits + kPhases) + kStepsOfDigit * digits * entries +
                      4 * double(p.count) * columns / wanted;
  return bySegments < byOwners;
}

void GroupScatter::emitCopy(Place from, Place to) {
  emitPerItem(
      kernel, out, name, abi, elementsOf(p.op.getX()), simt,
      [&](PhaseFunction &e, Value place) { moveTyped(e, from(e), place, to(e), place, 1); });
}

void GroupScatter::emitOwners() {
  emitPerItem(kernel, out, name, abi, columns * owners, simt, [&](PhaseFunction &e, Value number) {
    // Neighbours are neighbouring columns.
    Value column = e.rem(number, p.inner), rest = e.div(number, p.inner);
    Value owner = e.rem(rest, owners), row = e.div(rest, owners);
    Value to = e.add(e.mul(row, p.size * p.inner), column);
    Value from = e.add(e.mul(row, p.count * p.inner), column);
    Value firstIndex = e.mul(e.div(row, p.middle), p.count);
    e.loop(0, p.count, 1, [&](Value i) {
      Value index = p.checkedIndex(e, e.add(firstIndex, i));
      auto take = [&] {
        Value at = e.add(from, e.mul(i, p.inner)), place = e.add(to, e.mul(index, p.inner));
        TypedMemory memory = p.combined(e);
        if (p.sets())
          return moveTyped(e, p.updates(e), at, memory, place, 1);
        Value before = loadTyped(e, memory, place);
        storeTyped(e, p.combine(e, before, loadTyped(e, p.updates(e), at)), memory, place, 1);
      };
      if (owners == 1)
        take();
      else
        e.when(e.equal(e.rem(index, owners), owner), take);
    });
  });
}

void GroupScatter::lowerOwners() {
  if (p.rounds())
    abi.sharedBytes = alignBytes(elementsOf(p.op.getX()) * storageBytes(p.running));
  auto x = [&](PhaseFunction &e) { return p.x(e); };
  auto result = [&](PhaseFunction &e) { return p.result(e); };
  auto combined = [&](PhaseFunction &e) { return p.combined(e); };
  emitCopy(x, combined);
  if (p.count > 0)
    emitOwners();
  if (p.rounds())
    emitCopy(combined, result);
}

void GroupScatter::lowerSegments() {
  int64_t wordBits = p.size <= INT32_MAX ? 32 : 64;
  GroupRadix radix(kernel, simt, out, name, abi, p.batch, p.count, wordBits, keyBits());
  emitCopy([&](PhaseFunction &e) { return p.x(e); }, [&](PhaseFunction &e) { return p.result(e); });
  emitPerItem(kernel, out, name, abi, p.batch * p.count, simt, [&](PhaseFunction &e, Value number) {
    Value index = p.checkedIndex(e, number);
    radix.put(e, number, e.indexToInt(index, e.b.getIntegerType(wordBits)));
  });
  radix.emitPasses();
  lowerGroupSegments(kernel, p, radix, simt, out, name, abi);
}

void portico::lowerGroupScatter(KernelOp kernel, const ScatterProblem &problem,
                                const SimtInfo &simt, ModuleOp out, StringRef name,
                                KernelABI &abi) {
  GroupScatter(kernel, problem, simt, out, name, abi).lower();
}
