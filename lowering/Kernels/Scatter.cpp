//===- Scatter.cpp - updates combined in at run-time indices ----------------===//
//
//   x [outer][size][inner], indices [batch][count], updates [outer][count][inner]
//
// where outer = batch x the dimensions between the batch and the axis.
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

#include "lowering/Kernels/Combine.h"
#include "lowering/Kernels/MatmulStrategy.h"
#include "lowering/Kernels/MatmulTile.h"
#include "lowering/Kernels/Simt/PerItem.h"
#include "lowering/ToLinalg/Casts.h"
#include "lowering/ToLinalg/RunTimeError.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/Diagnostics.h"

using namespace mlir;
using namespace portico;

namespace {

class ScatterLowering {
public:
  ScatterLowering(KernelOp kernel, ScatterOp op, const TargetInfo &target, ModuleOp out,
                  StringRef name, KernelABI &abi)
      : kernel(kernel), op(op), out(out), name(name), abi(abi), simt(target.simt),
        elem(elementTypeOf(op.getX())), running(elem), lanes(lanesFor(storageType(elem), target)) {
    ArrayRef<int64_t> shape = shapeOf(op.getX());
    int64_t batchDims = op.getBatchDims(), axis = op.getAxis();
    for (auto [i, dim] : llvm::enumerate(shape)) {
      int64_t at = i;
      (at < batchDims ? batch : at < axis ? middle : at == axis ? size : inner) *= dim;
    }
    for (int64_t dim : shapeOf(op.getIndices()).drop_front(batchDims))
      count *= dim;
    bool sums =
        op.getCombiner() == ScatterCombiner::Add || op.getCombiner() == ScatterCombiner::Mul;
    if (sums && count > 0 && isa<FloatType>(elem))
      running = computeType(elem);
  }
  void lower();

private:
  using Place = llvm::function_ref<TypedMemory(PhaseFunction &e)>;
  void emitCopy(Place from, Place to);
  void emitUpdates();
  void emitGroupCopy(Place from, Place to);
  void emitGroupUpdates();
  void emitChecksAlone();
  Value checkedIndex(PhaseFunction &e, Value which);
  void update(PhaseFunction &e, Value updates, Value from, Value to, int64_t l);
  /// Whether updates are combined elsewhere than in the result.
  bool rounds() const { return running != elem; }
  TypedMemory x(PhaseFunction &e) {
    return {e.inputs[cast<BlockArgument>(op.getX()).getArgNumber()], elem};
  }
  TypedMemory result(PhaseFunction &e) const { return {e.results[0], elem}; }
  /// Where updates are combined.
  TypedMemory combined(PhaseFunction &e) {
    if (!rounds())
      return result(e);
    return {e.view(e.shared, 0, elementsOf(op.getX()), running), running};
  }

  KernelOp kernel;
  ScatterOp op;
  ModuleOp out;
  StringRef name;
  KernelABI &abi;
  const std::optional<SimtInfo> &simt;
  Type elem;
  /// What updates are combined in.
  Type running;
  int64_t lanes;
  int64_t batch = 1, middle = 1, size = 1, inner = 1, count = 1;
};

} // namespace

/// The index, 0 where it is out of range, which is reported.
Value ScatterLowering::checkedIndex(PhaseFunction &e, Value which) {
  OpBuilder &b = e.b;
  Value indices = e.inputs[cast<BlockArgument>(op.getIndices()).getArgNumber()];
  Value index = e.load(indices, which);
  Type i64 = b.getI64Type();
  if (index.getType() != i64)
    index = arith::ExtSIOp::create(b, e.loc, i64, index);
  Value bound = arith::ConstantIntOp::create(b, e.loc, size, 64);
  // Compared as unsigned, a negative index is too large.
  Value bad = arith::CmpIOp::create(b, e.loc, arith::CmpIPredicate::uge, index, bound);
  e.when(bad, [&] {
    storeRunTimeError(b, e.loc, e.status, KernelStatus::indexOutOfRange, op, index, bound);
  });
  Value zero = arith::ConstantIntOp::create(b, e.loc, 0, 64);
  return e.intToIndex(arith::SelectOp::create(b, e.loc, bad, zero, index));
}

/// An element, or `l` of them, from one memory into another.
static void move(PhaseFunction &e, TypedMemory from, Value at, TypedMemory to, Value place,
                 int64_t l) {
  Value value;
  if (from.elem == to.elem)
    value = l > 1 ? e.loadVector(from.memory, at, l) : e.load(from.memory, at);
  else
    value = toStorage(e.b, e.loc, loadTypedVector(e, from, at, l), to.elem);
  l > 1 ? e.storeVector(value, to.memory, place) : e.store(value, to.memory, place);
}

void ScatterLowering::update(PhaseFunction &e, Value updates, Value from, Value to, int64_t l) {
  TypedMemory memory = combined(e);
  if (op.getCombiner() == ScatterCombiner::Set)
    return move(e, {updates, elem}, from, memory, to, l);
  ReduceKind kind = ReduceKind::Sum;
  switch (op.getCombiner()) {
  case ScatterCombiner::Set:
  case ScatterCombiner::Add:
    kind = ReduceKind::Sum;
    break;
  case ScatterCombiner::Mul:
    kind = ReduceKind::Prod;
    break;
  case ScatterCombiner::Max:
    kind = ReduceKind::Max;
    break;
  case ScatterCombiner::Min:
    kind = ReduceKind::Min;
    break;
  }
  Value before = loadTypedVector(e, memory, to, l);
  Value value =
      combine(e.b, e.loc, kind, elem, before, loadTypedVector(e, {updates, elem}, from, l));
  value = toStorage(e.b, e.loc, value, running);
  l > 1 ? e.storeVector(value, memory.memory, to) : e.store(value, memory.memory, to);
}

/// All elements from one memory into another, if it is another.
void ScatterLowering::emitCopy(Place from, Place to) {
  constexpr int64_t stretch = 8192;
  int64_t total = elementsOf(op.getX()), stretches = ceilDiv(total, stretch);
  int64_t last = total - (stretches - 1) * stretch;
  PhaseFunction e(kernel, out, name, abi, stretches, grainFor(double(stretch) / lanes));
  TypedMemory source = from(e), target = to(e);
  auto address = [&](Value memory) -> Value {
    return memref::ExtractAlignedPointerAsIndexOp::create(e.b, e.loc, memory);
  };
  auto copy = [&](Value base, int64_t count) {
    e.loopLanes(count, lanes, [&](Value j, int64_t l) {
      Value place = e.add(base, j);
      move(e, source, place, target, place, l);
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
  int64_t outer = batch * middle, width = inner;
  if (outer < 8 && double(count) * inner * outer > 1e5)
    width = std::min(inner, std::max(least, roundUp(ceilDiv(inner, ceilDiv(8, outer)), lanes)));
  int64_t blocks = ceilDiv(inner, width), last = inner - (blocks - 1) * width;
  PhaseFunction e(kernel, out, name, abi, outer * blocks,
                  grainFor(double(4 * count) * ceilDiv(width, lanes)));
  Value updates = e.inputs[cast<BlockArgument>(op.getUpdates()).getArgNumber()];
  e.loop(e.begin, e.end, 1, [&](Value item) {
    Value block = e.rem(item, blocks), row = e.div(item, blocks);
    Value column = e.mul(block, width);
    Value base = e.add(e.mul(row, size * inner), column);
    Value updateBase = e.add(e.mul(row, count * inner), column);
    Value firstIndex = e.mul(e.div(row, middle), count);
    auto columns = [&](int64_t n) {
      e.loop(0, count, 1, [&](Value i) {
        Value index = checkedIndex(e, e.add(firstIndex, i));
        Value to = e.add(base, e.mul(index, inner));
        Value from = e.add(updateBase, e.mul(i, inner));
        e.loopLanes(n, lanes, [&](Value j, int64_t l) {
          update(e, updates, e.add(from, j), e.add(to, j), l);
        });
      });
    };
    if (last == width)
      return columns(width);
    e.when(e.less(block, blocks - 1), [&] { columns(width); }, [&] { columns(last); });
  });
}

void ScatterLowering::emitGroupCopy(Place from, Place to) {
  emitPerItem(kernel, out, name, abi, elementsOf(op.getX()), *simt,
              [&](PhaseFunction &e, Value place) { move(e, from(e), place, to(e), place, 1); });
}

/// A work-item owns every `owners`-th row of x in one column, goes through all
/// indices in order and takes the updates that are its own: no atomics, and the
/// order of the updates of an element is that of the indices.
void ScatterLowering::emitGroupUpdates() {
  int64_t columns = batch * middle * inner;
  int64_t wanted = 2 * simt->computeUnits * std::min<int64_t>(256, simt->maxWorkgroupSize);
  int64_t owners = std::clamp<int64_t>(ceilDiv(wanted, columns), 1, size);
  emitPerItem(kernel, out, name, abi, columns * owners, *simt, [&](PhaseFunction &e, Value number) {
    // Neighbours are neighbouring columns.
    Value column = e.rem(number, inner), rest = e.div(number, inner);
    Value owner = e.rem(rest, owners), row = e.div(rest, owners);
    Value updates = e.inputs[cast<BlockArgument>(op.getUpdates()).getArgNumber()];
    Value to = e.add(e.mul(row, size * inner), column);
    Value from = e.add(e.mul(row, count * inner), column);
    Value firstIndex = e.mul(e.div(row, middle), count);
    e.loop(0, count, 1, [&](Value i) {
      Value index = checkedIndex(e, e.add(firstIndex, i));
      auto take = [&] {
        update(e, updates, e.add(from, e.mul(i, inner)), e.add(to, e.mul(index, inner)), 1);
      };
      if (owners == 1)
        take();
      else
        e.when(e.equal(e.rem(index, owners), owner), take);
    });
  });
}

/// With no row to write to, the indices still have to be checked.
void ScatterLowering::emitChecksAlone() {
  PhaseFunction e(kernel, out, name, abi, batch, 1);
  e.loop(e.begin, e.end, 1, [&](Value item) {
    e.loop(0, count, 1, [&](Value i) { checkedIndex(e, e.add(e.mul(item, count), i)); });
  });
}

void ScatterLowering::lower() {
  if (size == 0 || inner == 0 || middle == 0)
    return emitChecksAlone();
  if (batch == 0) {
    PhaseFunction nothing(kernel, out, name, abi, 0, 1);
    return;
  }
  if (rounds())
    abi.sharedBytes = alignBytes(elementsOf(op.getX()) * storageBytes(running));
  auto copy = [&](Place from, Place to) { simt ? emitGroupCopy(from, to) : emitCopy(from, to); };
  auto x = [&](PhaseFunction &e) { return this->x(e); };
  auto result = [&](PhaseFunction &e) { return this->result(e); };
  auto combined = [&](PhaseFunction &e) { return this->combined(e); };
  copy(x, combined);
  if (count > 0)
    simt ? emitGroupUpdates() : emitUpdates();
  if (rounds())
    copy(combined, result);
}

LogicalResult portico::lowerScatterKernel(KernelOp kernel, const TargetInfo &target, ModuleOp out,
                                          StringRef name, KernelABI &abi) {
  auto op = dyn_cast<ScatterOp>(kernel.getBody().front().front());
  if (!op || !llvm::all_of(op->getOperands(), llvm::IsaPred<BlockArgument>))
    return kernel.emitError("scatter kernel: expected one scatter of inputs");
  setNothingInPlace(kernel, abi);
  // x is read where the result is written, unless it is an operand twice.
  unsigned x = cast<BlockArgument>(op.getX()).getArgNumber();
  abi.sameIndex[x][0] = op.getUpdates() != op.getX() && op.getIndices() != op.getX();
  ScatterLowering(kernel, op, target, out, name, abi).lower();
  return success();
}
