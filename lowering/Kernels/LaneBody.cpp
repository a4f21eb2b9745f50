//===- LaneBody.cpp - the body of a generic for a vector of iterations ------===//

#include "lowering/Kernels/Lanes.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace portico {

Value LaneBody::operand(unsigned k) {
  if (Value known = preloaded.lookup(k))
    return known;
  Place where = place(generic->getOperand(k));
  if (where.value)
    return where.value;
  VaryingIndex at = where.at ? *where.at : lanes.evaluate(accesses[k], dims, {});
  // Operands are read where linalg proved the access in range: a guard around
  // the use does not matter, only the tail of the loop does.
  return preloaded[k] = lanes.load(where.memref, at, tail, /*guarded=*/false);
}

Value LaneBody::lookup(Value value) {
  if (Value known = values.lookup(value))
    return known;
  if (auto arg = dyn_cast<BlockArgument>(value))
    return operand(arg.getArgNumber());
  // A constant or a memref from outside.
  assert(!generic->isProperAncestor(value.getDefiningOp()) && "a value that was not evaluated");
  return value;
}

VaryingIndex LaneBody::lookupIndex(Value value) {
  auto it = indices.find(value);
  if (it != indices.end())
    return it->second;
  return lanes.uniform(value);
}

bool LaneBody::dependsOnOutput(Operation &op) {
  unsigned inputs = generic.getNumDpsInputs();
  return llvm::any_of(op.getOperands(), [&](Value v) {
    if (skipped.contains(v))
      return true;
    auto arg = dyn_cast<BlockArgument>(v);
    return arg && arg.getOwner() == generic.getBody() && arg.getArgNumber() >= inputs;
  });
}

SmallVector<Value> LaneBody::run(ValueRange wanted) {
  runBlock(*generic.getBody());
  SmallVector<Value> results;
  for (Value value : wanted)
    results.push_back(lookup(value));
  return results;
}

void LaneBody::runBlock(Block &block) {
  for (Operation &op : block.without_terminator()) {
    if (dependsOnOutput(op))
      skipped.insert(op.result_begin(), op.result_end());
    else
      runOp(op);
  }
}

void LaneBody::runOp(Operation &op) {
  OpBuilder &b = lanes.b;
  lanes.loc = op.getLoc();
  if (op.getNumResults() == 1) {
    Value result = op.getResult(0);
    if (auto it = indexExprs.find(result); it != indexExprs.end()) {
      SmallVector<VaryingIndex> symbols;
      if (auto apply = dyn_cast<affine::AffineApplyOp>(op))
        for (Value operand : apply.getMapOperands())
          symbols.push_back(lookupIndex(operand));
      indices[result] = lanes.evaluate(it->second, dims, symbols);
      return;
    }
  }
  if (isa<arith::ConstantOp>(op)) {
    Operation *clone = b.clone(op);
    if (isa<IndexType>(clone->getResult(0).getType()))
      indices[op.getResult(0)] = lanes.uniform(clone->getResult(0));
    else
      values[op.getResult(0)] = clone->getResult(0);
    return;
  }
  if (auto cast = dyn_cast<arith::IndexCastOp>(op)) {
    if (isa<IndexType>(cast.getType()))
      indices[cast] = lanes.fromInteger(lookup(cast.getIn()));
    else
      values[cast] = lanes.toInteger(lookupIndex(cast.getIn()));
    return;
  }
  if (auto compare = dyn_cast<arith::CmpIOp>(op);
      compare && isa<IndexType>(compare.getLhs().getType())) {
    VaryingIndex x = lookupIndex(compare.getLhs()), y = lookupIndex(compare.getRhs());
    Value lhs = x.base, rhs = y.base;
    if (!x.isUniform() || !y.isUniform()) {
      lhs = lanes.materialize(x);
      rhs = lanes.materialize(y);
    }
    values[compare] = arith::CmpIOp::create(b, lanes.loc, compare.getPredicate(), lhs, rhs);
    return;
  }
  if (auto load = dyn_cast<memref::LoadOp>(op)) {
    auto shape = cast<MemRefType>(load.getMemRef().getType()).getShape();
    VaryingIndex at = lanes.uniform(lanes.index(0));
    int64_t stride = 1;
    for (int64_t k = static_cast<int64_t>(shape.size()) - 1; k >= 0; --k) {
      at = lanes.add(lanes.scale(lookupIndex(load.getIndices()[k]), stride), at);
      stride *= shape[k];
    }
    Place where = place(load.getMemRef());
    values[load] = lanes.load(where.memref, at, mask, guarded);
    return;
  }
  if (isa<scf::IfOp>(op))
    return runIf(op);

  // Any other op works on each element by itself.
  SmallVector<Value> operands;
  bool uniform = true;
  for (Value operand : op.getOperands()) {
    operands.push_back(lookup(operand));
    uniform &= !isa<VectorType>(operands.back().getType());
  }
  OperationState state(op.getLoc(), op.getName());
  state.attributes = llvm::to_vector(op.getDiscardableAttrs());
  state.propertiesAttr = op.getPropertiesAsAttribute();
  for (Value &operand : operands)
    if (!uniform)
      operand = lanes.broadcast(operand);
  state.operands.append(operands.begin(), operands.end());
  for (Type type : op.getResultTypes())
    state.types.push_back(uniform ? type : Type(lanes.vectorOf(type)));
  Operation *made = b.create(state);
  for (auto [from, to] : llvm::zip_equal(op.getResults(), made->getResults()))
    values[from] = to;
}

void LaneBody::runIf(Operation &op) {
  auto ifOp = cast<scf::IfOp>(op);
  OpBuilder &b = lanes.b;
  Location loc = op.getLoc();
  Value condition = lookup(ifOp.getCondition());
  if (ifOp.getNumResults() == 0)
    return report(op, condition);
  Value then = ifOp.thenYield().getOperand(0), otherwise = ifOp.elseYield().getOperand(0);

  if (isa<VectorType>(condition.getType())) {
    Value outerMask = mask;
    bool outerGuarded = guarded;
    guarded = true;
    mask = lanes.maskAnd(outerMask, condition);
    runBlock(ifOp.getThenRegion().front());
    Value x = lookup(then);
    Value ones = arith::ConstantOp::create(
        b, loc, DenseElementsAttr::get(cast<VectorType>(condition.getType()), b.getBoolAttr(true)));
    mask = lanes.maskAnd(outerMask, arith::XOrIOp::create(b, loc, condition, ones));
    runBlock(ifOp.getElseRegion().front());
    Value y = lookup(otherwise);
    mask = outerMask;
    guarded = outerGuarded;
    lanes.loc = loc;
    values[ifOp.getResult(0)] =
        arith::SelectOp::create(b, loc, condition, lanes.broadcast(x), lanes.broadcast(y));
    return;
  }

  // The same in all lanes: a branch. Whether its value is a vector is known only
  // once both sides are made.
  Region sides[2];
  Value yielded[2];
  auto outerPreloaded = preloaded;
  for (int side = 0; side < 2; ++side) {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToEnd(&sides[side].emplaceBlock());
    runBlock(ifOp->getRegion(side).front());
    yielded[side] = lookup(side == 0 ? then : otherwise);
    preloaded = outerPreloaded; // what a branch loaded is not visible outside
  }
  bool isVector = isa<VectorType>(yielded[0].getType()) || isa<VectorType>(yielded[1].getType());
  for (int side = 0; side < 2; ++side) {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToEnd(&sides[side].front());
    if (isVector)
      yielded[side] = lanes.broadcast(yielded[side]);
    scf::YieldOp::create(b, loc, yielded[side]);
  }
  auto made = scf::IfOp::create(b, loc, yielded[0].getType(), condition, /*addThenBlock=*/false,
                                /*addElseBlock=*/false);
  made.getThenRegion().takeBody(sides[0]);
  made.getElseRegion().takeBody(sides[1]);
  values[ifOp.getResult(0)] = made.getResult(0);
}

/// The error path: stores to the status words, lane by lane where it has to be.
void LaneBody::report(Operation &op, Value condition) {
  auto ifOp = cast<scf::IfOp>(op);
  OpBuilder &b = lanes.b;
  Location loc = op.getLoc();
  auto cloneStores = [&](OpBuilder &at, llvm::function_ref<Value(Value)> inLane) {
    IRMapping mapping;
    for (Operation &inner : ifOp.thenBlock()->without_terminator()) {
      for (Value operand : inner.getOperands())
        if (!mapping.contains(operand) && !isa<MemRefType>(operand.getType()))
          mapping.map(operand, inLane(lookup(operand)));
        else if (isa<MemRefType>(operand.getType()))
          mapping.map(operand, place(operand).memref);
      at.clone(inner, mapping);
    }
  };
  if (!isa<VectorType>(condition.getType())) {
    auto made = scf::IfOp::create(b, loc, condition);
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPoint(made.thenBlock()->getTerminator());
    cloneStores(b, [](Value v) { return v; });
    return;
  }
  condition = lanes.maskAnd(condition, mask);
  Value any = vector::ReductionOp::create(b, loc, vector::CombiningKind::OR, condition);
  auto made = scf::IfOp::create(b, loc, any);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPoint(made.thenBlock()->getTerminator());
  auto loop = scf::ForOp::create(b, loc, lanes.index(0), lanes.index(lanes.lanes), lanes.index(1));
  b.setInsertionPointToStart(loop.getBody());
  auto inLane = [&](Value v) -> Value {
    if (!isa<VectorType>(v.getType()))
      return v;
    return vector::ExtractOp::create(b, loc, v, OpFoldResult(loop.getInductionVar()));
  };
  auto bad = scf::IfOp::create(b, loc, inLane(condition));
  b.setInsertionPoint(bad.thenBlock()->getTerminator());
  cloneStores(b, inLane);
}

} // namespace portico
