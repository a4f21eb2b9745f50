//===- GroupRowCombiner.cpp - the values of a row's work-items made one -----===//

#include "lowering/Kernels/Simt/GroupRowCombiner.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace portico;

/// Work-items side by side exchange first, so that a subgroup leaves one value; those of
/// different rows cannot, and each leaves its own.
bool GroupRowCombiner::throughMemory() const {
  return shape.along ? shape.perRow > group.simt.subgroupSize : shape.perRow > 1;
}

int64_t GroupRowCombiner::slots() const {
  return shape.along ? shape.block() / group.simt.subgroupSize : shape.block();
}

int64_t GroupRowCombiner::groupBytes() const {
  return throughMemory() ? slots() * stages.mostReductions() * GroupShape::kSlotBytes : 0;
}

GroupRowCombiner::Values GroupRowCombiner::identities(unsigned pass) {
  Values result;
  for (unsigned s : stages.stagesOfPass(pass))
    if (stages.info[s].combiner)
      llvm::append_range(result, stages.info[s].combiner->identities(
                                     group.b, group.loc, [](Type type) { return type; }));
  return result;
}

GroupRowCombiner::Values GroupRowCombiner::combine(unsigned pass, ValueRange x, ValueRange y) {
  Values result;
  unsigned at = 0;
  for (unsigned s : stages.stagesOfPass(pass)) {
    if (!stages.info[s].combiner)
      continue;
    Combiner &combiner = *stages.info[s].combiner;
    llvm::append_range(result, combiner.combine(group.b, group.loc, x.slice(at, combiner.size()),
                                                y.slice(at, combiner.size())));
    at += combiner.size();
  }
  return result;
}

GroupRowCombiner::Values GroupRowCombiner::exchanged(unsigned pass, Values values) {
  for (int64_t mask = 1; mask < std::min(shape.perRow, group.simt.subgroupSize); mask *= 2) {
    Values others;
    for (Value value : values)
      others.push_back(group.exchange(value, mask));
    values = combine(pass, values, others);
  }
  return values;
}

GroupRowCombiner::Values GroupRowCombiner::throughGroupMemory(unsigned pass, ValueRange values,
                                                              const Slots &at) {
  OpBuilder &b = group.b;
  Location loc = group.loc;
  Values memory;
  for (auto [k, value] : llvm::enumerate(values))
    memory.push_back(
        group.viewGroup(int64_t(k) * slots() * GroupShape::kSlotBytes, slots(), value.getType()));
  {
    OpBuilder::InsertionGuard insertion(b);
    // A subgroup that has combined its values already writes them once.
    if (shape.along) {
      Value item = group.item(), width = group.index(group.simt.subgroupSize);
      Value lane = arith::RemUIOp::create(b, loc, item, width);
      Value first = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq, lane, group.index(0));
      auto guard = scf::IfOp::create(b, loc, first);
      b.setInsertionPoint(guard.thenBlock()->getTerminator());
    }
    for (auto [value, m] : llvm::zip_equal(values, memory))
      memref::StoreOp::create(b, loc, value, m, ValueRange(at.own));
  }
  group.barrier();
  auto read = [&](Value slot) {
    Values loaded;
    for (Value m : memory)
      loaded.push_back(memref::LoadOp::create(b, loc, m, ValueRange(slot)));
    return loaded;
  };
  Value last = arith::AddIOp::create(b, loc, at.first, group.index(at.count * at.stride));
  Value second = arith::AddIOp::create(b, loc, at.first, group.index(at.stride));
  Values result =
      group.loop(second, last, at.stride, read(at.first), [&](Value slot, ValueRange running) {
        return combine(pass, running, read(slot));
      });
  // The memory is used again by the next pass.
  group.barrier();
  return result;
}

GroupRowCombiner::Values GroupRowCombiner::acrossItems(unsigned pass, Values values,
                                                       Value rowInGroup) {
  if (values.empty() || shape.perRow == 1)
    return values;
  if (!shape.along)
    return throughGroupMemory(pass, values,
                              {group.item(), rowInGroup, shape.perRow, shape.rowsPerGroup});
  values = exchanged(pass, std::move(values));
  if (!throughMemory())
    return values;
  int64_t subgroup = group.simt.subgroupSize, subgroups = shape.perRow / subgroup;
  Slots at{nullptr, nullptr, subgroups, /*stride=*/1};
  at.own = arith::DivUIOp::create(group.b, group.loc, group.item(), group.index(subgroup));
  at.first = arith::MulIOp::create(group.b, group.loc, rowInGroup, group.index(subgroups));
  return throughGroupMemory(pass, values, at);
}
