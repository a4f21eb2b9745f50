//===- GroupGraph.cpp - the ops of a function, in groups -------------------===//

#include "dialects/portico/Transforms/Fusion/GroupGraph.h"

#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace portico;

GroupGraph::GroupGraph(Block &block) {
  for (Operation &op : block.without_terminator()) {
    order[&op] = ops.size();
    ops.push_back(&op);
    if (isa<ConstantOp, KernelOp>(op))
      continue;
    Verdict verdict = classify({&op}, llvm::to_vector_of<Value>(op.getResults()));
    if (!verdict)
      continue; // not a tensor op: stays where it is
    groupIds[&op] = groups.size();
    groups.push_back({{&op}, *verdict.category});
  }
}

int GroupGraph::groupOf(Operation *op) const {
  auto it = groupIds.find(op);
  return it == groupIds.end() ? -1 : it->second;
}

Operation *GroupGraph::opAt(int ordinal) const {
  return ordinal >= 0 && ordinal < static_cast<int>(ops.size()) ? ops[ordinal] : nullptr;
}

SmallVector<int> GroupGraph::producers(int id) const {
  llvm::SetVector<int> found;
  for (Operation *op : groups[id].ops)
    for (Value operand : op->getOperands())
      if (int other = groupOf(operand); other >= 0 && other != id)
        found.insert(other);
  return found.takeVector();
}

SmallVector<int> GroupGraph::consumers(int id) const {
  llvm::SetVector<int> found;
  for (Operation *op : groups[id].ops)
    for (Operation *user : op->getUsers())
      if (int other = groupOf(user); other >= 0 && other != id)
        found.insert(other);
  return found.takeVector();
}

SmallVector<Value> GroupGraph::inputsOf(ArrayRef<Operation *> ops) {
  llvm::SmallPtrSet<Operation *, 16> inside(ops.begin(), ops.end());
  llvm::SetVector<Value> inputs;
  for (Operation *op : ops)
    for (Value operand : op->getOperands())
      if (!operand.getDefiningOp() || !inside.contains(operand.getDefiningOp()))
        inputs.insert(operand);
  return inputs.takeVector();
}

SmallVector<Value> GroupGraph::resultsOf(ArrayRef<Operation *> ops) {
  llvm::SmallPtrSet<Operation *, 16> inside(ops.begin(), ops.end());
  SmallVector<Value> results;
  for (Operation *op : ops) {
    // The strategy of an opaque op writes all of its results, read or not.
    bool writesAll = op->hasTrait<portico::OpTrait::Opaque>() && op->getNumResults() > 1;
    for (Value result : op->getResults())
      if (writesAll ||
          llvm::any_of(result.getUsers(), [&](Operation *user) { return !inside.contains(user); }))
        results.push_back(result);
  }
  return results;
}

SmallVector<Operation *> GroupGraph::merged(int a, int b) const {
  SmallVector<Operation *> both(groups[a].ops);
  llvm::append_range(both, groups[b].ops);
  llvm::sort(both, [&](Operation *x, Operation *y) { return ordinal(x) < ordinal(y); });
  return both;
}

Cost GroupGraph::cost(int id) const {
  ArrayRef<Operation *> members = groups[id].ops;
  return costOfKernel(members, inputsOf(members), resultsOf(members));
}

bool GroupGraph::reaches(int from, int to, bool skipDirect) const {
  // The order of the block does not prune the search: a group that begins after
  // `to` ends may feed one that has ops on both sides of it.
  SmallVector<int> work;
  llvm::SmallDenseSet<int, 32> seen;
  for (int next : consumers(from))
    if (!(skipDirect && next == to) && seen.insert(next).second)
      work.push_back(next);
  while (!work.empty()) {
    int id = work.pop_back_val();
    if (id == to)
      return true;
    for (int next : consumers(id))
      if (seen.insert(next).second)
        work.push_back(next);
  }
  return false;
}

bool GroupGraph::wouldCycle(int a, int b) const {
  return reaches(a, b, /*skipDirect=*/true) || reaches(b, a, /*skipDirect=*/true);
}

void GroupGraph::merge(int a, int b, KernelCategory category) {
  SmallVector<Operation *> both = merged(a, b);
  for (Operation *op : groups[b].ops)
    groupIds[op] = a;
  groups[a].ops = std::move(both);
  groups[a].category = category;
  ++groups[a].version;
  groups[b].ops.clear();
  ++groups[b].version;
}
