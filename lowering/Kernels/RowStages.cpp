//===- RowStages.cpp - the passes of a row kernel ---------------------------===//

#include "lowering/Kernels/RowStages.h"

using namespace mlir;

namespace portico {

RowStages::RowStages(func::FuncOp func) {
  MLIRContext *context = func.getContext();
  SmallVector<linalg::GenericOp> generics(func.getOps<linalg::GenericOp>());
  for (linalg::GenericOp generic : generics) {
    if (generic.getNumReductionLoops() == 0)
      continue;
    nest.sizes = generic.getStaticLoopRanges();
    for (utils::IteratorType type : generic.getIteratorTypesArray())
      nest.reduced.push_back(type == utils::IteratorType::reduction);
    break;
  }
  SmallVector<AffineExpr> all, kept;
  for (unsigned k = 0; k < nest.sizes.size(); ++k) {
    all.push_back(getAffineDimExpr(k, context));
    if (!nest.reduced[k])
      kept.push_back(all.back());
  }
  // The level of what lies in each memref.
  DenseMap<Value, unsigned> levels;
  for (linalg::GenericOp generic : generics) {
    unsigned below = 0;
    for (Value input : generic.getDpsInputs())
      below = std::max(below, levels.lookup(input));
    Stage stage{Kind::kept, below, std::nullopt};
    if (generic.getNumReductionLoops() > 0) {
      stage.kind = Kind::reduction;
      stage.level = below + 1;
      stage.combiner.emplace(generic);
    } else if (generic.getNumLoops() == nest.sizes.size()) {
      stage.kind = Kind::full;
    }
    for (Value output : generic.getDpsInits())
      levels[output] = stage.level;
    nest.stages.emplace_back(generic, stage.kind == Kind::kept ? kept : all, nest.sizes);
    info.push_back(stage);
    passes = std::max(passes, stage.level + (stage.kind == Kind::full ? 1 : 0));
  }
  nest.collapse();
}

unsigned RowStages::passOf(unsigned stage) const {
  const Stage &s = info[stage];
  // A kept value that waits for no reduction comes with the first.
  return s.kind == Kind::full ? s.level + 1 : std::max(s.level, 1u);
}

SmallVector<unsigned> RowStages::stagesOfPass(unsigned pass) const {
  SmallVector<unsigned> result;
  for (unsigned k = 0; k < info.size(); ++k)
    if (info[k].kind != Kind::kept && passOf(k) == pass)
      result.push_back(k);
  return result;
}

SmallVector<unsigned> RowStages::keptAfterPass(unsigned pass) const {
  SmallVector<unsigned> result;
  for (unsigned k = 0; k < info.size(); ++k)
    if (info[k].kind == Kind::kept && passOf(k) == pass)
      result.push_back(k);
  return result;
}

unsigned RowStages::mostReductions() const {
  SmallVector<unsigned> ofPass(passes + 1, 0);
  for (unsigned k = 0; k < info.size(); ++k)
    if (info[k].combiner)
      ofPass[passOf(k)] += info[k].combiner->size();
  return *llvm::max_element(ofPass);
}

ValueRange RowStages::outputs(unsigned stage) { return nest.stages[stage].generic.getDpsInits(); }

bool RowStages::isReadLater(Value memref) {
  unsigned written = 0;
  for (unsigned k = 0; k < info.size(); ++k)
    if (llvm::is_contained(outputs(k), memref))
      written = passOf(k);
  for (unsigned k = 0; k < info.size(); ++k)
    if (passOf(k) > written && llvm::is_contained(nest.stages[k].generic.getDpsInputs(), memref))
      return true;
  return false;
}

} // namespace portico
