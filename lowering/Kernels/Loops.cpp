//===- Loops.cpp - kernels without reductions -------------------------------===//
//
//   linalg.generic over (d0, d1)                for %item = %begin to %end
//     ins(x[d0, d1], bias[d1])          ->        %row, %chunk = item's digits
//     outs(y[d0, d1])                             for %j = lo to hi step 16
//                                                   vector.load, arith, vector.store
//                                                 (once more under a mask for the rest)
//
// Contiguous, identically indexed operands collapse the space to one dimension;
// then the code does not depend on the size.
//
//===----------------------------------------------------------------------===//

#include "lowering/Kernels/Loops.h"

#include "lowering/Kernels/Simt/GroupLoops.h"
#include "lowering/ToLinalg/ToLinalg.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;

namespace portico {

void emitPoints(LaneBuilder &lanes, PhaseBuilder &phases, func::FuncOp f, NestStage &stage,
                ArrayRef<VaryingIndex> dims, Value mask,
                const DenseMap<unsigned, Value> &preloaded) {
  auto place = [&](Value memref) {
    return Place{phases.memory(lanes.b, f, memref), nullptr, std::nullopt};
  };
  LaneBody body(lanes, stage.generic, stage.accesses, stage.indexExprs, dims, mask, place);
  body.preloaded = preloaded;
  auto yield = cast<linalg::YieldOp>(stage.generic.getBody()->getTerminator());
  SmallVector<Value> results = body.run(yield.getOperands());
  unsigned inputs = stage.generic.getNumDpsInputs();
  lanes.loc = stage.generic.getLoc();
  for (auto [k, result] : llvm::enumerate(results)) {
    Value memref = phases.memory(lanes.b, f, stage.generic->getOperand(inputs + k));
    lanes.store(result, memref, lanes.evaluate(stage.accesses[inputs + k], dims, {}), mask);
  }
}

/// Points [lo, hi) of the innermost dimension, W at a time and the rest under a
/// mask. `length`, if known, is hi - lo.
static void emitInner(LaneBuilder &lanes, PhaseBuilder &phases, func::FuncOp f, NestStage &stage,
                      ArrayRef<VaryingIndex> outer, Value lo, Value hi,
                      std::optional<int64_t> length) {
  OpBuilder &b = lanes.b;
  Location loc = stage.generic.getLoc();
  lanes.loc = loc;
  unsigned inner = outer.size();
  SmallVector<VaryingIndex> dims(outer);
  dims.push_back({});
  // What does not change along the row is loaded before it.
  DenseMap<unsigned, Value> preloaded;
  for (unsigned k = 0; k < stage.generic.getNumDpsInputs(); ++k)
    if (isInvariant(stage.accesses[k], inner)) {
      VaryingIndex at = lanes.evaluate(stage.accesses[k], dims, {});
      Value memref = phases.memory(b, f, stage.generic->getOperand(k));
      preloaded[k] = lanes.load(memref, at, nullptr, false);
    }
  Value vectorEnd = hi;
  if (!length || *length % lanes.lanes != 0) {
    Value span = arith::SubIOp::create(b, loc, hi, lo);
    Value rest = arith::RemUIOp::create(b, loc, span, lanes.index(lanes.lanes));
    vectorEnd = arith::SubIOp::create(b, loc, hi, rest);
  }
  if (!length || *length >= lanes.lanes)
    forLoop(b, loc, lo, vectorEnd, lanes.lanes, [&](Value i) {
      dims.back() = {i, 1, nullptr};
      emitPoints(lanes, phases, f, stage, dims, nullptr, preloaded);
    });
  if (vectorEnd == hi)
    return;
  Value some = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::ult, vectorEnd, hi);
  OpBuilder::InsertionGuard guard(b);
  if (!length) {
    auto tail = scf::IfOp::create(b, loc, some);
    b.setInsertionPoint(tail.thenBlock()->getTerminator());
  }
  Value mask = lanes.firstLanes(arith::SubIOp::create(b, loc, hi, vectorEnd));
  dims.back() = {vectorEnd, 1, nullptr};
  emitPoints(lanes, phases, f, stage, dims, mask, preloaded);
}

/// One dimension: the parallel range is the points themselves.
static void emitFlat(PhaseBuilder &phases, Nest &nest, const TargetInfo &target) {
  NestStage &stage = nest.stages.front();
  OpBuilder b(phases.linalgFunc.getContext());
  int64_t count = nest.points(), cost = costOf(stage.generic);
  LaneBuilder lanes(b, stage.generic.getLoc(), lanesFor(nest.stages, target), indexBitsFor(nest));
  if (!wantsStreaming(stage, lanes.lanes, lanes.lanes, target)) {
    func::FuncOp f = phases.start(b, count, grainFor(cost));
    emitInner(lanes, phases, f, stage, {}, phases.begin(f), phases.end(f), std::nullopt);
    return;
  }
  // Stores past the caches have to be aligned: the range is of blocks, the last of
  // which may be short.
  constexpr int64_t kBlock = 1024;
  func::FuncOp f = phases.start(b, llvm::divideCeil(count, kBlock), grainFor(cost * kBlock));
  lanes.streaming = true;
  Value block = lanes.index(kBlock);
  Value from = arith::MulIOp::create(b, lanes.loc, phases.begin(f), block);
  Value to = arith::MulIOp::create(b, lanes.loc, phases.end(f), block);
  if (count % kBlock != 0)
    to = arith::MinUIOp::create(b, lanes.loc, to, lanes.index(count));
  emitInner(lanes, phases, f, stage, {}, from, to, std::nullopt);
}

/// Several dimensions: the parallel range is rows along the innermost, long rows
/// in chunks.
static void emitRows(PhaseBuilder &phases, Nest &nest, const TargetInfo &target) {
  constexpr int64_t kChunk = 4096;
  NestStage &stage = nest.stages.front();
  Location loc = stage.generic.getLoc();
  OpBuilder b(phases.linalgFunc.getContext());
  int64_t inner = nest.sizes.back();
  int64_t chunk = inner < 2 * kChunk ? inner : kChunk;
  int64_t chunks = llvm::divideCeil(inner, chunk);
  int64_t rows = nest.points() / inner;
  func::FuncOp f =
      phases.start(b, rows * chunks, grainFor(costOf(stage.generic) * std::min(chunk, inner)));
  LaneBuilder lanes(b, loc, lanesFor(nest.stages, target), indexBitsFor(nest));
  lanes.streaming = wantsStreaming(stage, inner, lanes.lanes, target);
  forLoop(b, loc, phases.begin(f), phases.end(f), 1, [&](Value item) {
    lanes.loc = loc;
    SmallVector<int64_t> radix(ArrayRef(nest.sizes).drop_back());
    if (chunks > 1)
      radix.push_back(chunks);
    SmallVector<Value> digits = delinearize(b, loc, item, radix);
    Value lo = lanes.index(0), hi = lanes.index(inner);
    std::optional<int64_t> length = inner;
    if (chunks > 1) {
      lo = arith::MulIOp::create(b, loc, digits.pop_back_val(), lanes.index(chunk));
      Value end = arith::AddIOp::create(b, loc, lo, lanes.index(chunk));
      length = chunk;
      if (inner % chunk != 0) {
        hi = arith::MinUIOp::create(b, loc, end, hi);
        length = std::nullopt;
      } else {
        hi = end;
      }
    }
    SmallVector<VaryingIndex> outer;
    for (Value digit : digits)
      outer.push_back(lanes.uniform(digit));
    emitInner(lanes, phases, f, stage, outer, lo, hi, length);
  });
}

static void emitNest(PhaseBuilder &phases, Nest &nest, const TargetInfo &target) {
  nest.collapse();
  if (target.simt) {
    auto dim = nest.sizes.size() > 1 ? transposedDim(nest) : std::nullopt;
    return dim ? emitGroupTransposed(phases, nest, *dim, target)
               : emitGroupLoops(phases, nest, target);
  }
  int64_t lanes = lanesFor(nest.stages, target);
  if (nest.sizes.size() > 1) {
    if (auto dim = transposedDim(nest))
      return emitTransposed(phases, nest, *dim, target);
    // Rows too short to fill a vector: lanes run across rows and divide for their
    // own indices.
    if (nest.sizes.back() < lanes / 2)
      nest.linearize();
  }
  if (nest.sizes.size() == 1)
    emitFlat(phases, nest, target);
  else
    emitRows(phases, nest, target);
}

/// Whether result operand `out` of `stage` may be the memory of input `in`: all
/// reads of it are at the element being written.
static bool readsOnlyWritten(linalg::GenericOp generic, Value in, unsigned out) {

  auto resultType = cast<MemRefType>(generic.getDpsInitOperand(out)->get().getType());
  auto inputType = cast<MemRefType>(in.getType());
  if (inputType.getElementType() != resultType.getElementType() ||
      inputType.getNumElements() != resultType.getNumElements())
    return false;
  NestStage stage(
      generic,
      llvm::map_to_vector(llvm::seq<unsigned>(generic.getNumLoops()),
                          [&](unsigned k) { return getAffineDimExpr(k, generic.getContext()); }),
      generic.getStaticLoopRanges());
  AffineExpr target = stage.accesses[generic.getNumDpsInputs() + out];

  for (OpOperand &use : in.getUses()) {
    if (use.getOwner() != generic.getOperation() ||
        stage.accesses[use.getOperandNumber()] != target)
      return false;
  }
  return true;
}

static void findSameIndex(KernelOp kernel, func::FuncOp linalgFunc, KernelABI &abi) {
  unsigned inputs = kernel.getNumOperands();
  abi.sameIndex.assign(inputs, SmallVector<bool, 2>(kernel.getNumResults(), false));
  linalgFunc.walk([&](linalg::GenericOp generic) {
    for (auto [out, init] : llvm::enumerate(generic.getDpsInits())) {
      auto arg = dyn_cast<BlockArgument>(init);
      if (!arg)
        continue;
      for (unsigned k = 0; k < inputs; ++k)
        abi.sameIndex[k][arg.getArgNumber() - inputs] =
            readsOnlyWritten(generic, linalgFunc.getArgument(k), out);
    }
  });
}

LogicalResult lowerLinalgLoops(KernelOp kernel, func::FuncOp linalgFunc, const TargetInfo &target,
                               ModuleOp out, StringRef name, KernelABI &abi) {
  findSameIndex(kernel, linalgFunc, abi);
  PhaseBuilder phases(linalgFunc, name, abi);
  for (auto generic : linalgFunc.getOps<linalg::GenericOp>()) {
    SmallVector<AffineExpr> dims;
    for (unsigned k = 0; k < generic.getNumLoops(); ++k)
      dims.push_back(getAffineDimExpr(k, kernel.getContext()));
    Nest nest;
    nest.sizes = generic.getStaticLoopRanges();
    nest.reduced.assign(nest.sizes.size(), false);
    if (nest.sizes.empty())
      nest.sizes.push_back(1), nest.reduced.push_back(false);
    // An empty part of what is joined.
    if (nest.points() == 0)
      continue;
    nest.stages.emplace_back(generic, dims, nest.sizes);
    emitNest(phases, nest, target);
  }
  phases.finish();
  return success();
}

LogicalResult lowerLoopKernel(KernelOp kernel, const TargetInfo &target, ModuleOp out,
                              StringRef name, KernelABI &abi) {
  func::FuncOp linalgFunc = kernelToLinalg(kernel, out, name);
  if (!linalgFunc)
    return failure();
  return lowerLinalgLoops(kernel, linalgFunc, target, out, name, abi);
}

} // namespace portico
