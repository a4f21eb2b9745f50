//===- Rows.cpp - kernels with reductions -----------------------------------===//
//
//   %m = max over d1 of x[d0, d1]           for %row = %begin to %end
//   %s = sum over d1 of exp(x - %m)    ->     4 accumulators: max of the row
//   y  = exp(x - %m) / %s                     e = exp(x - m) to scratch, sum of e
//                                             y = e / s
//
// Many rows: one function, every item does all passes of its rows, which stay in
// the cache. Few long rows: every pass is a phase over chunks of the rows that
// leaves partial results, and a phase that combines them in the order of the
// chunks; how rows are cut depends on the shape alone, so results do too.
//
//===----------------------------------------------------------------------===//

#include "lowering/Kernels/Loops.h"
#include "lowering/Kernels/RowEmitter.h"
#include "lowering/Kernels/Simt/GroupRows.h"
#include "lowering/ToLinalg/ToLinalg.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;

namespace portico {

namespace {

class RowLowering {
public:
  RowLowering(PhaseBuilder &phases, RowStages &stages, const RowShape &shape)
      : phases(phases), stages(stages), shape(shape), b(phases.linalgFunc.getContext()),
        loc(phases.linalgFunc.getLoc()) {}
  void emitWhole();
  void emitSplit();

private:
  /// Temporaries of the full shape that outlive their pass.
  SmallVector<Value> fullTemporaries();
  /// Gives `count` elements of `elem` room in `bytes`; the offset.
  int64_t reserve(int64_t &bytes, int64_t count, Type elem);
  Value view(Value bytes, int64_t offset, int64_t count, Type elem);
  /// Calls `body` for the rows of `item` (digits of outerDims, then the group):
  /// whole groups, and the ragged last one vector by vector under masks.
  void forRows(RowEmitter &rows, ValueRange digits, llvm::function_ref<void()> body);
  int64_t workPerItem();
  /// Where the partial of (outer, split, lane) lies, and a row's lanes in memory.
  VaryingIndex partialAt(RowEmitter &rows, Value outer, Value split, int64_t group);
  void emitPartials(unsigned pass);
  void emitCombination(unsigned pass);

  PhaseBuilder &phases;
  RowStages &stages;
  const RowShape &shape;
  OpBuilder b;
  Location loc;

  /// Offsets in shared memory: of temporaries, of the partials of each output.
  llvm::MapVector<Value, int64_t> sharedTemporaries;
  DenseMap<Value, int64_t> partials;
  void bindShared(RowEmitter &rows, func::FuncOp f);
  SmallVector<int64_t> outerRadix();
  Value first;
};

SmallVector<int64_t> RowLowering::outerRadix() {
  SmallVector<int64_t> radix;
  for (unsigned dim : shape.outerDims)
    radix.push_back(stages.nest.sizes[dim]);
  return radix;
}

SmallVector<Value> RowLowering::fullTemporaries() {
  SmallVector<Value> result;
  for (unsigned s = 0; s < stages.info.size(); ++s)
    if (stages.info[s].kind == RowStages::Kind::full)
      for (Value output : stages.outputs(s))
        if (stages.isTemporary(output) && stages.isReadLater(output))
          result.push_back(output);
  return result;
}

int64_t RowLowering::reserve(int64_t &bytes, int64_t count, Type elem) {
  int64_t offset = bytes;
  // Whole vectors are read, past the last element.
  int64_t size = (count + shape.lanes) * (elem.getIntOrFloatBitWidth() / 8);
  bytes = llvm::alignTo(offset + size, 64);
  return offset;
}

Value RowLowering::view(Value bytes, int64_t offset, int64_t count, Type elem) {
  Value at = arith::ConstantIndexOp::create(b, loc, offset);
  return memref::ViewOp::create(b, loc, MemRefType::get({count + shape.lanes}, elem), bytes, at,
                                ValueRange());
}

int64_t RowLowering::workPerItem() {
  int64_t cost = 0;
  for (NestStage &stage : stages.nest.stages)
    cost += costOf(stage.generic);
  return cost * std::max<int64_t>(1, stages.nest.points() / std::max<int64_t>(1, shape.items));
}

void RowLowering::forRows(RowEmitter &rows, ValueRange digits, llvm::function_ref<void()> body) {
  rows.setOuter(digits.take_front(shape.outerDims.size()));
  if (shape.alongReduced) {
    rows.setRows(rows.lanes.index(0), 1, nullptr);
    body();
    return;
  }
  int64_t length = stages.nest.sizes[shape.laneDim];
  int64_t step = shape.unroll * shape.lanes;
  Value from = arith::MulIOp::create(b, loc, digits.back(), rows.lanes.index(step));
  if (length % step == 0) {
    rows.setRows(from, shape.unroll, nullptr);
    body();
    return;
  }
  auto inBlock = [&](Block *block, llvm::function_ref<void()> fill) {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPoint(block->getTerminator());
    fill();
    rows.kept.clear();
  };
  auto oneByOne = [&] {
    Value end = rows.lanes.index(length);
    forLoop(b, loc, from, end, shape.lanes, [&](Value at) {
      Value left = arith::SubIOp::create(b, loc, end, at);
      rows.setRows(at, 1, rows.lanes.firstLanes(left));
      body();
      rows.kept.clear();
    });
  };
  if (length < step)
    return oneByOne();
  Value end = arith::AddIOp::create(b, loc, from, rows.lanes.index(step));
  Value whole =
      arith::CmpIOp::create(b, loc, arith::CmpIPredicate::ule, end, rows.lanes.index(length));
  auto ifOp = scf::IfOp::create(b, loc, whole, /*withElseRegion=*/true);
  inBlock(ifOp.thenBlock(), [&] {
    rows.setRows(from, shape.unroll, nullptr);
    body();
  });
  inBlock(ifOp.elseBlock(), oneByOne);
}

void RowLowering::emitWhole() {
  func::FuncOp f = phases.start(b, shape.items, grainFor(workPerItem()));
  RowEmitter rows(phases, stages, shape, b, f);
  int64_t perRow = shape.reducedCount * (shape.alongReduced ? 1 : shape.unroll * shape.lanes);
  for (Value temporary : fullTemporaries()) {
    Type elem = cast<MemRefType>(temporary.getType()).getElementType();
    int64_t offset = reserve(phases.abi.scratchBytes, perRow, elem);
    rows.memories[temporary] = {view(phases.scratch(f), offset, perRow, elem), /*byRow=*/true};
  }
  SmallVector<int64_t> radix = outerRadix();
  if (!shape.alongReduced)
    radix.push_back(shape.groups);
  forLoop(b, loc, phases.begin(f), phases.end(f), 1, [&](Value item) {
    forRows(rows, delinearize(b, loc, item, radix), [&] {
      rows.clearInvariants();
      rows.loadInvariants();
      for (unsigned pass = 1; pass <= stages.passes; ++pass) {
        rows.finishPass(pass, rows.runPass(pass));
        rows.runKept(pass);
      }
    });
  });
}

//===----------------------------------------------------------------------===//
// Few long rows
//===----------------------------------------------------------------------===//

/// Gives `rows` the temporaries, all of which lie in shared memory.
void RowLowering::bindShared(RowEmitter &rows, func::FuncOp f) {
  for (auto [temporary, offset] : sharedTemporaries) {
    auto type = cast<MemRefType>(temporary.getType());
    Value memory = view(phases.shared(f), offset, type.getNumElements(), type.getElementType());
    rows.memories[temporary] = {memory, /*byRow=*/false};
  }
}

/// Partials: [output][outer][split] and, where lanes are rows, [lane].
VaryingIndex RowLowering::partialAt(RowEmitter &rows, Value outer, Value split, int64_t group) {
  LaneBuilder &lanes = rows.lanes;
  VaryingIndex at =
      lanes.add(lanes.scale(lanes.uniform(outer), shape.splits), lanes.uniform(split));
  if (shape.alongReduced)
    return at;
  at = lanes.scale(at, stages.nest.sizes[shape.laneDim]);
  at = lanes.add(at, {first, 1, nullptr});
  return lanes.add(at, lanes.uniform(lanes.index(group * shape.lanes)));
}

void RowLowering::emitPartials(unsigned pass) {
  func::FuncOp f =
      phases.start(b, shape.items * shape.splits, grainFor(workPerItem() / shape.splits));
  RowEmitter rows(phases, stages, shape, b, f);
  bindShared(rows, f);
  DenseMap<Value, Value> memory;
  int64_t rowCount = stages.nest.points() / shape.reducedCount;
  for (unsigned s : stages.stagesOfPass(pass))
    if (stages.info[s].combiner)
      for (Value output : stages.outputs(s))
        memory[output] = view(phases.shared(f), partials[output], rowCount * shape.splits,
                              cast<MemRefType>(output.getType()).getElementType());
  int64_t outerCount = 1;
  for (int64_t size : outerRadix())
    outerCount *= size;
  SmallVector<int64_t> radix{outerCount, shape.splits};
  if (!shape.alongReduced)
    radix.push_back(shape.groups);
  forLoop(b, loc, phases.begin(f), phases.end(f), 1, [&](Value item) {
    SmallVector<Value> parts = delinearize(b, loc, item, radix);
    Value size = rows.lanes.index(shape.splitSize);
    Value from = arith::MulIOp::create(b, loc, parts[1], size);
    Value to = arith::MinUIOp::create(b, loc, arith::AddIOp::create(b, loc, from, size),
                                      rows.lanes.index(stages.nest.sizes[shape.splitDim]));
    rows.setRange(from, to);
    SmallVector<Value> digits = delinearize(b, loc, parts[0], outerRadix());
    if (!shape.alongReduced)
      digits.push_back(parts[2]);
    forRows(rows, digits, [&] {
      rows.clearInvariants();
      rows.loadInvariants();
      auto vectors = rows.runPass(pass);
      first = rows.rowFirst;
      unsigned at = 0;
      for (unsigned s : stages.stagesOfPass(pass)) {
        if (!stages.info[s].combiner)
          continue;
        Combiner &combiner = *stages.info[s].combiner;
        SmallVector<SmallVector<Value>> results(vectors.begin() + at,
                                                vectors.begin() + at + combiner.size());
        at += combiner.size();
        if (shape.alongReduced) {
          SmallVector<Value> fronts;
          for (auto &groups : results)
            fronts.push_back(groups.front());
          auto scalars = rows.combineLanes(combiner, fronts);
          for (auto [k, scalar] : llvm::enumerate(scalars))
            results[k] = {scalar};
        }
        for (auto [k, output] : llvm::enumerate(stages.outputs(s)))
          for (auto [group, value] : llvm::enumerate(results[k]))
            rows.lanes.store(value, memory[output], partialAt(rows, parts[0], parts[1], group),
                             rows.mask);
      }
    });
  });
}

void RowLowering::emitCombination(unsigned pass) {
  func::FuncOp f = phases.start(b, shape.items, shape.items);
  RowEmitter rows(phases, stages, shape, b, f);
  bindShared(rows, f);
  int64_t rowCount = stages.nest.points() / shape.reducedCount;
  SmallVector<int64_t> radix = outerRadix();
  int64_t outerCount = 1;
  for (int64_t size : radix)
    outerCount *= size;
  SmallVector<int64_t> parts{outerCount};
  if (!shape.alongReduced)
    parts.push_back(shape.groups);
  forLoop(b, loc, phases.begin(f), phases.end(f), 1, [&](Value item) {
    SmallVector<Value> split = delinearize(b, loc, item, parts);
    SmallVector<Value> digits = delinearize(b, loc, split[0], radix);
    if (!shape.alongReduced)
      digits.push_back(split[1]);
    forRows(rows, digits, [&] {
      rows.clearInvariants();
      rows.loadInvariants();
      first = rows.rowFirst;
      for (unsigned s : stages.stagesOfPass(pass)) {
        if (!stages.info[s].combiner)
          continue;
        Combiner &combiner = *stages.info[s].combiner;
        ValueRange outputs = stages.outputs(s);
        SmallVector<Value> memory;
        for (Value output : outputs)
          memory.push_back(view(phases.shared(f), partials[output], rowCount * shape.splits,
                                cast<MemRefType>(output.getType()).getElementType()));
        for (int64_t group = 0; group < rows.groups; ++group) {
          auto initial = combiner.identities(b, loc, [&](Type type) {
            return shape.alongReduced ? type : Type(rows.lanes.vectorOf(type));
          });
          Value zero = rows.lanes.index(0), one = rows.lanes.index(1);
          auto loop = scf::ForOp::create(b, loc, zero, rows.lanes.index(shape.splits), one,
                                         ValueRange(initial));
          {
            OpBuilder::InsertionGuard guard(b);
            b.setInsertionPointToStart(loop.getBody());
            SmallVector<Value> loaded;
            for (Value m : memory)
              loaded.push_back(rows.lanes.load(
                  m, partialAt(rows, split[0], loop.getInductionVar(), group), rows.mask,
                  /*guarded=*/false));
            auto next = combiner.combine(b, loc, loop.getRegionIterArgs(), loaded);
            scf::YieldOp::create(b, loc, ValueRange(next));
          }
          for (auto [k, output] : llvm::enumerate(outputs))
            rows.kept[output].push_back(loop.getResult(k));
        }
        // For the phases that follow.
        for (Value output : outputs) {
          Value target = rows.memories[output].memref;
          for (auto [group, value] : llvm::enumerate(rows.kept[output]))
            rows.lanes.store(value, target, rows.keptPlace(group), rows.mask);
        }
      }
      rows.runKept(pass);
      rows.kept.clear();
    });
  });
}

void RowLowering::emitSplit() {
  int64_t rowCount = stages.nest.points() / shape.reducedCount;
  for (Value temporary : fullTemporaries())
    sharedTemporaries[temporary] = reserve(phases.abi.sharedBytes, stages.nest.points(),
                                           cast<MemRefType>(temporary.getType()).getElementType());
  for (unsigned s = 0; s < stages.info.size(); ++s) {
    if (!stages.info[s].combiner)
      continue;
    for (Value output : stages.outputs(s)) {
      Type elem = cast<MemRefType>(output.getType()).getElementType();
      sharedTemporaries[output] = reserve(phases.abi.sharedBytes, rowCount, elem);
      partials[output] = reserve(phases.abi.sharedBytes, rowCount * shape.splits, elem);
    }
  }
  for (unsigned pass = 1; pass <= stages.passes; ++pass) {
    if (!stages.stagesOfPass(pass).empty())
      emitPartials(pass);
    bool reduces = llvm::any_of(stages.stagesOfPass(pass),
                                [&](unsigned s) { return stages.info[s].combiner.has_value(); });
    if (reduces || !stages.keptAfterPass(pass).empty())
      emitCombination(pass);
  }
}

/// Whether result `memref`, of the full shape, may be the memory of input `in`:
/// every read is at the element that is written, in no later pass.
bool mayShare(RowStages &stages, Value in, Value memref) {
  if (cast<MemRefType>(in.getType()).getElementType() !=
          cast<MemRefType>(memref.getType()).getElementType() ||
      cast<MemRefType>(in.getType()).getNumElements() !=
          cast<MemRefType>(memref.getType()).getNumElements())
    return false;
  unsigned written = 0;
  AffineExpr target;
  for (unsigned s = 0; s < stages.info.size(); ++s) {
    NestStage &stage = stages.nest.stages[s];
    for (auto [k, output] : llvm::enumerate(stages.outputs(s)))
      if (output == memref && stages.info[s].kind == RowStages::Kind::full) {
        written = stages.passOf(s);
        target = stage.accesses[stage.generic.getNumDpsInputs() + k];
      }
  }
  if (!target)
    return false;
  for (OpOperand &use : in.getUses()) {
    auto stage = llvm::find_if(stages.nest.stages, [&](NestStage &stage) {
      return stage.generic.getOperation() == use.getOwner();
    });
    if (stage == stages.nest.stages.end() || stage->accesses[use.getOperandNumber()] != target ||
        stages.passOf(stage - stages.nest.stages.begin()) > written)
      return false;
  }
  return true;
}

} // namespace

LogicalResult lowerRowKernel(KernelOp kernel, const TargetInfo &target, ModuleOp out,
                             StringRef name, KernelABI &abi) {
  func::FuncOp linalgFunc = kernelToLinalg(kernel, out, name);
  if (!linalgFunc)
    return failure();
  bool reduces = llvm::any_of(linalgFunc.getOps<linalg::GenericOp>(),
                              [](linalg::GenericOp g) { return g.getNumReductionLoops() > 0; });
  // Over no elements, or along no axis, nothing is left to reduce.
  if (!reduces)
    return lowerLinalgLoops(kernel, linalgFunc, target, out, name, abi);
  RowStages stages(linalgFunc);
  unsigned inputs = kernel.getNumOperands();
  abi.sameIndex.assign(inputs, SmallVector<bool, 2>(kernel.getNumResults(), false));
  for (unsigned k = 0; k < inputs; ++k)
    for (unsigned r = 0; r < kernel.getNumResults(); ++r)
      abi.sameIndex[k][r] =
          mayShare(stages, linalgFunc.getArgument(k), linalgFunc.getArgument(inputs + r));
  PhaseBuilder phases(linalgFunc, name, abi);
  if (target.simt) {
    emitGroupRows(phases, stages, target);
    phases.finish();
    return success();
  }
  RowShape shape = chooseRowShape(stages, target);
  RowLowering lowering(phases, stages, shape);
  if (shape.splits > 1)
    lowering.emitSplit();
  else
    lowering.emitWhole();
  phases.finish();
  return success();
}

} // namespace portico
