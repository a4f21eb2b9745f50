//===- GroupGraph.h - the ops of a function, in groups ---------------------===//

#ifndef PORTICO_FUSION_GROUPGRAPH_H
#define PORTICO_FUSION_GROUPGRAPH_H

#include "dialects/portico/Transforms/Fusion/Cost.h"
#include "dialects/portico/Transforms/Fusion/Legality.h"

#include "llvm/ADT/DenseMap.h"

namespace portico {

/// A partition of the ops of one block. It starts with each op on its own; each
/// merge keeps the graph of groups free of cycles, so that the groups can be
/// put into an order and run as kernels.
class GroupGraph {
public:
  struct Group {
    llvm::SmallVector<mlir::Operation *> ops; // in block order
    KernelCategory category;
    unsigned version = 0; // grows with each merge, so that stale candidates show
  };

  explicit GroupGraph(mlir::Block &block);

  size_t size() const { return groups.size(); }
  bool alive(int id) const { return !groups[id].ops.empty(); }
  const Group &group(int id) const { return groups[id]; }
  /// -1 for block arguments, constants, the terminator and finished kernels.
  int groupOf(mlir::Operation *op) const;
  int groupOf(mlir::Value value) const { return groupOf(value.getDefiningOp()); }
  /// Position in the block: how plans name ops.
  int ordinal(mlir::Operation *op) const { return order.lookup(op); }
  mlir::Operation *opAt(int ordinal) const;

  llvm::SmallVector<int> producers(int id) const;
  llvm::SmallVector<int> consumers(int id) const;
  /// Values from outside that `ops` read, each once, in order of first use.
  static llvm::SmallVector<mlir::Value> inputsOf(llvm::ArrayRef<mlir::Operation *> ops);
  /// Values made by `ops` that are used outside.
  static llvm::SmallVector<mlir::Value> resultsOf(llvm::ArrayRef<mlir::Operation *> ops);
  /// The ops of both, in block order.
  llvm::SmallVector<mlir::Operation *> merged(int a, int b) const;
  Cost cost(int id) const;

  /// Is there a way from `a` to `b`, or back, through a third group? Then the
  /// merged group would wait for itself.
  bool wouldCycle(int a, int b) const;
  void merge(int a, int b, KernelCategory category);
  void setCategory(int id, KernelCategory category) { groups[id].category = category; }

private:
  bool reaches(int from, int to, bool skipDirect) const;

  llvm::SmallVector<Group> groups;
  llvm::SmallVector<mlir::Operation *> ops;
  llvm::DenseMap<mlir::Operation *, int> order;
  llvm::DenseMap<mlir::Operation *, int> groupIds;
};

} // namespace portico

#endif // PORTICO_FUSION_GROUPGRAPH_H
