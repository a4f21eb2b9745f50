//===- RowKernel.cpp - kernels with reductions ------------------------------===//

#include "lowering/ToLinalg/Casts.h"
#include "lowering/ToLinalg/KernelFunction.h"
#include "lowering/ToLinalg/Reductions.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;

namespace portico {

static RankedTensorType tensorType(Value value) { return cast<RankedTensorType>(value.getType()); }

static bool isReduction(Operation *op) {
  // Along no axis a reduction is its operand.
  if (auto reduce = dyn_cast_or_null<ReduceOp>(op))
    return !reduce.getAxes().empty();
  return isa_and_nonnull<ArgReduceOp>(op);
}

static SmallVector<int64_t> axesOf(Operation *op) {
  if (auto reduce = dyn_cast<ReduceOp>(op)) {
    SmallVector<int64_t> axes(reduce.getAxes());
    llvm::sort(axes);
    return axes;
  }
  return {static_cast<int64_t>(cast<ArgReduceOp>(op).getAxis())};
}

/// Worth a store and a load rather than a second computation.
static bool isCostly(Operation *op) {
  return isa_and_nonnull<ExpOp, Expm1Op, LogOp, Log1pOp, Log2Op, SinOp, CosOp, TanhOp, ErfOp, PowOp,
                         Atan2Op, RandomBitsOp>(op);
}

namespace {

/// What is to be computed where: the plan of a row kernel.
class RowPlan {
public:
  KernelOp kernel;
  SmallVector<int64_t> full, axes, kept;
  /// Values of the full shape that get memory of their own.
  llvm::SetVector<Value> stored;

  explicit RowPlan(KernelOp kernel) : kernel(kernel) {}
  LogicalResult analyze();
  /// How many reductions lie one after the other below `value`.
  unsigned level(Value value);

private:
  void chooseStored();
  void reach(Value value, unsigned stage, DenseMap<Value, llvm::SmallSetVector<unsigned, 4>> &by);
  DenseMap<Value, unsigned> levels;
};

unsigned RowPlan::level(Value value) {
  if (auto it = levels.find(value); it != levels.end())
    return it->second;
  unsigned result = 0;
  if (Operation *op = value.getDefiningOp()) {
    for (Value operand : op->getOperands())
      result = std::max(result, level(operand));
    result += isReduction(op);
  }
  return levels[value] = result;
}

LogicalResult RowPlan::analyze() {
  Operation *first = nullptr;
  for (Operation &op : kernel.getBody().front()) {
    if (!isReduction(&op))
      continue;
    ArrayRef<int64_t> shape = tensorType(op.getOperand(0)).getShape();
    if (!first) {
      first = &op;
      full.assign(shape.begin(), shape.end());
      axes = axesOf(&op);
    } else if (shape != ArrayRef(full) || axesOf(&op) != axes) {
      return op.emitError("[to-linalg] the reductions of a row kernel differ; got axes [")
             << axesOf(&op) << "] of shape [" << shape << "]; expected axes [" << axes
             << "] of shape [" << full << "]";
    }
  }
  for (auto [k, size] : llvm::enumerate(full))
    if (!llvm::is_contained(axes, k))
      kept.push_back(size);
  chooseStored();
  return success();
}

/// Marks what the stage number `stage` computes on the way to `value`.
void RowPlan::reach(Value value, unsigned stage,
                    DenseMap<Value, llvm::SmallSetVector<unsigned, 4>> &by) {
  if (!value.getDefiningOp() || !by[value].insert(stage) || isReduction(value.getDefiningOp()))
    return;
  for (Value operand : value.getDefiningOp()->getOperands())
    reach(operand, stage, by);
}

void RowPlan::chooseStored() {
  // The stages as they would be if nothing were stored, by level: stages of one
  // level are one loop and share what they compute.
  DenseMap<Value, llvm::SmallSetVector<unsigned, 4>> by;
  Block &block = kernel.getBody().front();
  for (Operation &op : block)
    if (isReduction(&op))
      reach(op.getOperand(0), level(op.getOperand(0)), by);
  for (Value value : block.getTerminator()->getOperands())
    reach(peelReshapes(value), level(value), by);
  int64_t count = 1;
  for (int64_t size : full)
    count *= size;
  DenseSet<Value> costly;
  for (Operation &op : block) {
    if (isReduction(&op) || op.getNumResults() != 1)
      continue;
    Value value = op.getResult(0);
    bool below = llvm::any_of(op.getOperands(), [&](Value v) {
      return costly.contains(v) && tensorType(v).getNumElements() == count;
    });
    if (tensorType(value).getNumElements() != count || !(below || isCostly(&op)))
      continue;
    costly.insert(value);
    auto &stages = by[value];
    // Only the last value that several stages share.
    bool last = llvm::any_of(op.getUsers(), [&](Operation *user) {
      if (isReduction(user) || user == block.getTerminator())
        return true;
      return user->getNumResults() == 1 && by[user->getResult(0)].size() < stages.size();
    });
    if (stages.size() > 1 && last) {
      stored.insert(value);
      costly.erase(value);
    }
  }
}

/// Emits the stages of a plan.
class RowStages {
public:
  RowStages(RowPlan &plan, KernelFunction &function) : plan(plan), function(function) {}
  bool run();

private:
  bool reduction(Operation *op);
  bool keep(Value value);
  bool result(unsigned r);
  /// Memory for an intermediate value, in compute type.
  Value temporary(Location loc, ArrayRef<int64_t> shape, Type elem) {
    Type type = elem.isInteger(1) ? storageType(elem) : computeType(elem);
    return memref::AllocOp::create(function.b, loc, MemRefType::get(shape, type));
  }
  RowPlan &plan;
  KernelFunction &function;
};

bool RowStages::reduction(Operation *op) {
  Location loc = op->getLoc();
  OpBuilder &b = function.b;
  MLIRContext *context = b.getContext();
  Value x = op->getOperand(0);
  Type elem = tensorType(x).getElementType();
  auto arg = dyn_cast<ArgReduceOp>(op);
  ReduceKind kind = arg ? arg.getKind() : cast<ReduceOp>(op).getKind();
  // Booleans are combined as the bytes they are stored as.
  Type combined = elem.isInteger(1) ? IntegerType::get(context, 8, IntegerType::Unsigned) : elem;

  SmallVector<Value> outputs;
  auto output = [&](TypedAttr initial) {
    Value memref = memref::AllocOp::create(b, loc, MemRefType::get(plan.kept, initial.getType()));
    Value value = arith::ConstantOp::create(b, loc, initial);
    linalg::FillOp::create(b, loc, value, memref);
    outputs.push_back(memref);
  };
  output(reductionIdentityAttr(b, kind, combined));
  if (arg)
    output(b.getI64IntegerAttr(INT64_MAX));

  BodyBuilder body(b, loc, plan.full, function.leaves, function.status(), function.name);
  SmallVector<AffineExpr> dims, keptDims;
  SmallVector<utils::IteratorType> iterators;
  for (size_t k = 0; k < plan.full.size(); ++k) {
    bool reduced = llvm::is_contained(plan.axes, static_cast<int64_t>(k));
    dims.push_back(getAffineDimExpr(k, context));
    iterators.push_back(reduced ? utils::IteratorType::reduction : utils::IteratorType::parallel);
    if (!reduced)
      keptDims.push_back(dims.back());
  }
  Value element = body.evaluate(x, dims);
  if (!element)
    return false;
  if (elem.isInteger(1))
    element = toStorage(body.builder(), loc, element, elem);
  Value position;
  if (arg) {
    position = body.materialize(dims[arg.getAxis()]);
    position = arith::IndexCastOp::create(body.builder(), loc, b.getI64Type(), position);
  }
  SmallVector<AffineMap> maps(outputs.size(),
                              AffineMap::get(plan.full.size(), 0, keptDims, context));
  linalg::GenericOp generic = body.finish(
      outputs, maps, iterators, [&](OpBuilder &at, ValueRange old) -> SmallVector<Value> {
        if (!arg)
          return {emitCombine(at, loc, kind, combined, old[0], element)};
        auto best = emitArgCombine(at, loc, kind, combined, {old[0], old[1]}, {element, position});
        return {best.first, best.second};
      });
  nameCombiner(generic, kind, combined);
  function.leaves[op->getResult(0)] = {outputs.back(), /*inComputeType=*/true};
  return true;
}

bool RowStages::keep(Value value) {
  Type elem = tensorType(value).getElementType();
  Value memory = temporary(value.getLoc(), plan.full, elem);
  if (!function.elementwiseStage(value.getLoc(), plan.full, value, memory, true))
    return false;
  function.leaves[value] = {memory, /*inComputeType=*/true};
  return true;
}

bool RowStages::result(unsigned r) {
  Value value = peelReshapes(plan.kernel.getBody().front().getTerminator()->getOperand(r));
  Value memory = function.result(r);
  ArrayRef<int64_t> shape = cast<MemRefType>(memory.getType()).getShape();
  return function.elementwiseStage(value.getLoc(), shape, value, memory);
}

bool RowStages::run() {
  for (Operation &op : plan.kernel.getBody().front()) {
    if (isReduction(&op) && !reduction(&op))
      return false;
    if (op.getNumResults() == 1 && plan.stored.contains(op.getResult(0)) && !keep(op.getResult(0)))
      return false;
  }
  for (unsigned r = 0; r < plan.kernel.getNumResults(); ++r)
    if (!result(r))
      return false;
  return true;
}

} // namespace

func::FuncOp rowKernelToLinalg(KernelOp kernel, ModuleOp out, StringRef name) {
  RowPlan plan(kernel);
  if (failed(plan.analyze()))
    return nullptr;
  auto product = [](ArrayRef<int64_t> shape) {
    int64_t count = 1;
    for (int64_t size : shape)
      count *= size;
    return count;
  };
  int64_t fullCount = product(plan.full), keptCount = product(plan.kept);
  // Over no elements a reduction is a constant.
  if (fullCount == 0 || plan.axes.empty())
    return loopKernelToLinalg(kernel, out, name);
  SmallVector<SmallVector<int64_t>> shapes;
  for (Value value : kernel.getResults()) {
    int64_t count = tensorType(value).getNumElements();
    if (count != fullCount && count != keptCount) {
      kernel.emitError("[to-linalg] a result of a row kernel lies along no row; got ")
          << count << " elements; expected " << fullCount << " or, without what is reduced, "
          << keptCount;
      return nullptr;
    }
    shapes.push_back(count == keptCount ? plan.kept : plan.full);
  }
  KernelFunction function(kernel, out, name, shapes);
  if (!RowStages(plan, function).run()) {
    function.func.erase();
    return nullptr;
  }
  return function.func;
}

} // namespace portico
