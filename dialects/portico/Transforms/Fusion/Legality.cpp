//===- Legality.cpp - may these ops be one kernel? -------------------------===//

#include "dialects/portico/Transforms/Fusion/Legality.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace portico;

namespace {

ArrayRef<int64_t> shapeOf(Value value) {
  return cast<RankedTensorType>(value.getType()).getShape();
}

SmallVector<int64_t> withoutUnits(ArrayRef<int64_t> shape) {
  SmallVector<int64_t> kept;
  llvm::copy_if(shape, std::back_inserter(kept), [](int64_t size) { return size != 1; });
  return kept;
}

bool isReduction(Operation *op) { return isa<ReduceOp, ArgReduceOp>(op); }
bool isContraction(Operation *op) { return op->hasTrait<portico::OpTrait::Contraction>(); }
bool isElementwise(Operation *op) { return op->hasTrait<portico::OpTrait::Elementwise>(); }
bool isCreation(Operation *op) { return op->hasTrait<portico::OpTrait::Creation>(); }
bool isDataMovement(Operation *op) { return op->hasTrait<portico::OpTrait::DataMovement>(); }

/// The category of an op that never shares its kernel.
std::optional<KernelCategory> loneCategory(Operation *op) {
  if (isa<ReduceWindowOp, ArgReduceWindowOp>(op))
    return KernelCategory::Window;
  if (isa<ScanOp>(op))
    return KernelCategory::Scan;
  if (isa<SortOp>(op))
    return KernelCategory::Sort;
  if (isa<ScatterOp>(op))
    return KernelCategory::Scatter;
  if (isa<CustomCallOp>(op))
    return KernelCategory::Custom;
  return std::nullopt;
}

SmallVector<int64_t> reducedAxes(Operation *op) {
  if (auto reduce = dyn_cast<ReduceOp>(op)) {
    SmallVector<int64_t> axes(reduce.getAxes());
    llvm::sort(axes);
    return axes;
  }
  return {static_cast<int64_t>(cast<ArgReduceOp>(op).getAxis())};
}

Verdict refuse(Operation *op, const llvm::Twine &why) {
  return {std::nullopt, (op->getName().stripDialect() + ": " + why).str()};
}

//===----------------------------------------------------------------------===//
// Loop
//===----------------------------------------------------------------------===//

/// Every result element is a function of its own index: elementwise ops apply
/// at the index, data movement maps it. So any mixture is one loop, provided
/// that all results are indexed alike.
Verdict classifyLoop(ArrayRef<Operation *> ops, ArrayRef<Value> results) {
  for (Value result : results.drop_front())
    if (shapeOf(result) != shapeOf(results.front()))
      return refuse(result.getDefiningOp(), "results of one loop must have one shape");
  return {KernelCategory::Loop, ""};
}

//===----------------------------------------------------------------------===//
// Epilogues of contractions
//===----------------------------------------------------------------------===//

/// A contraction may be followed by ops on the tile that it has just computed:
/// elementwise at the same index, with further inputs broadcast into its shape.
Verdict classifyEpilogue(Operation *hero, ArrayRef<Operation *> ops, ArrayRef<Value> results) {
  llvm::SmallPtrSet<Operation *, 16> group(ops.begin(), ops.end());
  for (Value operand : hero->getOperands())
    if (operand.getDefiningOp() && group.contains(operand.getDefiningOp()))
      return refuse(operand.getDefiningOp(), "would be recomputed for every product");
  ArrayRef<int64_t> shape = shapeOf(hero->getResult(0));
  // Values whose element at an index depends on the hero at that index.
  llvm::SmallPtrSet<Operation *, 16> onTile = {hero};
  for (Operation *op : ops) {
    if (op == hero)
      continue;
    bool readsTile = llvm::any_of(op->getOperands(), [&](Value operand) {
      return operand.getDefiningOp() && onTile.contains(operand.getDefiningOp());
    });
    if (isElementwise(op) && shapeOf(op->getResult(0)) == shape) {
      if (readsTile)
        onTile.insert(op);
      continue;
    }
    bool setsUp = isCreation(op) || isa<BroadcastOp>(op) || isUnitReshape(op);
    if (!setsUp || readsTile)
      return refuse(op, "an epilogue works element by element on the contraction's own shape");
  }
  for (Value result : results)
    if (!onTile.contains(result.getDefiningOp()))
      return refuse(result.getDefiningOp(), "does not depend on the contraction in this kernel");
  return {isa<DotGeneralOp>(hero) ? KernelCategory::Dot : KernelCategory::Conv, ""};
}

//===----------------------------------------------------------------------===//
// Row
//===----------------------------------------------------------------------===//

/// One set of rows: a full shape, of which `axes` are reduced.
///
///   %m = reduce max %x axes [1] : 4x8 -> 4     kept
///   %b = broadcast %m dims [0]  : 4   -> 4x8   full
///   %d = sub %x, %b             : 4x8          full
///
/// Each row is worked through on its own, so a value may depend on other values
/// of its row only: a kept value may come back to the full shape along the kept
/// dimensions and in no other way.
class RowChecker {
public:
  RowChecker(ArrayRef<int64_t> full, ArrayRef<int64_t> axes) : full(full), axes(axes) {
    for (auto [dim, size] : llvm::enumerate(full)) {
      bool reduced = llvm::is_contained(axes, static_cast<int64_t>(dim));
      if (!reduced) {
        keptDims.push_back(dim);
        kept.push_back(size);
      }
      keptUnit.push_back(reduced ? 1 : size);
    }
  }

  Verdict check(ArrayRef<Operation *> ops, ArrayRef<Value> results) {
    for (Operation *op : ops) {
      Verdict verdict = visit(op);
      if (!verdict)
        return verdict;
    }
    for (Value result : results)
      if (lookup(result) == Outside)
        return refuse(result.getDefiningOp(), "its shape is neither the rows' nor the kept one");
    return {KernelCategory::Row, ""};
  }

private:
  // How a value is indexed. Outside: by anything, but it depends on no row.
  enum Layout { Outside, Full, Kept, KeptUnit };

  Layout lookup(Value value) const {
    auto it = layouts.find(value);
    return it == layouts.end() ? Outside : it->second;
  }

  std::optional<Layout> layoutOfShape(ArrayRef<int64_t> shape) const {
    if (shape == ArrayRef<int64_t>(full))
      return Full;
    if (shape == ArrayRef<int64_t>(kept))
      return Kept;
    if (shape == ArrayRef<int64_t>(keptUnit))
      return KeptUnit;
    return std::nullopt;
  }

  Verdict set(Operation *op, Layout layout) {
    for (Value result : op->getResults())
      layouts[result] = layout;
    return {KernelCategory::Row, ""};
  }

  Verdict visit(Operation *op) {
    if (isReduction(op)) {
      if (shapeOf(op->getOperand(0)) != ArrayRef<int64_t>(full) || reducedAxes(op) != axes)
        return refuse(op, "reduces other rows than the rest of the kernel");
      return set(op, Kept);
    }
    if (isCreation(op))
      return {KernelCategory::Row, ""};
    if (isElementwise(op)) {
      std::optional<Layout> layout = layoutOfShape(shapeOf(op->getResult(0)));
      // Operands of a row keep their layout; shapes that happen to be equal
      // (a reduced dimension of size 1) must not mix them up.
      for (Value operand : op->getOperands())
        if (Layout at = lookup(operand); at != Outside)
          layout = layout && (*layout == at || shapeOf(operand) == shapeOf(op->getResult(0)))
                       ? std::optional<Layout>(at)
                       : std::nullopt;
      if (!layout)
        return refuse(op, "its shape is neither the rows' nor the kept one");
      for (Value operand : op->getOperands())
        if (Layout at = lookup(operand); at != Outside && at != *layout)
          return refuse(op, "mixes values of the row with values of the kept shape");
      return set(op, *layout);
    }
    if (auto broadcast = dyn_cast<BroadcastOp>(op)) {
      Layout from = lookup(broadcast.getX());
      if (from == Outside)
        return {KernelCategory::Row, ""};
      if (shapeOf(broadcast.getResult()) != ArrayRef<int64_t>(full))
        return refuse(op, "a kept value comes back to the rows' shape only");
      bool aligned = from == Kept
                         ? broadcast.getDims() == ArrayRef<int64_t>(keptDims)
                         : llvm::equal(broadcast.getDims(), llvm::seq<int64_t>(0, full.size()));
      if (!aligned)
        return refuse(op, "a kept value comes back along other dimensions than its own");
      return set(op, Full);
    }
    if (isUnitReshape(op)) {
      Layout from = lookup(op->getOperand(0));
      if (from == Outside)
        return {KernelCategory::Row, ""};
      ArrayRef<int64_t> to = shapeOf(op->getResult(0));
      if (from != Full && to == ArrayRef<int64_t>(kept))
        return set(op, Kept);
      if (from != Full && to == ArrayRef<int64_t>(keptUnit))
        return set(op, KeptUnit);
      return refuse(op, "gives the values of a row another shape");
    }
    return refuse(op, "moves data between rows");
  }

  SmallVector<int64_t> full, axes, keptDims, kept, keptUnit;
  llvm::DenseMap<Value, Layout> layouts;
};

} // namespace

llvm::StringRef portico::stringify(KernelCategory category) {
  switch (category) {
  case KernelCategory::Alias:
    return "alias";
  case KernelCategory::Loop:
    return "loop";
  case KernelCategory::Row:
    return "row";
  case KernelCategory::Dot:
    return "dot";
  case KernelCategory::Conv:
    return "conv";
  case KernelCategory::Window:
    return "window";
  case KernelCategory::Scan:
    return "scan";
  case KernelCategory::Sort:
    return "sort";
  case KernelCategory::Scatter:
    return "scatter";
  case KernelCategory::Custom:
    return "custom";
  }
  llvm_unreachable("all categories are named above");
}

bool portico::isUnitReshape(Operation *op) {
  auto reshape = dyn_cast<ReshapeOp>(op);
  return reshape &&
         withoutUnits(shapeOf(reshape.getX())) == withoutUnits(shapeOf(reshape.getResult()));
}

Verdict portico::classify(ArrayRef<Operation *> ops, ArrayRef<Value> results) {
  if (ops.size() == 1 && isa<ReshapeOp>(ops.front()))
    return {KernelCategory::Alias, ""};
  Operation *contraction = nullptr, *reduction = nullptr;
  for (Operation *op : ops) {
    if (std::optional<KernelCategory> lone = loneCategory(op)) {
      if (ops.size() > 1)
        return refuse(op, "is a kernel of its own");
      return {lone, ""};
    }
    if (isContraction(op)) {
      if (contraction)
        return refuse(op, "a kernel holds one contraction");
      contraction = op;
    } else if (isReduction(op)) {
      reduction = reduction ? reduction : op;
    } else if (!isElementwise(op) && !isCreation(op) && !isDataMovement(op)) {
      return refuse(op, "cannot be part of a kernel");
    }
  }
  if (contraction && reduction)
    return refuse(reduction, "a kernel with a contraction has no reduction");
  if (contraction)
    return classifyEpilogue(contraction, ops, results);
  if (reduction)
    return RowChecker(shapeOf(reduction->getOperand(0)), reducedAxes(reduction))
        .check(ops, results);
  return classifyLoop(ops, results);
}
