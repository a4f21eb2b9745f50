//===- PointEvaluator.cpp ---------------------------------------------------===//

#include "lowering/Kernels/PointEvaluator.h"

#include "lowering/ToLinalg/Elementwise.h"
#include "lowering/ToLinalg/Philox.h"
#include "lowering/ToLinalg/RunTimeError.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/ADT/DenseSet.h"

using namespace mlir;
using namespace portico;

static bool isElementwise(Operation *op) { return op->hasTrait<portico::OpTrait::Elementwise>(); }

PointEvaluator::PointEvaluator(PhaseFunction &function, KernelOp kernel) : e(function) {
  for (auto [arg, input] : llvm::zip_equal(kernel.getBody().getArguments(), e.inputs))
    memory[arg] = input;
}

void PointEvaluator::know(Value value, Known source) { known[value] = std::move(source); }

SmallVector<Value> PointEvaluator::at(ValueRange values, const PointIndex &index, int64_t n) {
  lanes = n;
  memo.clear();
  SmallVector<Value> results;
  for (Value value : values)
    results.push_back(evaluate(value, index));
  return results;
}

//===----------------------------------------------------------------------===//
// What can be evaluated
//===----------------------------------------------------------------------===//

/// Calls `accept` on every op above `value` up to `known`; false when it refuses one.
static bool allAbove(Value value, Value known, function_ref<bool(Operation *)> accept) {
  SmallVector<Value> work{value};
  llvm::DenseSet<Value> seen;
  while (!work.empty()) {
    Value v = work.pop_back_val();
    if (v == known || isa<BlockArgument>(v) || !seen.insert(v).second)
      continue;
    Operation *op = v.getDefiningOp();
    if (!accept(op))
      return false;
    llvm::append_range(work, op->getOperands());
  }
  return true;
}

bool PointEvaluator::supports(Value value, Value known) {
  return allAbove(value, known, [](Operation *op) {
    if (auto constant = dyn_cast<ConstantOp>(op))
      return isa<DenseElementsAttr>(constant.getValue());
    return isElementwise(op) ||
           isa<IotaOp, RandomBitsOp, ReshapeOp, PermuteOp, BroadcastOp, SliceOp, ReverseOp>(op);
  });
}

/// Whether lanes along dimension `dim` of `value` (none: -1) stay lanes along one
/// dimension all the way up.
static bool lanesStayTogether(Value value, int64_t dim, Value known,
                              llvm::DenseSet<std::pair<Value, int64_t>> &seen) {
  if (dim < 0 || isa<BlockArgument>(value) || !seen.insert({value, dim}).second)
    return true;
  if (value == known)
    return dim + 1 == int64_t(shapeOf(value).size());
  Operation *op = value.getDefiningOp();
  if (isElementwise(op))
    return llvm::all_of(op->getOperands(),
                        [&](Value v) { return lanesStayTogether(v, dim, known, seen); });
  // Made from scalars, if from anything.
  if (op->getNumOperands() == 0 || isa<RandomBitsOp>(op))
    return true;
  Value x = op->getOperand(0);
  ArrayRef<int64_t> from = shapeOf(x), to = shapeOf(value);
  if (auto permute = dyn_cast<PermuteOp>(op)) {
    dim = permute.getPermutation()[dim];
  } else if (auto broadcast = dyn_cast<BroadcastOp>(op)) {
    auto dims = broadcast.getDims();
    auto at = llvm::find(dims, dim);
    dim = at == dims.end() || from[at - dims.begin()] == 1 ? -1 : at - dims.begin();
  } else if (isa<ReshapeOp>(op)) {
    if (isa<BlockArgument>(x))
      return true;
    // Lanes of one row stay lanes of one row.
    if (dim + 1 != int64_t(to.size()) || from.empty() || from.back() != to.back())
      return false;
    dim = int64_t(from.size()) - 1;
  }
  return lanesStayTogether(x, dim, known, seen);
}

bool PointEvaluator::supportsLanes(Value value, Value known) {
  llvm::DenseSet<std::pair<Value, int64_t>> seen;
  return supports(value, known) &&
         lanesStayTogether(value, int64_t(shapeOf(value).size()) - 1, known, seen);
}

//===----------------------------------------------------------------------===//
// Indices
//===----------------------------------------------------------------------===//

LaneIndex PointEvaluator::linearize(const PointIndex &index, ArrayRef<int64_t> shape) {
  LaneIndex linear{e.idx(0), 0};
  for (auto [i, stride] : llvm::zip_equal(index, rowMajorStrides(shape))) {
    linear.base = e.add(linear.base, e.mul(i.base, stride));
    linear.step += i.step * stride;
  }
  return linear;
}

PointIndex PointEvaluator::operandIndex(Operation *op, const PointIndex &index) {
  ArrayRef<int64_t> from = shapeOf(op->getOperand(0));
  PointIndex result(from.size(), LaneIndex{e.idx(0), 0});
  if (auto permute = dyn_cast<PermuteOp>(op)) {
    for (auto [i, dim] : llvm::enumerate(permute.getPermutation()))
      result[dim] = index[i];
  } else if (auto broadcast = dyn_cast<BroadcastOp>(op)) {
    for (auto [i, dim] : llvm::enumerate(broadcast.getDims()))
      if (from[i] != 1)
        result[i] = index[dim];
  } else if (auto slice = dyn_cast<SliceOp>(op)) {
    for (size_t i = 0; i < from.size(); ++i)
      result[i] = {e.add(e.mul(index[i].base, slice.getStrides()[i]), slice.getStarts()[i]),
                   index[i].step * slice.getStrides()[i]};
  } else if (auto reverse = dyn_cast<ReverseOp>(op)) {
    result = index;
    for (int64_t axis : reverse.getAxes())
      result[axis] = {e.sub(e.idx(from[axis] - 1), index[axis].base), -index[axis].step};
  } else {
    auto reshape = cast<ReshapeOp>(op);
    ArrayRef<int64_t> to = shapeOf(reshape);
    PointIndex outer = index;
    LaneIndex last;
    bool sameRow = !from.empty() && !to.empty() && from.back() == to.back();
    if (sameRow) {
      last = outer.pop_back_val();
      from = from.drop_back();
      to = to.drop_back();
    }
    Value linear = linearize(outer, to).base;
    for (auto [i, base] : llvm::enumerate(e.delinearize(linear, from)))
      result[i] = {from[i] == 1 ? e.idx(0) : base, 0};
    if (sameRow)
      result.back() = last;
  }
  return result;
}

//===----------------------------------------------------------------------===//
// Values
//===----------------------------------------------------------------------===//

Value PointEvaluator::evaluate(Value value, const PointIndex &index) {
  for (const Memo &m : memo)
    if (m.value == value && m.index == index)
      return m.result;
  Value result = compute(value, index);
  memo.push_back({value, index, result});
  return result;
}

/// A coordinate as i64, for each lane.
Value PointEvaluator::numberOf(LaneIndex i) {
  Value number = e.splat(i.base, lanes);
  if (lanes > 1 && i.step != 0) {
    Value step = vector::StepOp::create(e.b, e.loc, VectorType::get({lanes}, e.b.getIndexType()));
    number = arith::AddIOp::create(
        e.b, e.loc, number, arith::MulIOp::create(e.b, e.loc, step, e.splat(e.idx(i.step), lanes)));
  }
  return arith::IndexCastOp::create(e.b, e.loc, LoopEmitter::vectorOf(e.b.getI64Type(), lanes),
                                    number);
}

Value PointEvaluator::compute(Value value, const PointIndex &index) {
  if (auto source = known.find(value); source != known.end())
    return source->second(index, lanes);
  if (auto arg = memory.find(value); arg != memory.end())
    return loadArgument(arg->second, linearize(index, shapeOf(value)), elementTypeOf(value));
  Operation *op = value.getDefiningOp();
  if (auto constantOp = dyn_cast<ConstantOp>(op))
    return constant(constantOp, index);
  if (auto iota = dyn_cast<IotaOp>(op)) {
    Type elem = computeType(elementTypeOf(value));
    Type type = LoopEmitter::vectorOf(elem, lanes);
    Value number = numberOf(index[iota.getAxis()]);
    if (isa<FloatType>(elem))
      return arith::SIToFPOp::create(e.b, e.loc, type, number);
    return elem.isInteger(64) ? number : arith::TruncIOp::create(e.b, e.loc, type, number);
  }
  if (auto bits = dyn_cast<RandomBitsOp>(op)) {
    // Four words to a block.
    Value flat = numberOf(linearize(index, shapeOf(value)));
    auto number = [&](int64_t n) { return intConstantLike(e.b, e.loc, flat.getType(), n); };
    Value word = arith::AndIOp::create(e.b, e.loc, flat, number(3));
    Value block = arith::ShRUIOp::create(e.b, e.loc, flat, number(2));
    Value seed = evaluate(bits.getSeed(), {}), offset = evaluate(bits.getOffset(), {});
    return emitPhilox(e.b, e.loc, seed, arith::AddIOp::create(e.b, e.loc, offset, block), word);
  }
  if (isElementwise(op)) {
    SmallVector<Value> operands;
    for (Value operand : op->getOperands())
      operands.push_back(evaluate(operand, index));
    if (mayDivideByZero(op, operands)) {
      Value bad = emitDividesByZero(e.b, op, operands);
      if (lanes > 1)
        bad = vector::ReductionOp::create(e.b, e.loc, vector::CombiningKind::OR, bad);
      e.when(bad,
             [&] { storeRunTimeError(e.b, e.loc, e.status, KernelStatus::divisionByZero, op); });
    }
    return emitElementwise(e.b, op, operands);
  }
  // An argument that is only reshaped is read by its linear index.
  if (auto arg = memory.find(op->getOperand(0)); isa<ReshapeOp>(op) && arg != memory.end())
    return loadArgument(arg->second, linearize(index, shapeOf(value)), elementTypeOf(value));
  return evaluate(op->getOperand(0), operandIndex(op, index));
}

Value PointEvaluator::load(Value from, const PointIndex &index, ArrayRef<int64_t> shape,
                           Type elem) {
  return loadArgument(from, linearize(index, shape), elem);
}

Value PointEvaluator::loadArgument(Value from, LaneIndex linear, Type elem) {
  Value stored;
  if (lanes == 1 || linear.step == 0) {
    stored = e.load(from, linear.base);
  } else if (linear.step == 1) {
    stored = e.loadVector(from, linear.base, lanes);
  } else {
    SmallVector<Value> elements;
    for (int64_t lane = 0; lane < lanes; ++lane)
      elements.push_back(e.load(from, e.add(linear.base, lane * linear.step)));
    stored = vector::FromElementsOp::create(
        e.b, e.loc, VectorType::get({lanes}, elements[0].getType()), elements);
  }
  Value value = toCompute(e.b, e.loc, stored, elem);
  return isa<VectorType>(stored.getType()) ? value : e.splat(value, lanes);
}

/// The elements as they lie in memory, flat.
static DenseElementsAttr storedElements(OpBuilder &b, DenseElementsAttr value) {
  Type elem = value.getElementType();
  auto type = RankedTensorType::get({value.getNumElements()}, storageType(elem));
  if (elem.isInteger(1)) {
    SmallVector<int8_t> bytes;
    for (bool bit : value.getValues<bool>())
      bytes.push_back(bit);
    return DenseElementsAttr::get(type, ArrayRef<int8_t>(bytes));
  }
  return DenseElementsAttr::getFromRawBuffer(type, value.getRawData());
}

Value PointEvaluator::constant(ConstantOp op, const PointIndex &index) {
  auto value = cast<DenseElementsAttr>(op.getValue());
  Type elem = value.getElementType();
  if (value.isSplat()) {
    Type type = LoopEmitter::vectorOf(computeType(elem), lanes);
    if (isa<FloatType>(elem))
      return constantLike(e.b, e.loc, type, value.getSplatValue<APFloat>().convertToDouble());
    return intConstantLike(e.b, e.loc, type, value.getSplatValue<APInt>().getSExtValue());
  }
  DenseElementsAttr stored = storedElements(e.b, value);
  auto type = MemRefType::get({value.getNumElements()}, stored.getElementType());
  auto module = e.b.getBlock()->getParentOp()->getParentOfType<ModuleOp>();
  // One global for equal tables, whichever phase reads them.
  memref::GlobalOp global;
  int64_t count = 0;
  for (auto other : module.getOps<memref::GlobalOp>()) {
    ++count;
    if (other.getInitialValue() == std::optional<Attribute>(stored))
      global = other;
  }
  if (!global) {
    OpBuilder top = OpBuilder::atBlockBegin(module.getBody());
    global = memref::GlobalOp::create(top, e.loc, "table_" + std::to_string(count),
                                      top.getStringAttr("private"), type, stored,
                                      /*constant=*/true, IntegerAttr());
  }
  Value table = memref::GetGlobalOp::create(e.b, e.loc, type, global.getSymName());
  return loadArgument(table, linearize(index, shapeOf(op)), elem);
}
