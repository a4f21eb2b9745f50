//===- BodyBuilder.cpp - the value of a tensor at one index -----------------===//

#include "lowering/ToLinalg/BodyBuilder.h"

#include "lowering/ToLinalg/Elementwise.h"
#include "lowering/ToLinalg/Reductions.h"
#include "lowering/ToLinalg/RunTimeError.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace portico {

BodyBuilder::BodyBuilder(OpBuilder &at, Location loc, ArrayRef<int64_t> extents,
                         const Leaves &leaves, Value status, StringRef prefix)
    : outside(at), loc(loc), b(loc.getContext()), extents(extents), leaves(leaves), status(status),
      prefix(prefix), dimIndices(extents.size()) {
  b.setInsertionPointToEnd(&region.emplaceBlock());
}

Value BodyBuilder::materialize(AffineExpr expr) {
  expr = simplifyInRanges(expr, ranges());
  if (auto c = dyn_cast<AffineConstantExpr>(expr))
    return arith::ConstantIndexOp::create(b, loc, c.getValue());
  if (auto s = dyn_cast<AffineSymbolExpr>(expr))
    return symbols[s.getPosition()];
  SmallVector<Value> operands;
  for (auto [k, index] : llvm::enumerate(dimIndices)) {
    if (!index) {
      OpBuilder::InsertionGuard guard(b);
      b.setInsertionPointToStart(&region.front());
      index = linalg::IndexOp::create(b, loc, k);
    }
    operands.push_back(index);
  }
  if (auto d = dyn_cast<AffineDimExpr>(expr))
    return operands[d.getPosition()];
  operands.append(symbols.begin(), symbols.end());
  AffineMap map = AffineMap::get(dimIndices.size(), symbols.size(), expr);
  affine::canonicalizeMapAndOperands(&map, &operands);
  return affine::AffineApplyOp::create(b, loc, map, operands);
}

AffineExpr BodyBuilder::symbolFor(Value index, int64_t size) {
  symbols.push_back(index);
  symbolSizes.push_back(size);
  return getAffineSymbolExpr(symbols.size() - 1, b.getContext());
}

/// Whether linalg accepts `expr` as the index into a dimension of `size`: within
/// range, and a bare iteration dimension only over the whole of it.
static bool isPlainAccess(AffineExpr expr, int64_t size, IndexRanges ranges) {
  if (auto d = dyn_cast<AffineDimExpr>(expr))
    return ranges.dims[d.getPosition()] == size;
  auto bounds = boundsOf(expr, ranges);
  return bounds && bounds->first >= 0 && bounds->second < size;
}

static bool usesSymbols(AffineExpr expr) {
  bool found = false;
  expr.walk([&](AffineExpr e) { found |= isa<AffineSymbolExpr>(e); });
  return found;
}

Value BodyBuilder::read(const Leaf &leaf, Value value, ArrayRef<AffineExpr> index) {
  auto tensor = cast<RankedTensorType>(value.getType());
  auto memref = cast<MemRefType>(leaf.memref.getType());
  Index place;
  if (memref.getShape() == tensor.getShape()) {
    for (AffineExpr i : index)
      place.push_back(simplifyInRanges(i, ranges()));
  } else {
    place = reindex(index, tensor.getShape(), memref.getShape(), ranges(), b.getContext());
  }
  bool plain = true;
  for (auto [i, size] : llvm::zip_equal(place, memref.getShape()))
    plain &= !usesSymbols(i) && isPlainAccess(i, size, ranges());
  Value element;
  if (plain) {
    AffineMap map = AffineMap::get(extents.size(), 0, place, b.getContext());
    auto it = llvm::find(inputs, std::pair(leaf.memref, map));
    unsigned k = it - inputs.begin();
    if (it == inputs.end()) {
      inputs.emplace_back(leaf.memref, map);
      region.front().addArgument(memref.getElementType(), loc);
    }
    element = region.front().getArgument(k);
  } else {
    SmallVector<Value> indices;
    for (AffineExpr i : place)
      indices.push_back(materialize(i));
    element = memref::LoadOp::create(b, loc, leaf.memref, indices);
  }
  return leaf.inComputeType && !tensor.getElementType().isInteger(1)
             ? element
             : toCompute(b, loc, element, tensor.getElementType());
}

Value BodyBuilder::evaluate(Value value, ArrayRef<AffineExpr> index) {
  for (const Known &k : llvm::reverse(known))
    if (k.value == value && ArrayRef(k.index) == index)
      return k.result;
  Value result;
  if (auto leaf = leaves.find(value); leaf != leaves.end())
    result = read(leaf->second, value, index);
  else if (Operation *op = value.getDefiningOp())
    result = compute(op, index);
  if (result)
    known.push_back({value, Index(index), result});
  return result;
}

Value BodyBuilder::compute(Operation *op, ArrayRef<AffineExpr> index) {
  Location outer = loc;
  loc = op->getLoc();
  auto restore = llvm::scope_exit([&] { loc = outer; });
  if (op->hasTrait<portico::OpTrait::Elementwise>()) {
    SmallVector<Value> operands;
    for (Value operand : op->getOperands()) {
      operands.push_back(evaluate(operand, index));
      if (!operands.back())
        return nullptr;
    }
    reportDivisionByZero(op, operands);
    if (Value result = emitElementwise(b, op, operands))
      return result;
  }
  Index source;
  if (moveIndex(op, index, source))
    return evaluate(op->getOperand(0), source);
  return llvm::TypeSwitch<Operation *, Value>(op)
      .Case([&](PadOp pad) { return this->pad(pad, index); })
      .Case([&](ConcatOp concat) { return this->concat(concat, index); })
      .Case([&](UpdateSliceOp update) { return updateSlice(update, index); })
      .Case([&](GatherOp gather) { return this->gather(gather, index); })
      .Case([&](DynamicSliceOp slice) { return dynamicSlice(slice, index); })
      .Case([&](DynamicUpdateSliceOp update) { return dynamicUpdateSlice(update, index); })
      .Case([&](ConstantOp constant) { return this->constant(constant, index); })
      .Case([&](IotaOp iota) { return this->iota(iota, index); })
      .Case([&](RandomBitsOp random) { return randomBits(random, index); })
      .Case([&](ReduceOp reduce) -> Value {
        // A reduction is a leaf unless it reduces no elements, or along no axis.
        if (reduce.getAxes().empty())
          return evaluate(reduce.getX(), index);
        if (cast<RankedTensorType>(reduce.getX().getType()).getNumElements() == 0)
          return reductionIdentity(b, loc, reduce.getKind(),
                                   getElementTypeOrSelf(reduce.getType()));
        op->emitError(
            "[to-linalg] a reduction is no stage of its kernel; expected it in a kernel of "
            "category 'row'");
        return nullptr;
      })
      .Default([](Operation *op) {
        op->emitError("[to-linalg] an op is no loop over elements; got ")
            << op->getName() << "; expected elementwise ops, data movement and reductions";
        return Value();
      });
}

void BodyBuilder::reportDivisionByZero(Operation *op, ValueRange operands) {
  if (!mayDivideByZero(op, operands) || llvm::is_contained(divisors, operands[1]))
    return;
  reportIf(emitDividesByZero(b, op, operands), KernelStatus::divisionByZero, op);
  divisors.push_back(operands[1]);
}

void BodyBuilder::reportIf(Value bad, KernelStatus code, Operation *op, Value value, Value bound) {
  auto report = scf::IfOp::create(b, loc, bad);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPoint(report.thenBlock()->getTerminator());
  storeRunTimeError(b, loc, status, code, op, value, bound);
}

Value BodyBuilder::guarded(ArrayRef<Condition> conditions, Type elem,
                           llvm::function_ref<Value()> then,
                           llvm::function_ref<Value()> otherwise) {
  Value all;
  for (const Condition &condition : conditions) {
    AffineExpr expr = simplifyInRanges(condition.expr, ranges());
    if (auto bounds = boundsOf(expr, ranges());
        bounds && bounds->first >= 0 && (!condition.equal || bounds->second == 0))
      continue;
    // Compare against a constant rather than adding it: `d0 + 3 >= 0` as `d0 >= -3`.
    int64_t offset = 0;
    if (auto sum = dyn_cast<AffineBinaryOpExpr>(expr); sum && expr.getKind() == AffineExprKind::Add)
      if (auto c = dyn_cast<AffineConstantExpr>(sum.getRHS())) {
        offset = -c.getValue();
        expr = sum.getLHS();
      }
    Value test = arith::CmpIOp::create(
        b, loc, condition.equal ? arith::CmpIPredicate::eq : arith::CmpIPredicate::sge,
        materialize(expr), arith::ConstantIndexOp::create(b, loc, offset));
    all = all ? Value(arith::AndIOp::create(b, loc, all, test)) : test;
  }
  if (!all)
    return then();
  auto ifOp = scf::IfOp::create(b, loc, TypeRange(computeType(elem)), all, /*else=*/true);
  auto fill = [&](Block &block, llvm::function_ref<Value()> value) {
    OpBuilder::InsertionGuard guard(b);
    size_t outside = known.size(), divisorsOutside = divisors.size();
    b.setInsertionPointToEnd(&block);
    Value result = value();
    if (result)
      scf::YieldOp::create(b, loc, result);
    known.truncate(outside);
    divisors.truncate(divisorsOutside);
    return static_cast<bool>(result);
  };
  if (!fill(ifOp.getThenRegion().front(), then) || !fill(ifOp.getElseRegion().front(), otherwise))
    return nullptr;
  return ifOp.getResult(0);
}

linalg::GenericOp
BodyBuilder::finish(ValueRange outputs, ArrayRef<AffineMap> maps,
                    ArrayRef<utils::IteratorType> iterators,
                    llvm::function_ref<SmallVector<Value>(OpBuilder &, ValueRange)> results) {
  // linalg reads the sizes of the space off its operands. Where none is indexed by
  // a plain dimension (a reversed input, say), one that is never read says them.
  SmallVector<AffineMap> spaces(maps);
  for (auto &[memref, map] : inputs)
    spaces.push_back(map);
  if (!inversePermutation(concatAffineMaps(spaces, b.getContext()))) {
    Value sizes = memref::AllocOp::create(outside, loc, MemRefType::get(extents, b.getI8Type()));
    inputs.emplace_back(sizes, AffineMap::getMultiDimIdentityMap(extents.size(), b.getContext()));
    region.front().addArgument(b.getI8Type(), loc);
  }
  SmallVector<Value> ins;
  SmallVector<AffineMap> allMaps;
  for (auto &[memref, map] : inputs) {
    ins.push_back(memref);
    allMaps.push_back(map);
  }
  SmallVector<Value> old;
  for (auto [output, map] : llvm::zip_equal(outputs, maps)) {
    allMaps.push_back(map);
    old.push_back(
        region.front().addArgument(cast<MemRefType>(output.getType()).getElementType(), loc));
  }
  b.setInsertionPointToEnd(&region.front());
  linalg::YieldOp::create(b, loc, results(b, old));
  auto generic =
      linalg::GenericOp::create(outside, loc, TypeRange(), ins, outputs, allMaps, iterators);
  generic.getRegion().takeBody(region);
  return generic;
}

} // namespace portico
