//===- ScatterProblem.cpp ---------------------------------------------------===//

#include "lowering/Kernels/ScatterProblem.h"

#include "lowering/Kernels/Combine.h"
#include "lowering/ToLinalg/Casts.h"
#include "lowering/ToLinalg/RunTimeError.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace portico;

ScatterProblem::ScatterProblem(ScatterOp op)
    : op(op), elem(elementTypeOf(op.getX())), running(elem) {
  ArrayRef<int64_t> shape = shapeOf(op.getX());
  int64_t batchDims = op.getBatchDims(), axis = op.getAxis();
  for (auto [i, dim] : llvm::enumerate(shape)) {
    int64_t at = i;
    (at < batchDims ? batch : at < axis ? middle : at == axis ? size : inner) *= dim;
  }
  for (int64_t dim : shapeOf(op.getIndices()).drop_front(batchDims))
    count *= dim;
  bool sums = op.getCombiner() == ScatterCombiner::Add || op.getCombiner() == ScatterCombiner::Mul;
  if (sums && count > 0 && isa<FloatType>(elem))
    running = computeType(elem);
}

bool ScatterProblem::sets() const { return op.getCombiner() == ScatterCombiner::Set; }

static unsigned argumentOf(Value value) { return cast<BlockArgument>(value).getArgNumber(); }

TypedMemory ScatterProblem::x(PhaseFunction &e) const {
  return {e.inputs[argumentOf(op.getX())], elem};
}

TypedMemory ScatterProblem::updates(PhaseFunction &e) const {
  return {e.inputs[argumentOf(op.getUpdates())], elem};
}

Value ScatterProblem::checkedIndex(PhaseFunction &e, Value which) const {
  OpBuilder &b = e.b;
  Value index = e.load(e.inputs[argumentOf(op.getIndices())], which);
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

TypedMemory ScatterProblem::combined(PhaseFunction &e) const {
  if (!rounds())
    return result(e);
  return {e.view(e.shared, 0, elementsOf(op.getX()), running), running};
}

static ReduceKind reduceKind(ScatterCombiner combiner) {
  switch (combiner) {
  case ScatterCombiner::Set:
    break;
  case ScatterCombiner::Add:
    return ReduceKind::Sum;
  case ScatterCombiner::Mul:
    return ReduceKind::Prod;
  case ScatterCombiner::Max:
    return ReduceKind::Max;
  case ScatterCombiner::Min:
    return ReduceKind::Min;
  }
  llvm_unreachable("what is set is not combined");
}

Value ScatterProblem::combine(PhaseFunction &e, Value before, Value update) const {
  return portico::combine(e.b, e.loc, reduceKind(op.getCombiner()), elem, before, update);
}

void portico::storeTyped(PhaseFunction &e, Value value, TypedMemory to, Value place,
                         int64_t lanes) {
  value = toStorage(e.b, e.loc, value, to.elem);
  lanes > 1 ? e.storeVector(value, to.memory, place) : e.store(value, to.memory, place);
}

void portico::moveTyped(PhaseFunction &e, TypedMemory from, Value at, TypedMemory to, Value place,
                        int64_t lanes) {
  if (from.elem != to.elem)
    return storeTyped(e, loadTypedVector(e, from, at, lanes), to, place, lanes);
  if (lanes > 1)
    e.storeVector(e.loadVector(from.memory, at, lanes), to.memory, place);
  else
    e.store(e.load(from.memory, at), to.memory, place);
}
