//===- Scatter.cpp - updates combined in at run-time indices ----------------===//
//
//   x [outer][size][inner], indices [batch][count], updates [outer][count][inner]
//
// where outer = batch x the dimensions between the batch and the axis. An item is
// one outer index and a block of inner columns: it copies its part of x into the
// result and then goes through the updates in order of the indices. No two items
// touch the same element, so neither the order nor the result depends on how many
// cores there are.
//
//===----------------------------------------------------------------------===//

#include "lowering/Kernels/Combine.h"
#include "lowering/Kernels/MatmulStrategy.h"
#include "lowering/Kernels/MatmulTile.h"
#include "lowering/ToLinalg/Casts.h"

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
      : kernel(kernel), op(op), out(out), name(name), abi(abi), elem(elementTypeOf(op.getX())),
        lanes(lanesFor(storageType(elem), target)) {
    ArrayRef<int64_t> shape = shapeOf(op.getX());
    int64_t batchDims = op.getBatchDims(), axis = op.getAxis();
    for (auto [i, dim] : llvm::enumerate(shape)) {
      int64_t at = i;
      (at < batchDims ? batch : at < axis ? middle : at == axis ? size : inner) *= dim;
    }
    for (int64_t dim : shapeOf(op.getIndices()).drop_front(batchDims))
      count *= dim;
  }
  void lower();

private:
  Value checkedIndex(PhaseFunction &e, Value which);
  void update(PhaseFunction &e, Value updates, Value from, Value to, int64_t l);

  KernelOp kernel;
  ScatterOp op;
  ModuleOp out;
  StringRef name;
  KernelABI &abi;
  Type elem;
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
    auto ordinal = std::distance(op->getBlock()->begin(), op->getIterator());
    Value words[] = {arith::ConstantIntOp::create(
                         b, e.loc, static_cast<int64_t>(KernelStatus::indexOutOfRange), 64),
                     index, bound, arith::ConstantIntOp::create(b, e.loc, ordinal, 64)};
    for (auto [i, word] : llvm::enumerate(words))
      e.store(word, e.status, e.idx(i));
  });
  Value zero = arith::ConstantIntOp::create(b, e.loc, 0, 64);
  return e.intToIndex(arith::SelectOp::create(b, e.loc, bad, zero, index));
}

void ScatterLowering::update(PhaseFunction &e, Value updates, Value from, Value to, int64_t l) {
  Value result = e.results[0];
  if (op.getCombiner() == ScatterCombiner::Set) {
    if (l > 1)
      e.storeVector(e.loadVector(updates, from, l), result, to);
    else
      e.store(e.load(updates, from), result, to);
    return;
  }
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
  Value before = loadTypedVector(e, {result, elem}, to, l);
  Value value =
      combine(e.b, e.loc, kind, elem, before, loadTypedVector(e, {updates, elem}, from, l));
  value = toStorage(e.b, e.loc, value, elem);
  l > 1 ? e.storeVector(value, result, to) : e.store(value, result, to);
}

void ScatterLowering::lower() {
  // Columns are cut only where there are too few rows to share.
  int64_t outer = batch * middle;
  int64_t width = std::max<int64_t>(inner, 1);
  double work = double(size + count) * inner;
  if (outer < 8 && inner >= 2 * lanes && work * outer > 1e5)
    width = roundUp(ceilDiv(inner, std::max<int64_t>(1, 8 / std::max<int64_t>(outer, 1))), lanes);
  int64_t blocks = ceilDiv(inner, width), last = inner - (blocks - 1) * width;
  int64_t extent = size == 0 ? 0 : outer * blocks;
  // With no row to write to, the indices still have to be checked.
  if (size == 0 && count > 0)
    extent = batch;
  PhaseFunction e(kernel, out, name, abi, extent,
                  grainFor(double(size + 4 * count) * width / lanes));
  Value x = e.inputs[cast<BlockArgument>(op.getX()).getArgNumber()];
  Value updates = e.inputs[cast<BlockArgument>(op.getUpdates()).getArgNumber()];
  if (size == 0) {
    e.loop(e.begin, e.end, 1, [&](Value item) {
      e.loop(0, count, 1, [&](Value i) { checkedIndex(e, e.add(e.mul(item, count), i)); });
    });
    return;
  }
  auto address = [&](Value memory) -> Value {
    return memref::ExtractAlignedPointerAsIndexOp::create(e.b, e.loc, memory);
  };
  Value inPlace = e.equal(address(x), address(e.results[0]));
  e.loop(e.begin, e.end, 1, [&](Value item) {
    Value block = e.rem(item, blocks), row = e.div(item, blocks);
    Value column = e.mul(block, width);
    Value base = e.add(e.mul(row, size * inner), column);
    Value updateBase = e.add(e.mul(row, count * inner), column);
    Value firstIndex = e.mul(e.div(row, middle), count);
    auto columns = [&](int64_t n) {
      auto copy = [&](Value at, int64_t elements) {
        e.loopLanes(elements, lanes, [&](Value j, int64_t l) {
          Value place = e.add(at, j);
          if (l > 1)
            e.storeVector(e.loadVector(x, place, l), e.results[0], place);
          else
            e.store(e.load(x, place), e.results[0], place);
        });
      };
      e.when(
          inPlace, [] {},
          [&] {
            if (n == inner)
              copy(base, size * inner);
            else
              e.loop(0, size, 1, [&](Value i) { copy(e.add(base, e.mul(i, inner)), n); });
          });
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
