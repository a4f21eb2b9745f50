//===- ScanProblem.cpp ------------------------------------------------------===//

#include "lowering/Kernels/ScanProblem.h"

#include "lowering/Kernels/Combine.h"
#include "lowering/Kernels/PhaseFunction.h"
#include "lowering/ToLinalg/Casts.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace portico;

ScanProblem::ScanProblem(ScanOp op, const TargetInfo &target)
    : op(op), kind(op.getKind()), elem(elementTypeOf(op.getX())), type(computeType(elem)) {
  for (auto [i, size] : llvm::enumerate(shapeOf(op.getX())))
    (int64_t(i) < op.getAxis() ? outer : int64_t(i) == op.getAxis() ? n : inner) *= size;
  bool accumulates = kind == ReduceKind::Sum || kind == ReduceKind::Prod;
  bool widens = accumulates && type.isF32() && target.doubles;
  running = widens ? Float64Type::get(type.getContext()) : type;
}

Value ScanProblem::widen(LoopEmitter &e, Value value, int64_t lanes) const {
  if (running == type)
    return value;
  return arith::ExtFOp::create(e.b, e.loc, LoopEmitter::vectorOf(running, lanes), value);
}

Value ScanProblem::narrow(LoopEmitter &e, Value value, int64_t lanes) const {
  if (running != type)
    value = arith::TruncFOp::create(e.b, e.loc, LoopEmitter::vectorOf(type, lanes), value);
  return toStorage(e.b, e.loc, value, elem);
}

Value ScanProblem::with(LoopEmitter &e, Value x, Value y) const {
  return combine(e.b, e.loc, kind, elem, x, y);
}

Value ScanProblem::identity(LoopEmitter &e) const {
  return identityOf(e.b, e.loc, kind, elem, running);
}

Value ScanProblem::position(LoopEmitter &e, Value i) const {
  return op.getReverse() ? e.sub(e.idx(n - 1), i) : i;
}
