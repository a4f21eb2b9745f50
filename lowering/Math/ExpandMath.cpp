//===- ExpandMath.cpp - math ops as arithmetic ------------------------------===//

#include "lowering/Math/ExpandMath.h"

#include "lowering/Math/Functions.h"

#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace portico {

/// What replaces `op`; null for an op that stays.
static Value expansion(OpBuilder &b, Operation *op, bool doubles) {
  if (op->getNumResults() != 1)
    return nullptr;
  Type type = op->getResult(0).getType();
  Location loc = op->getLoc();
  if (auto power = dyn_cast<math::IPowIOp>(op))
    return emitIntegerPower(b, loc, power.getLhs(), power.getRhs());
  Type elem = getElementTypeOrSelf(type);
  if (!elem.isF32() && !elem.isF64())
    return nullptr;
  MathBuilder m(b, loc, type, doubles);
  return llvm::TypeSwitch<Operation *, Value>(op)
      .Case([&](math::ExpOp e) { return emitExp(m, e.getOperand()); })
      .Case([&](math::ExpM1Op e) { return emitExpm1(m, e.getOperand()); })
      .Case([&](math::LogOp e) { return emitLog(m, e.getOperand()); })
      .Case([&](math::Log1pOp e) { return emitLog1p(m, e.getOperand()); })
      .Case([&](math::Log2Op e) { return emitLog2(m, e.getOperand()); })
      .Case([&](math::RsqrtOp e) {
        return m.div(m.c(1), math::SqrtOp::create(b, loc, e.getOperand()));
      })
      .Case([&](math::SinOp e) { return emitSin(m, e.getOperand()); })
      .Case([&](math::CosOp e) { return emitCos(m, e.getOperand()); })
      .Case([&](math::TanhOp e) { return emitTanh(m, e.getOperand()); })
      .Case([&](math::ErfOp e) { return emitErf(m, e.getOperand()); })
      .Case([&](math::PowFOp e) { return emitPow(m, e.getLhs(), e.getRhs()); })
      .Case([&](math::Atan2Op e) { return emitAtan2(m, e.getLhs(), e.getRhs()); })
      .Case([&](arith::RemFOp e) { return emitRemainder(m, e.getLhs(), e.getRhs()); })
      .Default([](Operation *) { return Value(); });
}

/// What every target does in one instruction.
static bool isInstruction(Operation *op) {
  return isa<math::FmaOp, math::SqrtOp, math::AbsFOp, math::FloorOp, math::CeilOp, math::TruncOp,
             math::RoundEvenOp, math::CopySignOp>(op);
}

LogicalResult expandMath(Operation *root, bool doubles) {
  SmallVector<Operation *> ops;
  root->walk([&](Operation *op) {
    if (isa<math::MathDialect>(op->getDialect()) || isa<arith::RemFOp>(op))
      ops.push_back(op);
  });
  for (Operation *op : ops) {
    OpBuilder b(op);
    if (Value value = expansion(b, op, doubles)) {
      op->getResult(0).replaceAllUsesWith(value);
      op->erase();
      continue;
    }
    Type type = op->getOperand(0).getType(), elem = getElementTypeOrSelf(type);
    if ((elem.isF32() || elem.isF64()) && !isInstruction(op))
      return op->emitError() << "[expand-math] no polynomial for this function; got "
                             << op->getName() << " of " << type
                             << "; expected one that the lowering of portico emits";
  }
  return success();
}

} // namespace portico
