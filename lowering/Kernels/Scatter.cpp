//===- Scatter.cpp - updates combined in at run-time indices ----------------===//
//
//   phase 0, items = stretches of x: copy into the result, unless it is the same
//   phase 1, items = outer index x block of inner columns: go through the updates
//     in order of the indices
//
// No two items of a phase touch the same element, so neither the order nor the
// result depends on how many cores there are.
//
// Sums and products of f16 and bf16 are rounded once, at the end: the phases above
// work on f32 in memory that the tasks share, and
//
//   phase 2, items as in phase 0: round into the result
//
//===----------------------------------------------------------------------===//

#include "lowering/Kernels/KernelForm.h"
#include "lowering/Kernels/MatmulStrategy.h"
#include "lowering/Kernels/ScatterProblem.h"
#include "lowering/Kernels/Simt/GroupScatter.h"
#include "lowering/ToLinalg/Casts.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;
using namespace portico;

namespace {

class ScatterLowering {
public:
  ScatterLowering(KernelOp kernel, const ScatterProblem &problem, const TargetInfo &target,
                  ModuleOp out, StringRef name, KernelABI &abi)
      : kernel(kernel), p(problem), out(out), name(name), abi(abi),
        lanes(lanesFor(storageType(p.elem), target)) {}
  void lower();

private:
  using Place = llvm::function_ref<TypedMemory(PhaseFunction &e)>;
  void emitCopy(Place from, Place to);
  void emitUpdates();
  void update(PhaseFunction &e, Value from, Value to, int64_t l);

  KernelOp kernel;
  const ScatterProblem &p;
  ModuleOp out;
  StringRef name;
  KernelABI &abi;
  int64_t lanes;
};

} // namespace

void ScatterLowering::update(PhaseFunction &e, Value from, Value to, int64_t l) {
  TypedMemory memory = p.combined(e);
  if (p.sets())
    return moveTyped(e, p.updates(e), from, memory, to, l);
  Value before = loadTypedVector(e, memory, to, l);
  storeTyped(e, p.combine(e, before, loadTypedVector(e, p.updates(e), from, l)), memory, to, l);
}

/// All elements from one memory into another, if it is another.
void ScatterLowering::emitCopy(Place from, Place to) {
  constexpr int64_t stretch = 8192;
  int64_t total = elementsOf(p.op.getX()), stretches = ceilDiv(total, stretch);
  int64_t last = total - (stretches - 1) * stretch;
  PhaseFunction e(kernel, out, name, abi, stretches, grainFor(double(stretch) / lanes));
  TypedMemory source = from(e), target = to(e);
  auto address = [&](Value memory) -> Value {
    return memref::ExtractAlignedPointerAsIndexOp::create(e.b, e.loc, memory);
  };
  auto copy = [&](Value base, int64_t count) {
    e.loopLanes(count, lanes, [&](Value j, int64_t l) {
      Value place = e.add(base, j);
      moveTyped(e, source, place, target, place, l);
    });
  };
  Value inPlace = e.equal(address(source.memory), address(target.memory));
  e.when(
      inPlace, [] {},
      [&] {
        e.loop(e.begin, e.end, 1, [&](Value item) {
          Value base = e.mul(item, stretch);
          if (last == stretch)
            return copy(base, stretch);
          e.when(
              e.less(item, stretches - 1), [&] { copy(base, stretch); }, [&] { copy(base, last); });
        });
      });
}

void ScatterLowering::emitUpdates() {
  // Columns are cut only where there are too few rows to share.
  constexpr int64_t least = 64;
  int64_t outer = p.outer(), width = p.inner;
  if (outer < 8 && double(p.count) * p.inner * outer > 1e5)
    width = std::min(p.inner, std::max(least, roundUp(ceilDiv(p.inner, ceilDiv(8, outer)), lanes)));
  int64_t blocks = ceilDiv(p.inner, width), last = p.inner - (blocks - 1) * width;
  PhaseFunction e(kernel, out, name, abi, outer * blocks,
                  grainFor(double(4 * p.count) * ceilDiv(width, lanes)));
  e.loop(e.begin, e.end, 1, [&](Value item) {
    Value block = e.rem(item, blocks), row = e.div(item, blocks);
    Value column = e.mul(block, width);
    Value base = e.add(e.mul(row, p.size * p.inner), column);
    Value updateBase = e.add(e.mul(row, p.count * p.inner), column);
    Value firstIndex = e.mul(e.div(row, p.middle), p.count);
    auto columns = [&](int64_t n) {
      e.loop(0, p.count, 1, [&](Value i) {
        Value index = p.checkedIndex(e, e.add(firstIndex, i));
        Value to = e.add(base, e.mul(index, p.inner));
        Value from = e.add(updateBase, e.mul(i, p.inner));
        e.loopLanes(n, lanes,
                    [&](Value j, int64_t l) { update(e, e.add(from, j), e.add(to, j), l); });
      });
    };
    if (last == width)
      return columns(width);
    e.when(e.less(block, blocks - 1), [&] { columns(width); }, [&] { columns(last); });
  });
}

void ScatterLowering::lower() {
  if (p.rounds())
    abi.sharedBytes = alignBytes(elementsOf(p.op.getX()) * storageBytes(p.running));
  auto combined = [&](PhaseFunction &e) { return p.combined(e); };
  emitCopy([&](PhaseFunction &e) { return p.x(e); }, combined);
  if (p.count > 0)
    emitUpdates();
  if (p.rounds())
    emitCopy(combined, [&](PhaseFunction &e) { return p.result(e); });
}

/// With no row to write to, the indices still have to be checked.
static void emitChecksAlone(KernelOp kernel, const ScatterProblem &p, ModuleOp out, StringRef name,
                            KernelABI &abi) {
  PhaseFunction e(kernel, out, name, abi, p.batch, 1);
  e.loop(e.begin, e.end, 1, [&](Value item) {
    e.loop(0, p.count, 1, [&](Value i) { p.checkedIndex(e, e.add(e.mul(item, p.count), i)); });
  });
}

LogicalResult portico::lowerScatterKernel(KernelOp kernel, const TargetInfo &target, ModuleOp out,
                                          StringRef name, KernelABI &abi) {
  auto op = dyn_cast_or_null<ScatterOp>(soleOp(kernel));
  if (!op)
    return refuse(kernel, "a scatter kernel is not a scatter alone",
                  "one scatter from all its inputs to its only result");
  setNothingInPlace(kernel, abi);
  // x is read where the result is written, unless it is an operand twice.
  unsigned x = cast<BlockArgument>(op.getX()).getArgNumber();
  abi.sameIndex[x][0] = op.getUpdates() != op.getX() && op.getIndices() != op.getX();
  ScatterProblem problem(op);
  if (problem.size == 0 || problem.inner == 0 || problem.middle == 0) {
    emitChecksAlone(kernel, problem, out, name, abi);
  } else if (problem.batch == 0) {
    PhaseFunction nothing(kernel, out, name, abi, 0, 1);
  } else if (target.simt) {
    lowerGroupScatter(kernel, problem, *target.simt, out, name, abi);
  } else {
    ScatterLowering(kernel, problem, target, out, name, abi).lower();
  }
  return success();
}
