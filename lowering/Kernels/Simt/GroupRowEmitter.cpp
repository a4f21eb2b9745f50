//===- GroupRowEmitter.cpp - one pass of a row kernel by a work-group -------===//

#include "lowering/Kernels/Simt/GroupRowEmitter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace portico;

/// Elements added up one after the other before the sum goes on to the next
/// level: bounds the rounding error of a long sum.
constexpr int64_t kChain = 64;

GroupRowEmitter::GroupRowEmitter(PhaseBuilder &phases, RowStages &stages, const GroupShape &shape,
                                 const SimtInfo &simt, OpBuilder &b, func::FuncOp f)
    : lanes(b, phases.linalgFunc.getLoc(), /*lanes=*/1, indexBitsFor(stages.nest)),
      group(b, phases.linalgFunc.getLoc(), simt), combiner(stages, shape, group), phases(phases),
      stages(stages), shape(shape), b(b), f(f), loc(phases.linalgFunc.getLoc()) {
  dims.assign(stages.nest.sizes.size(), lanes.uniform(lanes.index(0)));
  group.allocateGroup(combiner.groupBytes());
}

void GroupRowEmitter::begin() {
  Value item = group.item(), where = group.group();
  if (shape.splits > 1) {
    Value splits = group.index(shape.splits);
    split = arith::RemUIOp::create(b, loc, where, splits);
    where = arith::DivUIOp::create(b, loc, where, splits);
  }
  Value width = group.index(shape.along ? shape.perRow : shape.rowsPerGroup);
  Value low = arith::RemUIOp::create(b, loc, item, width);
  Value high = arith::DivUIOp::create(b, loc, item, width);
  part = shape.along ? low : high;
  rowInGroup = shape.along ? high : low;
  Value first = arith::MulIOp::create(b, loc, where, group.index(shape.rowsPerGroup));
  Value wanted = arith::AddIOp::create(b, loc, first, rowInGroup);
  Value rows = group.index(shape.rows);
  exists = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::ult, wanted, rows);
  row = arith::MinUIOp::create(b, loc, wanted, group.index(shape.rows - 1));

  setDims(/*reduced=*/false, row);
  from = group.index(0);
  to = group.index(shape.reduced);
  if (split) {
    Value size = group.index(shape.splitSize);
    from = arith::MulIOp::create(b, loc, split, size);
    to = arith::MinUIOp::create(b, loc, arith::AddIOp::create(b, loc, from, size), to);
  }
  // A row that does not exist has no elements.
  to = arith::SelectOp::create(b, loc, exists, to, group.index(0));
}

void GroupRowEmitter::setDims(bool reduced, Value flat) {
  SmallVector<int64_t> radix;
  SmallVector<unsigned> chosen;
  for (auto [k, size] : llvm::enumerate(stages.nest.sizes))
    if (stages.nest.reduced[k] == reduced) {
      radix.push_back(size);
      chosen.push_back(k);
    }
  for (auto [dim, digit] : llvm::zip_equal(chosen, delinearize(b, loc, flat, radix)))
    dims[dim] = lanes.uniform(digit);
}

Place GroupRowEmitter::place(Value memref) {
  if (!stages.isTemporary(memref))
    return {phases.memory(b, f, memref), nullptr, std::nullopt};
  if (Value value = current.lookup(memref))
    return {nullptr, value, std::nullopt};
  if (Value value = kept.lookup(memref))
    return {nullptr, value, std::nullopt};
  Value memory = memories.lookup(memref);
  assert(memory && "a temporary that no earlier stage has written");
  return {memory, nullptr, std::nullopt};
}

/// The stages of the pass at one element. Stores come last: a result may lie where
/// an input of the same element did.
GroupRowEmitter::Values GroupRowEmitter::point(Value at, ValueRange accumulators) {
  struct Store {
    Value value, memref;
    VaryingIndex at;
  };
  SmallVector<Store> stores;
  setDims(/*reduced=*/true, at);
  current.clear();
  Values elements;
  for (unsigned s : stages.stagesOfPass(pass)) {
    NestStage &stage = stages.nest.stages[s];
    auto where = [&](Value memref) { return place(memref); };
    LaneBody body(lanes, stage.generic, stage.accesses, stage.indexExprs, dims, nullptr, where);
    if (stages.info[s].combiner) {
      llvm::append_range(elements, body.run(stages.info[s].combiner->elements()));
      continue;
    }
    Values values = body.run(stage.generic.getBody()->getTerminator()->getOperands());
    unsigned inputs = stage.generic.getNumDpsInputs();
    for (auto [output, value] : llvm::enumerate(values)) {
      Value memref = stage.generic.getDpsInits()[output];
      bool temporary = stages.isTemporary(memref);
      if (temporary)
        current[memref] = value;
      if (temporary && !stages.isReadLater(memref))
        continue;
      stores.push_back({value, temporary ? memories.lookup(memref) : phases.memory(b, f, memref),
                        lanes.evaluate(stage.accesses[inputs + output], dims, {})});
    }
  }
  current.clear();
  lanes.loc = loc;
  for (Store &store : stores)
    lanes.store(store.value, store.memref, store.at, nullptr);
  return combiner.combine(pass, accumulators, elements);
}

GroupRowEmitter::Values GroupRowEmitter::runPass(unsigned number) {
  pass = number;
  lanes.loc = loc;
  return combiner.acrossItems(pass, ownPart(), rowInGroup);
}

GroupRowEmitter::Values GroupRowEmitter::ownPart() {
  int64_t step = shape.perRow;
  int64_t length = llvm::divideCeil(shape.splits > 1 ? shape.splitSize : shape.reduced, step);
  Value first = arith::AddIOp::create(b, loc, from, part);
  Values inits = combiner.identities(pass);
  auto body = [&](Value at, ValueRange acc) { return point(at, acc); };
  if (inits.empty() || length <= 2 * kChain)
    return group.loop(first, to, step, inits, body);
  int64_t chunk = step * kChain;
  return group.loop(first, to, chunk, inits, [&](Value low, ValueRange acc) {
    Value end = arith::AddIOp::create(b, loc, low, group.index(chunk));
    Value high = arith::MinUIOp::create(b, loc, end, to);
    return combiner.combine(pass, acc,
                            group.loop(low, high, step, combiner.identities(pass), body));
  });
}

void GroupRowEmitter::keep(unsigned ofPass, ValueRange values) {
  unsigned at = 0;
  for (unsigned s : stages.stagesOfPass(ofPass))
    if (stages.info[s].combiner)
      for (Value output : stages.outputs(s))
        kept[output] = values[at++];
}

void GroupRowEmitter::oncePerRow(llvm::function_ref<void()> body) {
  Value first = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq, part, group.index(0));
  Value chosen = arith::AndIOp::create(b, loc, first, exists);
  auto guard = scf::IfOp::create(b, loc, chosen);
  OpBuilder::InsertionGuard insertion(b);
  b.setInsertionPoint(guard.thenBlock()->getTerminator());
  body();
}

void GroupRowEmitter::runKept(unsigned number) {
  if (stages.keptAfterPass(number).empty())
    return;
  for (unsigned k = 0; k < dims.size(); ++k)
    if (stages.nest.reduced[k])
      dims[k] = lanes.uniform(lanes.index(0));
  oncePerRow([&] {
    for (unsigned s : stages.keptAfterPass(number)) {
      NestStage &stage = stages.nest.stages[s];
      auto where = [&](Value memref) { return place(memref); };
      LaneBody body(lanes, stage.generic, stage.accesses, stage.indexExprs, dims, nullptr, where);
      Values values = body.run(stage.generic.getBody()->getTerminator()->getOperands());
      lanes.loc = loc;
      for (auto [output, value] : llvm::enumerate(values))
        lanes.store(
            value, phases.memory(b, f, stage.generic.getDpsInits()[output]),
            lanes.evaluate(stage.accesses[stage.generic.getNumDpsInputs() + output], dims, {}),
            nullptr);
    }
  });
}
