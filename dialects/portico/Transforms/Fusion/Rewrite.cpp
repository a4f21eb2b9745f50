//===- Rewrite.cpp - forms portico.kernel regions --------------------------===//
//
//   %0 = portico.mul %a, %b                %1 = portico.kernel "loop" (%x = %a, %y = %b)
//   %1 = portico.add %0, %a        ==>       %2 = portico.mul %x, %y
//                                            %3 = portico.add %2, %x
//                                            portico.yield %3
//
//===----------------------------------------------------------------------===//

#include "dialects/portico/Transforms/Fusion/Fusion.h"

#include "mlir/Analysis/TopologicalSortUtils.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;
using namespace portico;

/// No memory, no arithmetic worth keeping: made anew wherever it is read.
static bool isCheap(Operation *op) {
  if (auto constant = dyn_cast<ConstantOp>(op)) {
    auto elements = dyn_cast<DenseElementsAttr>(constant.getValue());
    return elements && elements.isSplat();
  }
  return isa<BroadcastOp, IotaOp>(op) || isUnitReshape(op);
}

void portico::sinkCheapOps(Block &block) {
  // Backwards, so that a chain of cheap ops is copied as a whole.
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(block.without_terminator()))) {
    if (!isCheap(&op) || op.use_empty())
      continue;
    SmallVector<Operation *> readers;
    for (Operation *user : op.getUsers())
      if (!llvm::is_contained(readers, user) && !user->hasTrait<mlir::OpTrait::IsTerminator>())
        readers.push_back(user);
    bool leavesBlock = llvm::any_of(op.getUsers(), [](Operation *user) {
      return user->hasTrait<mlir::OpTrait::IsTerminator>();
    });
    // The last reader, or the terminator, keeps the original.
    size_t copies = leavesBlock ? readers.size() : readers.size() - 1;
    for (Operation *reader : ArrayRef(readers).take_front(copies)) {
      OpBuilder builder(&op);
      Operation *copy = builder.clone(op);
      reader->replaceUsesOfWith(op.getResult(0), copy->getResult(0));
    }
  }
}

/// Splat constants live in the kernel: they are immediates there. The strategies
/// of contractions and opaque ops read their operands from memory alone.
static bool isImmediate(Value input, ArrayRef<Operation *> ops) {
  Operation *source = input.getDefiningOp();
  if (!source || !isa<ConstantOp>(source) || !isCheap(source))
    return false;
  return llvm::none_of(ops, [&](Operation *op) {
    return (op->hasTrait<portico::OpTrait::Contraction>() ||
            op->hasTrait<portico::OpTrait::Opaque>()) &&
           llvm::is_contained(op->getOperands(), input);
  });
}

static void formKernel(ArrayRef<Operation *> ops, KernelCategory category) {
  OpBuilder builder(ops.back());
  SmallVector<Value> inputs, constants;
  for (Value input : GroupGraph::inputsOf(ops)) {
    (isImmediate(input, ops) ? constants : inputs).push_back(input);
  }
  SmallVector<Value> results = GroupGraph::resultsOf(ops);
  SmallVector<Location> locations;
  for (Operation *op : ops)
    locations.push_back(op->getLoc());
  auto kernel =
      KernelOp::create(builder, builder.getFusedLoc(locations), ValueRange(results).getTypes(),
                       inputs, builder.getStringAttr(stringify(category)));
  Block *body = &kernel.getBody().emplaceBlock();
  IRMapping mapping;
  for (Value input : inputs)
    mapping.map(input, body->addArgument(input.getType(), input.getLoc()));
  builder.setInsertionPointToStart(body);
  for (Value constant : constants)
    mapping.map(constant, builder.clone(*constant.getDefiningOp())->getResult(0));
  for (Operation *op : ops)
    builder.clone(*op, mapping);
  SmallVector<Value> yielded;
  for (Value result : results)
    yielded.push_back(mapping.lookup(result));
  YieldOp::create(builder, kernel.getLoc(), yielded);
  for (auto [result, replacement] : llvm::zip_equal(results, kernel.getResults()))
    result.replaceAllUsesWith(replacement);
  for (Operation *op : llvm::reverse(ops))
    op->erase();
}

void portico::formKernels(GroupGraph &graph, Block &block) {
  SmallVector<std::pair<SmallVector<Operation *>, KernelCategory>> groups;
  for (size_t id = 0; id < graph.size(); ++id)
    if (graph.alive(id) && graph.group(id).category != KernelCategory::Alias)
      groups.push_back({graph.group(id).ops, graph.group(id).category});
  for (auto &[ops, category] : groups)
    formKernel(ops, category);
  // A kernel stands where its last op stood; a reader of an earlier result may
  // stand before it.
  sortTopologically(&block);
}
