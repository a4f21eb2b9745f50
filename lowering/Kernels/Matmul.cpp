//===- Matmul.cpp - kernels whose main op is a dot_general ------------------===//
//
// Before (a linear layer):
//
//   %0 = portico.dot_general %x, %w {..contract x.1 with w.1..}
//   %1 = portico.add %0, %bias_broadcast
//
// After, with the plan "pack B in shared scratch, 12 x 32 tiles":
//
//   phase 0, items = panels of 32 columns:   shared[panel][k][32] = w[.., k]
//   phase 1, items = blocks of C:
//     for each step of k: copy A's rows, for each panel, for each 12 rows: tile
//     the block's rows: result = sums + bias
//
// Which copies are made and which sizes blocks have is MatmulStrategy's choice.
// Sums are always taken in ascending order of k for a given shape and target.
//
//===----------------------------------------------------------------------===//

#include "lowering/Kernels/Matmul.h"

#include "lowering/Kernels/KernelForm.h"
#include "lowering/Kernels/MatmulStrategy.h"
#include "lowering/Kernels/MatmulTile.h"
#include "lowering/Kernels/ResultWriter.h"
#include "lowering/Kernels/Simt/GroupMatmul.h"
#include "lowering/ToLinalg/Elementwise.h"

using namespace mlir;
using namespace portico;

namespace {

/// Everything the phases of one product share.
class MatmulLowering {
public:
  MatmulLowering(KernelOp kernel, Value hero, const MatmulProblem &product,
                 const TargetInfo &target, ModuleOp out, StringRef name, KernelABI &abi)
      : kernel(kernel), hero(hero), out(out), name(name), abi(abi), problem(product),
        plan(planMatmul(problem, target)),
        writer(kernel, hero, lanesFor(problem.accumulator, target)) {}

  LogicalResult lower();

private:
  void layOutScratch();
  void emitSharedPanels();
  void emitBlocks();
  void emitBlock(PhaseFunction &e, Value item);
  void computeTiles(PhaseFunction &e);
  void computeDotProducts(PhaseFunction &e);
  void writeBlock(PhaseFunction &e);
  void copyPanelOfB(PhaseFunction &e, Value column, Value valid, bool alwaysFull, Value k,
                    Value steps, int64_t minSteps, Value to, Value toIndex);

  TypedMemory memoryOf(PhaseFunction &e, const MatmulOperand &operand) {
    if (operand.copied())
      return {e.view(e.shared, operand.copyByte, elementsOf(operand.value), operand.elem),
              operand.elem};
    return {e.inputs[operand.argument], operand.elem};
  }
  int64_t accumulatorBytes() const { return problem.accumulator.getIntOrFloatBitWidth() / 8; }
  int64_t panels() const { return ceilDiv(problem.n, plan.tileN); }
  /// Steps of k in the shortest block of k.
  int64_t shortestSteps() const {
    int64_t last = problem.k % plan.blockK;
    return last == 0 ? std::min(problem.k, plan.blockK) : last;
  }

  KernelOp kernel;
  Value hero;
  ModuleOp out;
  StringRef name;
  KernelABI &abi;
  MatmulProblem problem;
  MatmulPlan plan;
  ResultWriter writer;

  /// Sums are collected where they end up; otherwise in the task's scratch.
  bool direct = false;
  int64_t stagedColumns = 0;
  int64_t panelABytes = 0, panelBBytes = 0;
  int64_t panelsByte = 0, heroByte = 0;

  /// The block being emitted.
  struct Block {
    Value aIndex, bIndex, cIndex, packedB;
    Value row, rows, column, columns;
    Value sums, sumsIndex;
    int64_t sumsRow;
  } block;
};

} // namespace

void MatmulLowering::layOutScratch() {
  int64_t lanes = plan.lanes, bytes = accumulatorBytes();
  for (MatmulOperand *operand : {&problem.a, &problem.b})
    if (operand->copied()) {
      operand->copyByte = abi.sharedBytes;
      abi.sharedBytes += alignBytes(elementsOf(operand->value) * storageBytes(operand->elem));
    }
  if (plan.packB == MatmulPlan::PackB::shared) {
    int64_t copies = 1;
    for (const MatmulBatchDim &dim : problem.batch)
      copies *= dim.b == 0 ? 1 : dim.size;
    panelsByte = abi.sharedBytes;
    abi.sharedBytes += alignBytes(copies * panels() * problem.k * plan.tileN * bytes);
  }
  if (!writer.elementwise()) {
    heroByte = abi.sharedBytes;
    abi.sharedBytes += writer.wholeBytes();
  }

  bool tilesFit = (!plan.packA || problem.m % plan.tileM == 0) &&
                  (plan.packB == MatmulPlan::PackB::none || problem.n % plan.tileN == 0);
  bool haveMemory = !writer.elementwise() || writer.resultForSums().has_value();
  direct = !plan.dotProducts && problem.cN == 1 && tilesFit && haveMemory;

  int64_t rows = roundUp(plan.maxRows(problem.m), plan.tileM);
  stagedColumns = roundUp(plan.maxColumns(problem.n), plan.tileN);
  // A copied row may spill a vector.
  if (plan.packA)
    panelABytes = alignBytes((rows * plan.blockK + lanes) * bytes);
  if (plan.packB == MatmulPlan::PackB::block)
    panelBBytes = alignBytes((stagedColumns * plan.blockK + lanes) * bytes);
  abi.scratchBytes = panelABytes + panelBBytes;
  if (!direct)
    abi.scratchBytes += alignBytes(rows * stagedColumns * bytes);
}

void MatmulLowering::copyPanelOfB(PhaseFunction &e, Value column, Value valid, bool alwaysFull,
                                  Value k, Value steps, int64_t minSteps, Value to, Value toIndex) {
  PanelCopy copy;
  copy.from = memoryOf(e, problem.b);
  copy.fromIndex = e.add(block.bIndex, e.add(e.mul(column, problem.bN), e.mul(k, problem.bK)));
  copy.strideK = problem.bK;
  copy.strideW = problem.bN;
  copy.to = to;
  copy.toIndex = toIndex;
  copy.width = plan.tileN;
  copy.lanes = plan.lanes;
  copy.steps = steps;
  copy.minSteps = minSteps;
  copy.valid = valid;
  copy.alwaysFull = alwaysFull;
  emitPanelCopy(e, copy);
}

/// shared[batch of B][panel][k][tileN], zero-copy for every batch over which B
/// does not move.
void MatmulLowering::emitSharedPanels() {
  SmallVector<int64_t> sizes, strides;
  int64_t copies = 1;
  for (const MatmulBatchDim &dim : problem.batch)
    if (dim.b != 0) {
      sizes.push_back(dim.size);
      strides.push_back(dim.b);
      copies *= dim.size;
    }
  int64_t panelElements = problem.k * plan.tileN;
  PhaseFunction e(kernel, out, name, abi, copies * panels(), grainFor(panelElements));
  Value to = e.view(e.shared, panelsByte, copies * panels() * panelElements, problem.accumulator);
  e.loop(e.begin, e.end, 1, [&](Value item) {
    Value column = e.mul(e.rem(item, panels()), plan.tileN);
    Value offset = e.dot(e.delinearize(e.div(item, panels()), sizes), strides);
    block.bIndex = e.add(offset, problem.b.offset);
    copyPanelOfB(e, column, e.sub(e.idx(problem.n), column), problem.n % plan.tileN == 0, e.idx(0),
                 e.idx(problem.k), problem.k, to, e.mul(item, panelElements));
  });
}

void MatmulLowering::emitBlock(PhaseFunction &e, Value item) {
  int64_t blocksM = plan.blocksM(problem.m), blocksN = plan.blocksN(problem.n);
  SmallVector<int64_t> sizes, a, b, c, packed;
  int64_t copies = 1;
  for (const MatmulBatchDim &dim : problem.batch) {
    sizes.push_back(dim.size);
    a.push_back(dim.a);
    b.push_back(dim.b);
    c.push_back(dim.c);
  }
  for (const MatmulBatchDim &dim : llvm::reverse(problem.batch)) {
    packed.insert(packed.begin(), dim.b == 0 ? 0 : copies);
    copies *= dim.b == 0 ? 1 : dim.size;
  }
  Value column = e.rem(item, blocksN), rest = e.div(item, blocksN);
  Value row = e.rem(rest, blocksM);
  auto batch = e.delinearize(e.div(rest, blocksM), sizes);

  auto extent = [&](Value which, int64_t blocks, int64_t size, int64_t total) {
    Value start = e.mul(which, size);
    Value left = e.sub(e.idx(total), start);
    if (blocks == 1)
      return left;
    Value isLast = e.equal(which, blocks - 1);
    return e.select(isLast, left, e.idx(size));
  };
  block.rows = extent(row, blocksM, plan.blockM, problem.m);
  block.columns = extent(column, blocksN, plan.blockN, problem.n);
  block.row = e.mul(row, plan.blockM);
  block.column = e.mul(column, plan.blockN);
  if (blocksM == 1)
    block.row = e.idx(0);
  if (blocksN == 1)
    block.column = e.idx(0);
  block.aIndex = e.add(e.dot(batch, a), problem.a.offset);
  block.bIndex = e.add(e.dot(batch, b), problem.b.offset);
  block.cIndex =
      e.add(e.dot(batch, c), e.add(e.mul(block.row, problem.cM), e.mul(block.column, problem.cN)));
  block.packedB = e.dot(batch, packed);

  if (direct) {
    block.sums = writer.elementwise()
                     ? e.results[*writer.resultForSums()]
                     : e.view(e.shared, heroByte, elementsOf(hero), problem.accumulator);
    block.sumsIndex = block.cIndex;
    block.sumsRow = problem.cM;
  } else {
    int64_t rows = roundUp(plan.maxRows(problem.m), plan.tileM);
    block.sums =
        e.view(e.scratch, panelABytes + panelBBytes, rows * stagedColumns, problem.accumulator);
    block.sumsIndex = e.idx(0);
    block.sumsRow = stagedColumns;
  }
  if (plan.dotProducts)
    computeDotProducts(e);
  else
    computeTiles(e);
  writeBlock(e);
}

void MatmulLowering::computeTiles(PhaseFunction &e) {
  TypedMemory a = memoryOf(e, problem.a), b = memoryOf(e, problem.b);
  int64_t k = problem.k, blockK = plan.blockK;
  bool blockPanels = plan.packB == MatmulPlan::PackB::block;
  bool sharedPanels = plan.packB == MatmulPlan::PackB::shared;
  Type acc = problem.accumulator;
  Value panelA, panelB;
  int64_t bytes = accumulatorBytes();
  if (plan.packA)
    panelA = e.view(e.scratch, 0, panelABytes / bytes, acc);
  if (blockPanels)
    panelB = e.view(e.scratch, panelABytes, panelBBytes / bytes, acc);
  else if (sharedPanels)
    panelB = e.view(e.shared, panelsByte, (abi.sharedBytes - panelsByte) / bytes, acc);

  // No summands: one step of none, which stores the zeros.
  e.loop(0, std::max<int64_t>(k, 1), blockK, [&](Value k0) {
    Value steps = k % blockK == 0 || k < blockK ? e.idx(std::min(k, blockK))
                                                : e.min(e.sub(e.idx(k), k0), blockK);
    if (plan.packA)
      e.loop(e.idx(0), block.rows, plan.tileM, [&](Value i) {
        PanelCopy copy;
        copy.from = a;
        copy.fromIndex = e.add(
            block.aIndex, e.add(e.mul(e.add(block.row, i), problem.aM), e.mul(k0, problem.aK)));
        copy.strideK = problem.aK;
        copy.strideW = problem.aM;
        copy.to = panelA;
        copy.toIndex = e.mul(i, blockK);
        copy.width = plan.tileM;
        copy.lanes = plan.lanes;
        copy.steps = steps;
        copy.minSteps = shortestSteps();
        copy.valid = e.sub(block.rows, i);
        copy.alwaysFull = problem.m % plan.tileM == 0;
        emitPanelCopy(e, copy);
      });
    if (blockPanels)
      e.loop(e.idx(0), block.columns, plan.tileN, [&](Value j) {
        copyPanelOfB(e, e.add(block.column, j), e.sub(block.columns, j),
                     problem.n % plan.tileN == 0, k0, steps, shortestSteps(), panelB,
                     e.mul(j, blockK));
      });
    e.loop(e.idx(0), block.columns, plan.tileN, [&](Value j0) {
      bool packedB = blockPanels || sharedPanels;
      Value j =
          packedB || problem.n % plan.tileN == 0 ? j0 : e.min(j0, e.sub(block.columns, plan.tileN));
      Value bStart;
      if (blockPanels)
        bStart = e.mul(j, blockK);
      else if (sharedPanels)
        bStart = e.mul(e.add(e.mul(e.add(e.mul(block.packedB, panels()),
                                         e.div(e.add(block.column, j), plan.tileN)),
                                   k),
                             k0),
                       plan.tileN);
      else
        bStart = e.add(block.bIndex, e.add(e.mul(k0, problem.bK), e.add(block.column, j)));
      e.loop(e.idx(0), block.rows, plan.tileM, [&](Value i0) {
        Value i = plan.packA || problem.m % plan.tileM == 0
                      ? i0
                      : e.min(i0, e.sub(block.rows, plan.tileM));
        Value aStart = plan.packA
                           ? e.mul(i, blockK)
                           : e.add(block.aIndex, e.add(e.mul(e.add(block.row, i), problem.aM),
                                                       e.mul(k0, problem.aK)));
        RegisterTile tile{plan.tileM, plan.tileN / plan.lanes, plan.lanes, acc};
        tile.steps = steps;
        auto loadA = [&](Value kk, int64_t r) {
          if (plan.packA)
            return e.load(panelA, e.add(aStart, e.add(e.mul(kk, plan.tileM), r)));
          return loadTyped(e, a, e.add(e.add(aStart, e.mul(kk, problem.aK)), r * problem.aM));
        };
        auto indexB = [&](Value kk) {
          return e.add(bStart, e.mul(kk, packedB ? plan.tileN : problem.bK));
        };
        tile.a = loadA;
        tile.bIndex = indexB;
        tile.b = packedB ? TypedMemory{panelB, acc} : b;
        tile.c = block.sums;
        tile.cIndex = e.add(block.sumsIndex, e.add(e.mul(i, block.sumsRow), j));
        tile.cRow = block.sumsRow;
        tile.fresh = e.equal(k0, 0);
        emitTile(e, tile);
      });
    });
  });
}

void MatmulLowering::computeDotProducts(PhaseFunction &e) {
  TypedMemory a = memoryOf(e, problem.a), b = memoryOf(e, problem.b);
  int64_t m = problem.m, k = problem.k, lanes = plan.lanes, tile = plan.tileN;
  Type sumType = LoopEmitter::vectorOf(problem.accumulator, lanes);
  e.loop(e.idx(0), block.columns, tile, [&](Value j) {
    SmallVector<Value> aRows, bRows;
    for (int64_t i = 0; i < m; ++i)
      aRows.push_back(e.add(block.aIndex, i * problem.aM));
    for (int64_t q = 0; q < tile; ++q) {
      Value column = e.add(e.add(block.column, j), q);
      if (problem.n % tile != 0)
        column = e.min(column, problem.n - 1);
      bRows.push_back(e.add(block.bIndex, e.mul(column, problem.bN)));
    }
    auto step = [&](Value kk, ValueRange sums, Value mask) {
      LoopEmitter::Values next = llvm::to_vector(sums), x;
      for (Value row : aRows)
        x.push_back(loadTypedVector(e, a, e.add(row, kk), lanes, mask));
      for (int64_t q = 0; q < tile; ++q) {
        Value y = loadTypedVector(e, b, e.add(bRows[q], kk), lanes, mask);
        for (int64_t i = 0; i < m; ++i)
          next[i * tile + q] = e.multiplyAdd(x[i], y, next[i * tile + q]);
      }
      return next;
    };
    LoopEmitter::Values sums(m * tile, e.zero(sumType));
    int64_t whole = k / lanes * lanes;
    sums = e.loop(e.idx(0), e.idx(whole), lanes, sums,
                  [&](Value kk, ValueRange running) { return step(kk, running, nullptr); });
    if (whole < k) {
      Value mask = lanes > 1 ? e.firstLanes(e.idx(k - whole), lanes) : Value();
      sums = step(e.idx(whole), sums, mask);
    }
    for (int64_t i = 0; i < m; ++i)
      for (int64_t q = 0; q < tile; ++q) {
        Value sum = sums[i * tile + q];
        e.store(lanes > 1 ? sumLanes(e, sum) : sum, block.sums,
                e.add(e.add(block.sumsIndex, j), i * block.sumsRow + q));
      }
  });
}

void MatmulLowering::writeBlock(PhaseFunction &e) {
  // Already where they belong.
  if (direct && (writer.trivial() || !writer.elementwise()))
    return;
  e.loop(e.idx(0), block.rows, 1, [&](Value i) {
    Value flat = e.add(block.cIndex, e.mul(i, problem.cM));
    Value from = e.add(block.sumsIndex, e.mul(i, block.sumsRow));
    auto sums = [&](Value j, int64_t lanes) {
      return loadTypedVector(e, {block.sums, problem.accumulator}, e.add(from, j), lanes);
    };
    if (writer.elementwise()) {
      writer.writeRow(e, flat, problem.cN, block.columns, problem.n, sums);
      return;
    }
    Value whole = e.view(e.shared, heroByte, elementsOf(hero), problem.accumulator);
    e.loop(e.idx(0), block.columns, 1,
           [&](Value j) { e.store(sums(j, 1), whole, e.add(flat, e.mul(j, problem.cN))); });
  });
}

void MatmulLowering::emitBlocks() {
  int64_t extent = problem.batchSize() * plan.blocksM(problem.m) * plan.blocksN(problem.n);
  double work = double(std::min(plan.blockM, problem.m)) * std::min(plan.blockN, problem.n) *
                std::max<int64_t>(problem.k, 1) / plan.lanes;
  PhaseFunction e(kernel, out, name, abi, extent, grainFor(work));
  e.loop(e.begin, e.end, 1, [&](Value item) { emitBlock(e, item); });
}

LogicalResult MatmulLowering::lower() {
  if (!writer.supported())
    return refuse(kernel, "an op after the main op cannot be computed with its results",
                  "elementwise ops and data movement");
  for (const MatmulOperand *operand : {&problem.a, &problem.b})
    if (!PointEvaluator::supports(operand->value))
      return refuse(kernel, "an op before the product cannot be computed with its operands",
                    "elementwise ops and data movement");
  layOutScratch();
  for (const MatmulOperand *operand : {&problem.a, &problem.b})
    if (operand->copied())
      emitCopyPhase(kernel, out, name, abi, operand->value, operand->copyOrder, operand->copyByte);
  if (plan.packB == MatmulPlan::PackB::shared)
    emitSharedPanels();
  emitBlocks();
  if (!writer.elementwise())
    writer.emitLastPhase(out, name, abi, heroByte);
  return success();
}

LogicalResult portico::lowerMatmul(KernelOp kernel, Value hero, const MatmulProblem &problem,
                                   const TargetInfo &target, ModuleOp out, StringRef name,
                                   KernelABI &abi) {
  setNothingInPlace(kernel, abi);
  if (elementsOf(hero) == 0) {
    PhaseFunction nothing(kernel, out, name, abi, 0, 1);
    return success();
  }
  if (target.simt)
    return lowerGroupMatmul(kernel, hero, problem, target, out, name, abi);
  return MatmulLowering(kernel, hero, problem, target, out, name, abi).lower();
}

LogicalResult portico::lowerDotKernel(KernelOp kernel, const TargetInfo &target, ModuleOp out,
                                      StringRef name, KernelABI &abi) {
  DotGeneralOp dot = findDot(kernel);
  if (!dot)
    return refuse(kernel, "a dot kernel has no single main op", "exactly one dot_general");
  return lowerMatmul(kernel, dot, matmulProblemOf(dot), target, out, name, abi);
}
