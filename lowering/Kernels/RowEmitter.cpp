//===- RowEmitter.cpp - the loops of a row kernel ---------------------------===//

#include "lowering/Kernels/RowEmitter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace portico {

/// Vectors added up one after the other before the sum goes on to the next
/// level: bounds the rounding error of a long sum.
constexpr int64_t kChain = 64;

RowEmitter::RowEmitter(PhaseBuilder &phases, RowStages &stages, const RowShape &shape, OpBuilder &b,
                       func::FuncOp f)
    : lanes(b, phases.linalgFunc.getLoc(), shape.lanes, indexBitsFor(stages.nest)), phases(phases),
      stages(stages), shape(shape), b(b), f(f), loc(phases.linalgFunc.getLoc()) {
  Value zero = lanes.index(0);
  dims.assign(stages.nest.sizes.size(), lanes.uniform(zero));
}

void RowEmitter::setOuter(ValueRange digits) {
  for (auto [dim, digit] : llvm::zip(shape.outerDims, digits))
    dims[dim] = lanes.uniform(digit);
}

void RowEmitter::setRows(Value first, int64_t count, Value rowMask) {
  rowFirst = first;
  groups = count;
  mask = rowMask;
}

void RowEmitter::setRange(Value from, Value to) {
  rangeFrom = from;
  rangeTo = to;
}

std::pair<Value, Value> RowEmitter::rangeOf(unsigned dim) {
  if (rangeFrom && dim == shape.splitDim)
    return {rangeFrom, rangeTo};
  return {lanes.index(0), lanes.index(stages.nest.sizes[dim])};
}

/// Where the current point lies in the scratch of its rows.
VaryingIndex RowEmitter::placeInRow(unsigned group) {
  VaryingIndex at = lanes.uniform(lanes.index(0));
  for (unsigned k = 0; k < dims.size(); ++k)
    if (stages.nest.reduced[k])
      at = lanes.add(lanes.scale(at, stages.nest.sizes[k]), dims[k]);
  if (shape.alongReduced)
    return at;
  at = lanes.scale(at, shape.unroll * shape.lanes);
  return lanes.add(at, {lanes.index(group * shape.lanes), 1, nullptr});
}

VaryingIndex RowEmitter::keptPlace(unsigned group) {
  VaryingIndex at = lanes.uniform(lanes.index(0));
  for (unsigned k = 0; k < dims.size(); ++k) {
    if (stages.nest.reduced[k])
      continue;
    VaryingIndex digit = dims[k];
    if (k == shape.laneDim)
      digit = lanes.add({rowFirst, 1, nullptr}, lanes.uniform(lanes.index(group * shape.lanes)));
    at = lanes.add(lanes.scale(at, stages.nest.sizes[k]), digit);
  }
  return at;
}

Place RowEmitter::place(Value memref, unsigned group) {
  if (!stages.isTemporary(memref))
    return {phases.memory(b, f, memref), nullptr, std::nullopt};
  if (Value value = current.lookup(memref))
    return {nullptr, value, std::nullopt};
  if (auto it = kept.find(memref); it != kept.end())
    return {nullptr, it->second[shape.alongReduced ? 0 : group], std::nullopt};
  Memory memory = memories.lookup(memref);
  assert(memory.memref && "a temporary that no earlier stage has written");
  if (!memory.byRow)
    return {memory.memref, nullptr, std::nullopt};
  return {memory.memref, nullptr, placeInRow(group)};
}

void RowEmitter::loadInvariants() {
  for (unsigned s = 0; s < stages.info.size(); ++s) {
    NestStage &stage = stages.nest.stages[s];
    for (unsigned k = 0; k < stage.generic.getNumDpsInputs(); ++k) {
      Value memref = stage.generic->getOperand(k);
      bool invariant = !stages.isTemporary(memref);
      for (unsigned dim = 0; dim < dims.size(); ++dim)
        invariant &= !stages.nest.reduced[dim] || isInvariant(stage.accesses[k], dim);
      if (!invariant)
        continue;
      for (int64_t group = 0; group < groups; ++group) {
        if (!shape.alongReduced)
          dims[shape.laneDim] =
              lanes.add({rowFirst, 1, nullptr}, lanes.uniform(lanes.index(group * shape.lanes)));
        VaryingIndex at = lanes.evaluate(stage.accesses[k], dims, {});
        invariants[{s, k, static_cast<unsigned>(group)}] =
            lanes.load(phases.memory(b, f, memref), at, mask, /*guarded=*/false);
      }
    }
  }
}

RowEmitter::Values RowEmitter::identities(unsigned ofPass, int64_t count) {
  Values result;
  for (unsigned s : stages.stagesOfPass(ofPass)) {
    if (!stages.info[s].combiner)
      continue;
    auto values = stages.info[s].combiner->identities(
        b, loc, [&](Type type) { return lanes.vectorOf(type); });
    for (int64_t group = 0; group < count; ++group)
      result.append(values.begin(), values.end());
  }
  return result;
}

RowEmitter::Values RowEmitter::combineAll(unsigned ofPass, ValueRange x, ValueRange y,
                                          int64_t count) {
  Values result;
  unsigned at = 0;
  for (unsigned s : stages.stagesOfPass(ofPass)) {
    if (!stages.info[s].combiner)
      continue;
    Combiner &combiner = *stages.info[s].combiner;
    for (int64_t group = 0; group < count; ++group) {
      auto values =
          combiner.combine(b, loc, x.slice(at, combiner.size()), y.slice(at, combiner.size()));
      result.append(values.begin(), values.end());
      at += combiner.size();
    }
  }
  return result;
}

RowEmitter::Values RowEmitter::loop(Value from, Value to, int64_t step, ValueRange inits,
                                    llvm::function_ref<Values(Value, ValueRange)> body) {
  auto made = scf::ForOp::create(b, loc, from, to, lanes.index(step), inits);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(made.getBody());
  Values results = body(made.getInductionVar(), made.getRegionIterArgs());
  if (!inits.empty())
    scf::YieldOp::create(b, loc, results);
  return Values(made.getResults());
}

/// Evaluates the pass at `count` vectors of points. Along a reduced lane
/// dimension they begin at `first`; across, they are the groups of rows.
/// Accumulators are [stage][vector][output].
RowEmitter::Values RowEmitter::points(Value first, int64_t count, Value pointMask,
                                      ValueRange accumulators) {
  struct Store {
    Value value, memref;
    VaryingIndex at;
  };
  SmallVector<Store> stores;
  SmallVector<unsigned> passStages = stages.stagesOfPass(pass);
  // Elements per stage, vector and output.
  DenseMap<std::pair<unsigned, int64_t>, Values> elements;
  for (int64_t k = 0; k < count; ++k) {
    current.clear();
    unsigned group = shape.alongReduced ? 0 : k;
    dims[shape.laneDim] =
        lanes.add({first, 1, nullptr}, lanes.uniform(lanes.index(k * shape.lanes)));
    for (unsigned s : passStages) {
      NestStage &stage = stages.nest.stages[s];
      auto where = [&](Value memref) { return place(memref, group); };
      LaneBody body(lanes, stage.generic, stage.accesses, stage.indexExprs, dims, pointMask, where);
      for (unsigned operand = 0; operand < stage.generic.getNumDpsInputs(); ++operand)
        if (auto it = invariants.find({s, operand, group}); it != invariants.end())
          body.preloaded[operand] = it->second;
      if (Combiner *combiner = stages.info[s].combiner ? &*stages.info[s].combiner : nullptr) {
        Values values = body.run(combiner->elements());
        for (Value &value : values)
          value = lanes.broadcast(value);
        // Idle lanes along the row must not count.
        if (pointMask && shape.alongReduced) {
          auto neutral =
              combiner->identities(b, loc, [&](Type type) { return lanes.vectorOf(type); });
          for (auto [value, identity] : llvm::zip_equal(values, neutral))
            value = arith::SelectOp::create(b, loc, pointMask, value, identity);
        }
        elements[{s, k}] = values;
        continue;
      }
      auto yield = stage.generic.getBody()->getTerminator()->getOperands();
      Values values = body.run(yield);
      unsigned inputs = stage.generic.getNumDpsInputs();
      for (auto [output, value] : llvm::enumerate(values)) {
        Value memref = stage.generic.getDpsInits()[output];
        bool temporary = stages.isTemporary(memref);
        if (temporary)
          current[memref] = value;
        if (temporary && !stages.isReadLater(memref))
          continue;
        if (!temporary) {
          stores.push_back({value, phases.memory(b, f, memref),
                            lanes.evaluate(stage.accesses[inputs + output], dims, {})});
          continue;
        }
        Memory memory = memories.lookup(memref);
        VaryingIndex at = memory.byRow ? placeInRow(group)
                                       : lanes.evaluate(stage.accesses[inputs + output], dims, {});
        stores.push_back({value, memory.memref, at});
      }
    }
  }
  current.clear();
  lanes.loc = loc;
  // Stores come last: a result may lie where an input of the same points did.
  for (Store &store : stores)
    lanes.store(store.value, store.memref, store.at, pointMask);
  Values result;
  unsigned at = 0;
  for (unsigned s : passStages) {
    if (!stages.info[s].combiner)
      continue;
    Combiner &combiner = *stages.info[s].combiner;
    for (int64_t k = 0; k < count; ++k) {
      auto values =
          combiner.combine(b, loc, accumulators.slice(at, combiner.size()), elements[{s, k}]);
      result.append(values.begin(), values.end());
      at += combiner.size();
    }
  }
  return result;
}

/// The loop along a reduced lane dimension. `accumulators` has one vector per
/// output; inside, `unroll` independent ones are filled and combined at the end.
RowEmitter::Values RowEmitter::alongLanes(ValueRange accumulators) {
  unsigned dim = shape.laneDim;
  int64_t width = shape.lanes, step = width * shape.unroll;
  bool partial = rangeFrom && dim == shape.splitDim;
  int64_t length = partial ? shape.splitSize : stages.nest.sizes[dim];
  // A chunk of the last split may be ragged, a whole row is what it is.
  bool ragged = partial
                    ? stages.nest.sizes[dim] % shape.splitSize != 0 || shape.splitSize % step != 0
                    : length % step != 0;
  auto [from, to] = rangeOf(dim);

  auto span = [&](Value lo, Value hi, bool exact) {
    Values inner = identities(pass, shape.unroll);
    Value vectorEnd = hi;
    if (!exact) {
      Value rest =
          arith::RemUIOp::create(b, loc, arith::SubIOp::create(b, loc, hi, lo), lanes.index(step));
      vectorEnd = arith::SubIOp::create(b, loc, hi, rest);
    }
    if (length >= step)
      inner = loop(lo, vectorEnd, step, inner,
                   [&](Value j, ValueRange acc) { return points(j, shape.unroll, nullptr, acc); });
    else
      vectorEnd = lo;
    // [stage][vector][output] to one vector per output: a tree over the vectors.
    SmallVector<Values> parts(shape.unroll);
    unsigned at = 0;
    for (unsigned s : stages.stagesOfPass(pass))
      if (stages.info[s].combiner)
        for (int64_t k = 0; k < shape.unroll; ++k)
          for (unsigned output = 0; output < stages.info[s].combiner->size(); ++output)
            parts[k].push_back(inner[at++]);
    for (int64_t width = shape.unroll; width > 1; width = (width + 1) / 2)
      for (int64_t k = 0; k < width / 2; ++k)
        parts[k] = combineAll(pass, parts[k], parts[width - 1 - k], 1);
    Values result = parts[0];
    if (exact)
      return result;
    auto masked = [&](Value j, ValueRange acc) {
      Value left = arith::SubIOp::create(b, loc, hi, j);
      return points(j, 1, lanes.firstLanes(left), acc);
    };
    if (length < width)
      return masked(vectorEnd, result);
    return loop(vectorEnd, hi, width, result, masked);
  };

  int64_t chunk = step * kChain;
  bool sums = !accumulators.empty();
  if (!sums || length < 2 * chunk) {
    Values inner = span(from, to, !ragged);
    return combineAll(pass, accumulators, inner, 1);
  }
  return loop(from, to, chunk, accumulators, [&, to = to](Value lo, ValueRange acc) {
    Value end = arith::AddIOp::create(b, loc, lo, lanes.index(chunk));
    Value hi = arith::MinUIOp::create(b, loc, end, to);
    bool exact = !partial && length % chunk == 0;
    return combineAll(pass, acc, span(lo, exact ? end : hi, exact), 1);
  });
}

/// The innermost loop where lanes are rows, over the reduced dimension `dim`.
RowEmitter::Values RowEmitter::acrossLanes(unsigned dim, ValueRange accumulators) {
  auto [from, to] = rangeOf(dim);
  auto body = [&](Value r, ValueRange acc) {
    dims[dim] = lanes.uniform(r);
    return points(rowFirst, groups, mask, acc);
  };
  int64_t length = rangeFrom && dim == shape.splitDim ? shape.splitSize : stages.nest.sizes[dim];
  if (accumulators.empty() || length <= 2 * kChain)
    return loop(from, to, 1, accumulators, body);
  return loop(from, to, kChain, accumulators, [&, to = to](Value lo, ValueRange acc) {
    Value end = arith::AddIOp::create(b, loc, lo, lanes.index(kChain));
    Value hi = arith::MinUIOp::create(b, loc, end, to);
    return combineAll(pass, acc, loop(lo, hi, 1, identities(pass, groups), body), groups);
  });
}

RowEmitter::Values RowEmitter::loopLevel(unsigned level, ValueRange accumulators) {
  bool innermost = level + 1 == shape.loopDims.size();
  if (!shape.alongReduced && innermost)
    return acrossLanes(shape.loopDims[level], accumulators);
  if (level == shape.loopDims.size()) {
    if (shape.alongReduced)
      return alongLanes(accumulators);
    return points(rowFirst, groups, mask, accumulators); // nothing is reduced
  }
  unsigned dim = shape.loopDims[level];
  auto [from, to] = rangeOf(dim);
  return loop(from, to, 1, accumulators, [&](Value i, ValueRange acc) {
    dims[dim] = lanes.uniform(i);
    return loopLevel(level + 1, acc);
  });
}

SmallVector<RowEmitter::Values> RowEmitter::runPass(unsigned number) {
  pass = number;
  lanes.loc = loc;
  int64_t count = shape.alongReduced ? 1 : groups;
  Values flat = loopLevel(0, identities(pass, count));
  // [stage][group][output] to [stage, output][group].
  SmallVector<Values> result;
  unsigned at = 0;
  for (unsigned s : stages.stagesOfPass(pass)) {
    if (!stages.info[s].combiner)
      continue;
    unsigned outputs = stages.info[s].combiner->size();
    for (unsigned output = 0; output < outputs; ++output) {
      Values groupsOf;
      for (int64_t group = 0; group < count; ++group)
        groupsOf.push_back(flat[at + group * outputs + output]);
      result.push_back(groupsOf);
    }
    at += outputs * count;
  }
  return result;
}

RowEmitter::Values RowEmitter::combineLanes(Combiner &combiner, ValueRange vectors) {
  Values all(vectors);
  for (int64_t step = shape.lanes / 2; step >= 1; step /= 2) {
    SmallVector<int64_t> order;
    for (int64_t lane = 0; lane < shape.lanes; ++lane)
      order.push_back((lane + step) % shape.lanes);
    Values moved;
    for (Value v : all)
      moved.push_back(vector::ShuffleOp::create(b, loc, v, v, order));
    auto combined = combiner.combine(b, loc, all, moved);
    all.assign(combined.begin(), combined.end());
  }
  for (Value &v : all)
    v = vector::ExtractOp::create(b, loc, v, 0);
  return all;
}

void RowEmitter::finishPass(unsigned number, ArrayRef<Values> vectors) {
  unsigned at = 0;
  for (unsigned s : stages.stagesOfPass(number)) {
    if (!stages.info[s].combiner)
      continue;
    Combiner &combiner = *stages.info[s].combiner;
    ValueRange outputs = stages.outputs(s);
    if (shape.alongReduced) {
      Values firsts;
      for (unsigned k = 0; k < combiner.size(); ++k)
        firsts.push_back(vectors[at + k].front());
      Values scalars = combineLanes(combiner, firsts);
      for (unsigned k = 0; k < combiner.size(); ++k)
        kept[outputs[k]] = {scalars[k]};
    } else {
      for (unsigned k = 0; k < combiner.size(); ++k)
        kept[outputs[k]] = vectors[at + k];
    }
    at += combiner.size();
  }
}

void RowEmitter::runKept(unsigned number) {
  Value zero = lanes.index(0);
  for (unsigned k = 0; k < dims.size(); ++k)
    if (stages.nest.reduced[k])
      dims[k] = lanes.uniform(zero);
  int64_t count = shape.alongReduced ? 1 : groups;
  for (unsigned s : stages.keptAfterPass(number)) {
    NestStage &stage = stages.nest.stages[s];
    unsigned inputs = stage.generic.getNumDpsInputs();
    for (int64_t group = 0; group < count; ++group) {
      if (!shape.alongReduced)
        dims[shape.laneDim] =
            lanes.add({rowFirst, 1, nullptr}, lanes.uniform(lanes.index(group * shape.lanes)));
      auto where = [&](Value memref) { return place(memref, group); };
      LaneBody body(lanes, stage.generic, stage.accesses, stage.indexExprs, dims, mask, where);
      for (unsigned operand = 0; operand < inputs; ++operand)
        if (auto it = invariants.find({s, operand, static_cast<unsigned>(group)});
            it != invariants.end())
          body.preloaded[operand] = it->second;
      Values values = body.run(stage.generic.getBody()->getTerminator()->getOperands());
      lanes.loc = loc;
      for (auto [output, value] : llvm::enumerate(values))
        lanes.store(value, phases.memory(b, f, stage.generic.getDpsInits()[output]),
                    lanes.evaluate(stage.accesses[inputs + output], dims, {}), mask);
    }
  }
}

} // namespace portico
