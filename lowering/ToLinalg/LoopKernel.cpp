//===- LoopKernel.cpp - kernels without reductions --------------------------===//

#include "lowering/ToLinalg/KernelFunction.h"

#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SetVector.h"

#include <set>

using namespace mlir;

namespace portico {

static RankedTensorType tensorType(Value value) { return cast<RankedTensorType>(value.getType()); }

/// Adds the products of the trailing sizes of `shape` to `cuts`, unless they
/// and the cuts already there fail to divide one another.
static void addCuts(ArrayRef<int64_t> shape, std::set<int64_t> &cuts) {
  std::set<int64_t> all = cuts;
  int64_t product = 1;
  for (int64_t size : llvm::reverse(shape))
    all.insert(product *= size);
  int64_t below = 1;
  for (int64_t cut : all) {
    if (cut % below != 0)
      return;
    below = cut;
  }
  cuts = std::move(all);
}

/// The sizes to iterate over for `roots`, which have one number of elements:
/// fine enough that every reshape between elementwise ops is a matter of whole
/// dimensions, so that no index is divided.
static SmallVector<int64_t> iterationShape(ValueRange roots) {
  int64_t count = tensorType(roots.front()).getNumElements();
  std::set<int64_t> cuts;
  llvm::SetVector<Value> work(roots.begin(), roots.end());
  for (size_t k = 0; k < work.size(); ++k) {
    Value value = work[k];
    if (tensorType(value).getNumElements() != count)
      continue;
    addCuts(tensorType(value).getShape(), cuts);
    Operation *op = value.getDefiningOp();
    if (op && (op->hasTrait<portico::OpTrait::Elementwise>() || isa<ReshapeOp>(op)))
      work.insert(op->operand_begin(), op->operand_end());
  }
  SmallVector<int64_t> shape;
  int64_t below = 1;
  for (int64_t cut : cuts) {
    if (cut != below)
      shape.push_back(cut / below);
    below = cut;
  }
  std::reverse(shape.begin(), shape.end());
  return shape;
}

func::FuncOp loopKernelToLinalg(KernelOp kernel, ModuleOp out, StringRef name) {
  auto yielded = kernel.getBody().front().getTerminator()->getOperands();
  // Results of one number of elements share an iteration space.
  llvm::MapVector<int64_t, SmallVector<unsigned>> groups;
  for (auto [r, value] : llvm::enumerate(yielded))
    groups[tensorType(value).getNumElements()].push_back(r);
  SmallVector<SmallVector<int64_t>> shapes(yielded.size());
  for (auto &[count, members] : groups) {
    SmallVector<Value> roots;
    for (unsigned r : members)
      roots.push_back(peelReshapes(yielded[r]));
    SmallVector<int64_t> shape = count == 0 ? SmallVector<int64_t>{0} : iterationShape(roots);
    for (unsigned r : members)
      shapes[r] = shape;
  }
  KernelFunction function(kernel, out, name, shapes);
  for (auto &[count, members] : groups) {
    if (count == 0)
      continue;
    SmallVector<Value> roots, outputs;
    for (unsigned r : members) {
      roots.push_back(peelReshapes(yielded[r]));
      outputs.push_back(function.result(r));
    }
    if (!function.elementwiseStage(kernel.getLoc(), shapes[members.front()], roots, outputs)) {
      function.func.erase();
      return nullptr;
    }
  }
  return function.func;
}

} // namespace portico
