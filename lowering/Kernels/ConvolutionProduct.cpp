//===- ConvolutionProduct.cpp - convolution and its gradient in x -----------===//
//
//   phase 0, items = panels of weights:   shared[panel][k][tileM]
//   phase 1, items = image x group x block of result channels x block of rows:
//     fill the grid
//     for each residue of the position (one, in the forward direction):
//       offsets[k] for its taps
//       for steps of k, for columns of positions, for channels: tile
//     write the rows of results that are real
//
// Scratch of a task: offsets | grid | sums [channels of the block][positions] |
// for the gradient of a strided convolution, the positions of x put together.
//
//===----------------------------------------------------------------------===//

#include "lowering/Kernels/Convolution.h"
#include "lowering/Kernels/KernelForm.h"
#include "lowering/Kernels/MatmulStrategy.h"
#include "lowering/Kernels/ResultWriter.h"

using namespace mlir;
using namespace portico;

namespace {

class ConvolutionProduct {
public:
  ConvolutionProduct(KernelOp kernel, Operation *hero, const ConvProblem &problem,
                     const TargetInfo &target, ModuleOp out, StringRef name, KernelABI &abi)
      : kernel(kernel), hero(hero),
        p(withSharedGrid(problem, isa<ConvolutionInputGradOp>(hero), target)), target(target),
        out(out), name(name), abi(abi), transposed(isa<ConvolutionInputGradOp>(hero)),
        grid(transposed ? ConvGrid::ofOutput(p) : ConvGrid::ofInput(p, p.channels)),
        writer(kernel, hero->getResult(0), p.lanes) {}

  LogicalResult lower();

private:
  static ConvProblem withSharedGrid(const ConvProblem &p, bool transposed,
                                    const TargetInfo &target);
  int64_t rows() const { return transposed ? p.channels : p.filters; }
  int64_t depth() const { return grid.channels * p.taps(); }
  int64_t bytes() const { return p.accumulator.getIntOrFloatBitWidth() / 8; }
  int64_t panels() const { return ceilDiv(rows(), tileM); }
  /// Panels are copied by different tasks: each has room to spill a vector.
  int64_t panelElements() const { return depth() * tileM + p.lanes; }
  int64_t weightElements() const { return p.groups * panels() * panelElements(); }
  bool strided() const {
    return transposed && llvm::any_of(p.dims, [](const ConvDim &d) { return d.stride > 1; });
  }
  /// Some positions of x meet no tap at all.
  bool hasGaps() const {
    return llvm::any_of(p.dims, [](const ConvDim &d) { return d.slots() < d.stride; });
  }

  void plan();
  void emitWeights();
  void emitWeightPanel(PhaseFunction &e, Value item);
  void emitMain();
  void emitItem(PhaseFunction &e, Value item);
  void emitResidue(PhaseFunction &e, ArrayRef<Value> residue, Value firstK);
  void emitTiles(PhaseFunction &e, Value firstK, Value tapsHere);
  void assemble(PhaseFunction &e, ArrayRef<Value> residue);
  void write(PhaseFunction &e);
  /// How many taps dimension i has for a residue.
  Value tapCount(LoopEmitter &e, size_t i, Value residue) {
    const ConvDim &d = p.dims[i];
    if (!transposed)
      return e.idx(d.kernel);
    return e.div(e.add(e.sub(e.idx(d.kernel - 1), residue), d.period()), d.period());
  }
  int64_t skipped(size_t i) const {
    return std::min(p.dims[i].pad / p.dims[i].stride, p.dims[i].reach());
  }
  /// The range of grid positions of dimension i whose element of x exists.
  std::pair<Value, Value> realPositions(LoopEmitter &e, size_t i, Value residue);
  Value positionInX(LoopEmitter &e, size_t i, Value a, Value residue);

  KernelOp kernel;
  Operation *hero;
  ConvProblem p;
  const TargetInfo &target;
  ModuleOp out;
  StringRef name;
  KernelABI &abi;
  bool transposed;
  ConvGrid grid;
  ResultWriter writer;

  int64_t tileM = 1, tileN = 1, blockM = 1, blockChannels = 1;
  int64_t sumsRow = 0, assembledRow = 0;
  int64_t gridByte = 0, sumsByte = 0, assembledByte = 0;

  /// The item being emitted.
  struct Item {
    Value offsets, grid, sums, assembled, weights;
    Value image, group, firstM, countM, firstRow, rows, positions;
  } item;
};

} // namespace

/// Small images share a grid where that wastes no more positions, or where the
/// weights would be read for little work.
ConvProblem ConvolutionProduct::withSharedGrid(const ConvProblem &p, bool transposed,
                                               const TargetInfo &target) {
  constexpr int64_t small = 256;
  if (p.images == 1 || std::max(p.inputElements(), p.outputElements()) > small)
    return p;
  ConvProblem joined = p;
  joined.makeImagesDim();
  auto gridOf = [&](const ConvProblem &q) {
    return transposed ? ConvGrid::ofOutput(q) : ConvGrid::ofInput(q, q.channels);
  };
  // A tile is about 48 positions wide.
  ConvGrid alone = gridOf(p);
  int64_t apart = roundUp(alone.positions(alone.blockRows), 48);
  int64_t together = gridOf(joined).stride(0);
  int64_t weightBytes = p.filters * p.channels * p.taps() * 4;
  return together <= apart || weightBytes > target.l2Bytes / 4 ? joined : p;
}

void ConvolutionProduct::plan() {
  auto [m, vectors] =
      chooseTile(rows(), grid.positions(grid.blockRows), p.lanes, target.vectorRegisters);
  tileM = m;
  tileN = vectors * p.lanes;
  // Enough items for every core; a grid and its sums that fit the second cache.
  int64_t wanted = std::max<int64_t>(1, 8 / std::max<int64_t>(1, p.images * p.groups));
  double work = double(rows()) * depth() * grid.positions(grid.blockRows);
  wanted = std::clamp<int64_t>(int64_t(work / 4e5), 1, wanted);
  blockM = roundUp(rows(), tileM);
  // Images that share a grid are kept together: rather cut the channels.
  int64_t blocksM = 1;
  if (p.imagesAsDim)
    blocksM = std::clamp<int64_t>(panels() / 4, 1, wanted);
  int64_t columns = grid.dims[0].columns;
  for (int64_t cut = std::clamp<int64_t>(wanted / blocksM, 1, columns); cut <= columns; ++cut) {
    grid.blockRows = ceilDiv(columns, cut);
    int64_t need = (grid.elements(tileN) + blockM * grid.positions(grid.blockRows)) * bytes();
    if (need <= target.l2Bytes * 3 / 4)
      break;
  }
  blocksM = std::clamp<int64_t>(wanted / grid.blocks(), blocksM, panels());
  blockM = ceilDiv(panels(), blocksM) * tileM;
  blockChannels = std::clamp<int64_t>(576 / p.taps(), 1, grid.channels);
  blockChannels = ceilDiv(grid.channels, ceilDiv(grid.channels, blockChannels));

  sumsRow = roundUp(grid.positions(grid.blockRows), tileN);
  gridByte = alignBytes(depth() * 8);
  sumsByte = gridByte + alignBytes(grid.elements(tileN) * bytes());
  assembledByte = sumsByte + alignBytes(blockM * sumsRow * bytes());
  abi.scratchBytes = assembledByte;
  if (strided()) {
    assembledRow = grid.blockRows * p.dims[0].stride;
    for (const ConvDim &d : ArrayRef<ConvDim>(p.dims).drop_front())
      assembledRow *= d.input;
    abi.scratchBytes += alignBytes(blockM * assembledRow * bytes());
  }
  abi.sharedBytes = alignBytes(weightElements() * bytes());
}

//===----------------------------------------------------------------------===//
// Weights
//===----------------------------------------------------------------------===//

// shared[group][panel][k][tileM]. Forward, k = (channel, tap) as in memory;
// backward, k = (residue, filter, tap of the residue).
void ConvolutionProduct::emitWeightPanel(PhaseFunction &e, Value panelIndex) {
  TypedMemory w{e.inputs[cast<BlockArgument>(hero->getOperand(1)).getArgNumber()], p.elem};
  Value to = e.view(e.shared, 0, weightElements(), p.accumulator);
  Value group = e.div(panelIndex, panels());
  Value first = e.mul(e.rem(panelIndex, panels()), tileM);
  Value toIndex = e.mul(panelIndex, panelElements());
  int64_t taps = p.taps();
  if (!transposed) {
    PanelCopy copy;
    copy.from = w;
    copy.fromIndex = e.mul(e.add(e.mul(group, p.filters), first), depth());
    copy.strideK = 1;
    copy.strideW = depth();
    copy.to = to;
    copy.toIndex = toIndex;
    copy.width = tileM;
    copy.lanes = p.lanes;
    copy.steps = e.idx(depth());
    copy.minSteps = depth();
    copy.valid = e.sub(e.idx(rows()), first);
    copy.alwaysFull = rows() % tileM == 0;
    emitPanelCopy(e, copy);
    return;
  }
  SmallVector<Value> residues;
  SmallVector<int64_t> kernelShape;
  for (const ConvDim &d : p.dims) {
    residues.push_back(e.idx(d.slots()));
    kernelShape.push_back(d.kernel);
  }
  // Where the channels of the panel lie; past the last one, the last one again.
  SmallVector<Value> channels;
  for (int64_t i = 0; i < tileM; ++i)
    channels.push_back(e.mul(e.min(e.add(first, i), p.channels - 1), taps));
  // A running position over loops whose bounds depend on the residue.
  Value running = e.counter();
  e.store(toIndex, running, e.idx(0));
  loopNest(e, residues, [&](ArrayRef<Value> residue) {
    SmallVector<Value> sizes{e.idx(p.filters)};
    for (size_t i = 0; i < p.dims.size(); ++i)
      sizes.push_back(tapCount(e, i, residue[i]));
    loopNest(e, sizes, [&](ArrayRef<Value> index) {
      SmallVector<Value> k;
      for (size_t i = 0; i < p.dims.size(); ++i)
        k.push_back(e.add(residue[i], e.mul(index[i + 1], p.dims[i].period())));
      Value filter = e.add(e.mul(group, p.filters), index[0]);
      Value from = e.add(e.mul(filter, p.channels * taps), e.dot(k, rowMajorStrides(kernelShape)));
      Value position = e.load(running, e.idx(0));
      for (int64_t i = 0; i < tileM; ++i)
        e.store(loadTyped(e, w, e.add(from, channels[i])), to, e.add(position, i));
      e.store(e.add(position, tileM), running, e.idx(0));
    });
  });
}

void ConvolutionProduct::emitWeights() {
  PhaseFunction e(kernel, out, name, abi, p.groups * panels(), grainFor(depth() * tileM));
  e.loop(e.begin, e.end, 1, [&](Value panel) { emitWeightPanel(e, panel); });
}

//===----------------------------------------------------------------------===//
// The product
//===----------------------------------------------------------------------===//

void ConvolutionProduct::emitMain() {
  int64_t blocksM = ceilDiv(rows(), blockM);
  int64_t extent = p.images * p.groups * blocksM * grid.blocks();
  double work = double(blockM) * depth() * grid.positions(grid.blockRows) / p.lanes;
  PhaseFunction e(kernel, out, name, abi, extent, grainFor(work));
  item.offsets = e.view(e.scratch, 0, depth(), e.b.getI64Type());
  item.grid = e.view(e.scratch, gridByte, grid.elements(tileN), p.accumulator);
  item.sums = e.view(e.scratch, sumsByte, blockM * sumsRow, p.accumulator);
  if (strided())
    item.assembled = e.view(e.scratch, assembledByte, blockM * assembledRow, p.accumulator);
  item.weights = e.view(e.shared, 0, weightElements(), p.accumulator);
  // An empty range must not pay for the grid.
  e.when(e.less(e.begin, e.end), [&] { grid.clear(e, item.grid, tileN, p.lanes); });
  e.loop(e.begin, e.end, 1, [&](Value i) { emitItem(e, i); });
}

void ConvolutionProduct::emitItem(PhaseFunction &e, Value index) {
  int64_t blocksM = ceilDiv(rows(), blockM);
  Value block = e.rem(index, grid.blocks());
  Value rest = e.div(index, grid.blocks());
  item.firstM = e.mul(e.rem(rest, blocksM), blockM);
  rest = e.div(rest, blocksM);
  item.group = e.rem(rest, p.groups);
  item.image = e.div(rest, p.groups);
  item.countM = e.min(e.sub(e.idx(rows()), item.firstM), blockM);
  int64_t columns = grid.dims[0].columns;
  if (grid.blocks() == 1) {
    item.firstRow = e.idx(0);
    item.rows = e.idx(columns);
  } else {
    item.firstRow = e.mul(block, grid.blockRows);
    item.rows = e.min(e.sub(e.idx(columns), item.firstRow), grid.blockRows);
  }
  item.positions = grid.positions(e, item.rows);

  TypedMemory from{e.inputs[cast<BlockArgument>(hero->getOperand(0)).getArgNumber()], p.elem};
  int64_t channelStride = transposed ? p.outputElements() : p.inputElements();
  Value fromIndex =
      e.mul(e.add(e.mul(item.image, p.groups), item.group), grid.channels * channelStride);
  grid.fill(e, from, fromIndex, channelStride, item.grid, item.firstRow, item.rows,
            e.idx(grid.channels), p.lanes, target.maskedMemory);

  if (!transposed) {
    emitResidue(e, {}, e.idx(0));
  } else {
    if (strided() && hasGaps()) {
      Value zero = e.zero(p.accumulator);
      e.loop(0, blockM * assembledRow, 1, [&](Value i) { e.store(zero, item.assembled, i); });
    }
    Value running = e.counter();
    e.store(e.idx(0), running, e.idx(0));
    SmallVector<Value> sizes;
    for (const ConvDim &d : p.dims)
      sizes.push_back(e.idx(d.slots()));
    loopNest(e, sizes, [&](ArrayRef<Value> residue) {
      Value firstK = e.load(running, e.idx(0));
      emitResidue(e, residue, firstK);
      Value count = e.idx(grid.channels);
      for (size_t i = 0; i < p.dims.size(); ++i)
        count = e.mul(count, tapCount(e, i, residue[i]));
      e.store(e.add(firstK, count), running, e.idx(0));
    });
  }
  write(e);
}

void ConvolutionProduct::emitResidue(PhaseFunction &e, ArrayRef<Value> residue, Value firstK) {
  size_t rank = p.dims.size();
  // offsets[k]: where tap k of channel c meets the flattened position 0.
  SmallVector<Value> sizes{e.idx(grid.channels)};
  Value tapsHere = e.idx(1);
  for (size_t i = 0; i < rank; ++i) {
    Value count = tapCount(e, i, transposed ? residue[i] : Value());
    sizes.push_back(count);
    tapsHere = e.mul(tapsHere, count);
  }
  loopNest(e, sizes, [&](ArrayRef<Value> index) {
    Value slot = e.idx(0), within = e.idx(0), tap = e.idx(0);
    for (size_t i = 0; i < rank; ++i) {
      const ConvDim &d = p.dims[i];
      Value k = index[i + 1];
      tap = e.add(e.mul(tap, sizes[i + 1]), k);
      if (transposed) {
        k = e.add(residue[i], e.mul(k, d.period()));
        Value back = e.div(e.mul(k, d.dilation), d.stride);
        within = e.add(within, e.mul(e.sub(e.idx(d.reach()), back), grid.stride(i)));
      } else {
        slot = e.add(e.mul(slot, d.slots()), d.slots() == 1 ? e.idx(0) : e.rem(k, d.period()));
        within = e.add(within, e.mul(e.div(e.mul(k, d.dilation), d.stride), grid.stride(i)));
      }
    }
    Value plane = e.add(e.mul(index[0], grid.slots()), slot);
    Value offset = e.add(e.mul(plane, grid.plane()), within);
    e.store(e.indexToInt(offset, e.b.getI64Type()), item.offsets,
            e.add(e.mul(index[0], tapsHere), tap));
  });
  emitTiles(e, firstK, tapsHere);
  if (strided())
    assemble(e, residue);
}

void ConvolutionProduct::emitTiles(PhaseFunction &e, Value firstK, Value tapsHere) {
  e.loop(0, grid.channels, blockChannels, [&](Value channel) {
    Value count = grid.channels % blockChannels == 0
                      ? e.idx(blockChannels)
                      : e.min(e.sub(e.idx(grid.channels), channel), blockChannels);
    Value k0 = e.mul(channel, tapsHere);
    e.loop(e.idx(0), item.positions, tileN, [&](Value j) {
      e.loop(e.idx(0), item.countM, tileM, [&](Value m) {
        Value panel = e.add(e.mul(item.group, panels()), e.div(e.add(item.firstM, m), tileM));
        Value aStart = e.add(e.mul(panel, panelElements()), e.mul(e.add(firstK, k0), tileM));
        RegisterTile tile{tileM, tileN / p.lanes, p.lanes, p.accumulator};
        tile.steps = e.mul(count, tapsHere);
        auto a = [&](Value k, int64_t i) {
          return e.load(item.weights, e.add(e.add(aStart, e.mul(k, tileM)), i));
        };
        auto b = [&](Value k) {
          return e.add(e.intToIndex(e.load(item.offsets, e.add(k0, k))), j);
        };
        tile.a = a;
        tile.bIndex = b;
        tile.b = {item.grid, p.accumulator};
        tile.c = item.sums;
        tile.cIndex = e.add(e.mul(m, sumsRow), j);
        tile.cRow = sumsRow;
        tile.fresh = e.equal(channel, 0);
        emitTile(e, tile);
      });
    });
  });
}

//===----------------------------------------------------------------------===//
// Results
//===----------------------------------------------------------------------===//

Value ConvolutionProduct::positionInX(LoopEmitter &e, size_t i, Value a, Value residue) {
  const ConvDim &d = p.dims[i];
  Value r = d.slots() == 1 ? e.idx(0) : e.rem(e.mul(residue, d.dilation), d.stride);
  return e.sub(e.add(e.mul(e.add(a, skipped(i)), d.stride), r), d.pad);
}

std::pair<Value, Value> ConvolutionProduct::realPositions(LoopEmitter &e, size_t i, Value residue) {
  const ConvDim &d = p.dims[i];
  Value r = d.slots() == 1 ? e.idx(0) : e.rem(e.mul(residue, d.dilation), d.stride);
  // x >= 0 and x < input of x = (a + skipped) * stride + r - pad
  auto firstAtLeast = [&](int64_t bound) {
    Value distance = e.max(e.sub(e.idx(bound + d.pad), r), 0);
    return e.max(e.sub(e.div(e.add(distance, d.stride - 1), d.stride), skipped(i)), 0);
  };
  return {firstAtLeast(0), e.min(firstAtLeast(d.input), grid.dims[i].columns)};
}

/// Puts the sums of one residue between those of the others.
void ConvolutionProduct::assemble(PhaseFunction &e, ArrayRef<Value> residue) {
  size_t rank = p.dims.size();
  SmallVector<int64_t> shape;
  for (const ConvDim &d : p.dims)
    shape.push_back(d.input);
  SmallVector<int64_t> strides = rowMajorStrides(shape);
  // Rows of x in this block begin at that of the first residue.
  Value firstX = e.max(positionInX(e, 0, item.firstRow, e.idx(0)), 0);
  SmallVector<Value> lows, sizes{item.countM};
  for (size_t i = 0; i < rank; ++i) {
    auto [lo, hi] = realPositions(e, i, residue[i]);
    if (i == 0) {
      lo = e.max(lo, item.firstRow);
      hi = e.min(hi, e.add(item.firstRow, item.rows));
    }
    lows.push_back(lo);
    sizes.push_back(e.max(e.sub(hi, lo), 0));
  }
  loopNest(e, sizes, [&](ArrayRef<Value> index) {
    Value from = e.mul(index[0], sumsRow), to = e.mul(index[0], assembledRow);
    for (size_t i = 0; i < rank; ++i) {
      Value a = e.add(lows[i], index[i + 1]);
      Value x = positionInX(e, i, a, residue[i]);
      from = e.add(from, e.mul(i == 0 ? e.sub(a, item.firstRow) : a, grid.stride(i)));
      to = e.add(to, e.mul(i == 0 ? e.sub(x, firstX) : x, strides[i]));
    }
    e.store(e.load(item.sums, from), item.assembled, to);
  });
}

void ConvolutionProduct::write(PhaseFunction &e) {
  size_t rank = p.dims.size();
  SmallVector<int64_t> shape;
  for (const ConvDim &d : p.dims)
    shape.push_back(transposed ? d.input : d.output);
  SmallVector<int64_t> strides = transposed ? p.inputStrides() : p.outputStrides();
  SmallVector<int64_t> assembledStrides = rowMajorStrides(shape);
  int64_t elements = transposed ? p.inputElements() : p.outputElements();
  Value channel = e.add(e.mul(e.add(e.mul(item.image, p.groups), item.group), rows()), item.firstM);

  // Rows [first, first + count) of the result; row r has its sums at
  // position `r - zero` of dimension 0.
  Value first = item.firstRow, count = item.rows, zero = item.firstRow;
  if (transposed) {
    const ConvDim &d = p.dims[0];
    first = e.max(positionInX(e, 0, item.firstRow, e.idx(0)), 0);
    Value last = positionInX(e, 0, e.add(item.firstRow, item.rows), e.idx(0));
    count = e.sub(e.min(last, d.input), first);
    zero = strided() ? first : e.add(item.firstRow, skipped(0) - d.pad);
  }
  SmallVector<Value> sizes{item.countM, count};
  for (size_t i = 1; i + 1 < rank; ++i)
    sizes.push_back(e.idx(shape[i]));
  loopNest(e, sizes, [&](ArrayRef<Value> index) {
    Value flat = e.mul(e.add(channel, index[0]), elements);
    Value from = e.mul(index[0], strided() ? assembledRow : sumsRow);
    for (size_t i = 0; i < rank; ++i) {
      bool row = i + 1 == rank;
      Value x = i == 0 ? e.add(first, index[1]) : row ? e.idx(0) : index[i + 1];
      flat = e.add(flat, e.mul(x, strides[i]));
      if (strided()) {
        from = e.add(from, e.mul(i == 0 ? index[1] : x, assembledStrides[i]));
        continue;
      }
      Value a =
          i == 0 ? e.sub(x, zero) : e.add(x, transposed ? p.dims[i].pad - skipped(i) : int64_t(0));
      from = e.add(from, e.mul(a, grid.stride(i)));
    }
    Value memory = strided() ? item.assembled : item.sums;
    auto sums = [&](Value j, int64_t lanes) {
      return loadTypedVector(e, {memory, p.accumulator}, e.add(from, j), lanes);
    };
    writer.writeRow(e, flat, 1, e.idx(shape[rank - 1]), shape[rank - 1], sums);
  });
}

LogicalResult ConvolutionProduct::lower() {
  if (!writer.supported() || !writer.elementwise())
    return refuse(kernel, "an op after the main op cannot be computed with its results",
                  "elementwise ops and data movement");
  plan();
  emitWeights();
  emitMain();
  return success();
}

LogicalResult portico::lowerConvolutionProduct(KernelOp kernel, Operation *hero,
                                               const ConvProblem &problem, const TargetInfo &target,
                                               ModuleOp out, StringRef name, KernelABI &abi) {
  return ConvolutionProduct(kernel, hero, problem, target, out, name, abi).lower();
}
