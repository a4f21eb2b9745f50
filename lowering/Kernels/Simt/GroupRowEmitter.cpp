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
      group(b, phases.linalgFunc.getLoc(), simt), phases(phases), stages(stages), shape(shape),
      b(b), f(f), loc(phases.linalgFunc.getLoc()) {
  dims.assign(stages.nest.sizes.size(), lanes.uniform(lanes.index(0)));
  group.allocateGroup(groupBytes());
}

int64_t GroupRowEmitter::groupBytes() const {
  int64_t slots = shape.along ? shape.block() / std::min(shape.block(), group.simt.subgroupSize)
                              : shape.block();
  bool needed = shape.along ? shape.perRow > group.simt.subgroupSize : shape.perRow > 1;
  return needed ? slots * stages.mostReductions() * GroupShape::kSlotBytes : 0;
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

GroupRowEmitter::Values GroupRowEmitter::identities(unsigned ofPass) {
  Values result;
  for (unsigned s : stages.stagesOfPass(ofPass))
    if (stages.info[s].combiner)
      llvm::append_range(
          result, stages.info[s].combiner->identities(b, loc, [](Type type) { return type; }));
  return result;
}

GroupRowEmitter::Values GroupRowEmitter::combine(unsigned ofPass, ValueRange x, ValueRange y) {
  Values result;
  unsigned at = 0;
  for (unsigned s : stages.stagesOfPass(ofPass)) {
    if (!stages.info[s].combiner)
      continue;
    Combiner &combiner = *stages.info[s].combiner;
    llvm::append_range(result, combiner.combine(b, loc, x.slice(at, combiner.size()),
                                                y.slice(at, combiner.size())));
    at += combiner.size();
  }
  return result;
}

GroupRowEmitter::Values GroupRowEmitter::loop(Value first, Value last, int64_t step,
                                              ValueRange inits,
                                              llvm::function_ref<Values(Value, ValueRange)> body) {
  auto made = scf::ForOp::create(b, loc, first, last, group.index(step), inits);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(made.getBody());
  Values results = body(made.getInductionVar(), made.getRegionIterArgs());
  if (!inits.empty())
    scf::YieldOp::create(b, loc, results);
  return Values(made.getResults());
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
  return combine(pass, accumulators, elements);
}

GroupRowEmitter::Values GroupRowEmitter::runPass(unsigned number) {
  pass = number;
  lanes.loc = loc;
  int64_t step = shape.perRow;
  int64_t length = llvm::divideCeil(shape.splits > 1 ? shape.splitSize : shape.reduced, step);
  Value first = arith::AddIOp::create(b, loc, from, part);
  Values inits = identities(pass);
  auto body = [&](Value at, ValueRange acc) { return point(at, acc); };
  if (inits.empty() || length <= 2 * kChain)
    return acrossItems(pass, loop(first, to, step, inits, body));
  int64_t chunk = step * kChain;
  Values sums = loop(first, to, chunk, inits, [&](Value low, ValueRange acc) {
    Value end = arith::AddIOp::create(b, loc, low, group.index(chunk));
    Value high = arith::MinUIOp::create(b, loc, end, to);
    return combine(pass, acc, loop(low, high, step, identities(pass), body));
  });
  return acrossItems(pass, sums);
}

/// Each slot holds one value of each reduction; the work-items of a row read
/// `count` slots from `firstSlot`, `stride` apart, in order.
GroupRowEmitter::Values GroupRowEmitter::throughGroupMemory(unsigned ofPass, ValueRange values,
                                                            int64_t count, Value slot,
                                                            Value firstSlot, int64_t stride) {
  int64_t slots = shape.along ? shape.block() / group.simt.subgroupSize : shape.block();
  SmallVector<Value> memory;
  for (auto [k, value] : llvm::enumerate(values)) {
    memory.push_back(
        group.viewGroup(int64_t(k) * slots * GroupShape::kSlotBytes, slots, value.getType()));
  }
  // A subgroup that has combined its values already writes them once.
  auto write = [&] {
    for (auto [value, m] : llvm::zip_equal(values, memory))
      memref::StoreOp::create(b, loc, value, m, ValueRange(slot));
  };
  if (shape.along) {
    Value lane = arith::RemUIOp::create(b, loc, group.item(), group.index(group.simt.subgroupSize));
    Value first = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq, lane, group.index(0));
    auto guard = scf::IfOp::create(b, loc, first);
    OpBuilder::InsertionGuard insertion(b);
    b.setInsertionPoint(guard.thenBlock()->getTerminator());
    write();
  } else {
    write();
  }
  group.barrier();
  auto read = [&](Value at) {
    Values loaded;
    for (Value m : memory)
      loaded.push_back(memref::LoadOp::create(b, loc, m, ValueRange(at)));
    return loaded;
  };
  Value last = arith::AddIOp::create(b, loc, firstSlot, group.index(count * stride));
  Value second = arith::AddIOp::create(b, loc, firstSlot, group.index(stride));
  Values result = loop(second, last, stride, read(firstSlot),
                       [&](Value at, ValueRange acc) { return combine(ofPass, acc, read(at)); });
  // The memory is used again by the next pass.
  group.barrier();
  return result;
}

GroupRowEmitter::Values GroupRowEmitter::acrossItems(unsigned ofPass, Values values) {
  if (values.empty() || shape.perRow == 1)
    return values;
  if (!shape.along)
    return throughGroupMemory(ofPass, values, shape.perRow, group.item(), rowInGroup,
                              shape.rowsPerGroup);
  int64_t subgroup = group.simt.subgroupSize;
  for (int64_t mask = 1; mask < std::min(shape.perRow, subgroup); mask *= 2) {
    Values others;
    for (Value value : values)
      others.push_back(group.exchange(value, mask));
    values = combine(ofPass, values, others);
  }
  if (shape.perRow <= subgroup)
    return values;
  int64_t subgroups = shape.perRow / subgroup;
  Value slot = arith::DivUIOp::create(b, loc, group.item(), group.index(subgroup));
  Value firstSlot = arith::MulIOp::create(b, loc, rowInGroup, group.index(subgroups));
  return throughGroupMemory(ofPass, values, subgroups, slot, firstSlot, 1);
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
