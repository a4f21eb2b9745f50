//===- ConvolutionFilterGrad.cpp - the gradient of a convolution in w -------===//
//
//   dw[f, k] = sum over images and positions j of dy[f, j] * grid[offset[k] + j]
//
// for the taps k = (channel, tap) of a block of channels. Images are cut into
// chunks so that there is work for every core; each chunk has its own sums, and a
// last phase adds them, in order, so that the result does not depend on how many
// cores there were.
//
//   phase 0, items = chunk of images x group x block of channels:
//     for each image, for each block of rows: fill the grid
//       many filters:  transpose dy to [position][filter];
//                      tiles of taps x filters, vectors along filters
//       few filters:   vectors along positions, one sum vector for each tap
//   phase 1, items = group x lanes of filters:
//     add the chunks, transpose to [filter][k], write
//
//===----------------------------------------------------------------------===//

#include "lowering/Kernels/Convolution.h"
#include "lowering/Kernels/KernelForm.h"
#include "lowering/Kernels/MatmulStrategy.h"
#include "lowering/Kernels/ResultWriter.h"

using namespace mlir;
using namespace portico;

namespace {

class ConvolutionFilterGrad {
public:
  ConvolutionFilterGrad(KernelOp kernel, ConvolutionFilterGradOp hero, const ConvProblem &problem,
                        const TargetInfo &target, ModuleOp out, StringRef name, KernelABI &abi)
      : kernel(kernel), hero(hero), p(problem), target(target), out(out), name(name), abi(abi),
        writer(kernel, hero.getResult(), p.lanes) {}

  LogicalResult lower();

private:
  int64_t bytes() const { return p.accumulator.getIntOrFloatBitWidth() / 8; }
  int64_t blocksC() const { return ceilDiv(p.channels, grid.channels); }
  int64_t chunks() const { return ceilDiv(p.images, chunkImages); }
  /// Rows and elements of one block of sums, [taps of the block][filters].
  int64_t blockTaps() const { return grid.channels * p.taps(); }
  int64_t blockRowsOfSums() const { return roundUp(blockTaps(), tileM) + p.lanes; }
  int64_t blockElements() const { return blockRowsOfSums() * filtersPadded; }
  int64_t rowElements() const { return p.outputElements() / p.dims[0].output; }

  void plan();
  void emitOffsets(PhaseFunction &e);
  void emitProducts();
  void emitItem(PhaseFunction &e, Value index);
  void emitManyFilters(PhaseFunction &e, Value fresh, Value dyIndex);
  void emitFewFilters(PhaseFunction &e, Value fresh, Value dyIndex);
  void finishFewFilters(PhaseFunction &e);
  void emitSums();

  KernelOp kernel;
  ConvolutionFilterGradOp hero;
  ConvProblem p;
  const TargetInfo &target;
  ModuleOp out;
  StringRef name;
  KernelABI &abi;
  ResultWriter writer;

  ConvGrid grid;
  bool fewFilters = false;
  int64_t tileM = 1, tileN = 1, filtersPadded = 1, chunkImages = 1;
  int64_t positionsByte = 0, gridByte = 0, otherByte = 0;

  struct Item {
    Value offsets, positions, grid, other, sums, sumsIndex;
    Value group, firstChannel, channels, rows;
  } item;
};

} // namespace

void ConvolutionFilterGrad::plan() {
  fewFilters = p.lanes > 1 && p.filters < std::max<int64_t>(2, p.lanes / 4);
  // Rows of the tile are taps; each keeps an address in a scalar register.
  constexpr int64_t addresses = 8;
  if (fewFilters) {
    tileM = std::min<int64_t>(p.taps(), addresses);
    filtersPadded = p.filters;
  } else {
    auto [m, vectors] =
        chooseTile(p.channels * p.taps(), p.filters, p.lanes, target.vectorRegisters, addresses);
    tileM = m;
    tileN = vectors * p.lanes;
    filtersPadded = roundUp(p.filters, tileN);
  }

  // A quarter of the second cache for the grid, another for dy.
  int64_t budget = target.l2Bytes / 4;
  grid = ConvGrid::ofInput(p, 1);
  auto dyBytes = [&] {
    return fewFilters ? 0 : grid.blockRows * rowElements() * filtersPadded * bytes();
  };
  int64_t rows = p.dims[0].output;
  for (int64_t cut = 2;
       cut <= rows && (grid.elements(p.lanes) * bytes() > budget || dyBytes() > budget); ++cut)
    grid.blockRows = ceilDiv(rows, cut);
  int64_t perChannel = grid.elements(0) * bytes();
  int64_t channels = std::clamp<int64_t>(budget / std::max<int64_t>(perChannel, 1), 1, p.channels);
  // Blocks of channels are work for several cores, at the price of transposing
  // dy again; chunks of images cost a copy of the sums each.
  int64_t enough = ceilDiv(64, p.taps());
  int64_t shares = ceilDiv(8, p.groups);
  channels = std::min(channels, std::max(enough, ceilDiv(p.channels, shares)));
  grid.channels = ceilDiv(p.channels, ceilDiv(p.channels, channels));

  double work =
      double(p.images) * p.groups * p.channels * p.taps() * p.filters * p.outputElements();
  int64_t wanted = std::clamp<int64_t>(int64_t(work / 4e5), 1, 8);
  int64_t cut = std::clamp<int64_t>(ceilDiv(wanted, p.groups * blocksC()), 1, p.images);
  chunkImages = ceilDiv(p.images, cut);

  positionsByte = alignBytes(blockTaps() * 8);
  int64_t blockPositions = grid.blockRows * rowElements();
  gridByte = positionsByte + alignBytes(blockPositions * 8);
  otherByte = gridByte + alignBytes(grid.elements(p.lanes) * bytes());
  // dy transposed, or the sum vectors of the block.
  int64_t other =
      fewFilters ? blockTaps() * p.filters * p.lanes : blockPositions * filtersPadded + p.lanes;
  int64_t last = (p.channels * p.taps() + p.lanes) * p.lanes * bytes();
  abi.scratchBytes = std::max(otherByte + alignBytes(other * bytes()), alignBytes(last));
  abi.sharedBytes = alignBytes(chunks() * p.groups * blocksC() * blockElements() * bytes());
}

/// offsets[k]: where tap k of the block meets position 0; positions[j]: where the
/// j-th result of a block of rows lies in the grid.
void ConvolutionFilterGrad::emitOffsets(PhaseFunction &e) {
  size_t rank = p.dims.size();
  Type i64 = e.b.getI64Type();
  SmallVector<Value> sizes{e.idx(grid.channels)};
  SmallVector<int64_t> kernelShape;
  for (const ConvDim &d : p.dims) {
    sizes.push_back(e.idx(d.kernel));
    kernelShape.push_back(d.kernel);
  }
  loopNest(e, sizes, [&](ArrayRef<Value> index) {
    Value slot = e.idx(0), within = e.idx(0);
    for (size_t i = 0; i < rank; ++i) {
      const ConvDim &d = p.dims[i];
      Value k = index[i + 1];
      slot = e.add(e.mul(slot, d.slots()), d.slots() == 1 ? e.idx(0) : e.rem(k, d.period()));
      within = e.add(within, e.mul(e.div(e.mul(k, d.dilation), d.stride), grid.stride(i)));
    }
    Value plane = e.add(e.mul(index[0], grid.slots()), slot);
    Value tap =
        e.add(e.mul(index[0], p.taps()), e.dot(index.drop_front(), rowMajorStrides(kernelShape)));
    e.store(e.indexToInt(e.add(e.mul(plane, grid.plane()), within), i64), item.offsets, tap);
  });
  SmallVector<int64_t> shape{grid.blockRows}, strides;
  for (size_t i = 1; i < rank; ++i)
    shape.push_back(p.dims[i].output);
  for (size_t i = 0; i < rank; ++i)
    strides.push_back(grid.stride(i));
  SmallVector<Value> rowSizes;
  for (int64_t size : shape)
    rowSizes.push_back(e.idx(size));
  loopNest(e, rowSizes, [&](ArrayRef<Value> index) {
    e.store(e.indexToInt(e.dot(index, strides), i64), item.positions,
            e.dot(index, rowMajorStrides(shape)));
  });
}

void ConvolutionFilterGrad::emitProducts() {
  double work = double(chunkImages) * blockTaps() * filtersPadded * p.outputElements() / p.lanes;
  PhaseFunction e(kernel, out, name, abi, chunks() * p.groups * blocksC(), grainFor(work));
  Type i64 = e.b.getI64Type();
  item.offsets = e.view(e.scratch, 0, blockTaps(), i64);
  item.positions = e.view(e.scratch, positionsByte, grid.blockRows * rowElements(), i64);
  item.grid = e.view(e.scratch, gridByte, grid.elements(p.lanes), p.accumulator);
  int64_t other = fewFilters ? blockTaps() * p.filters * p.lanes
                             : grid.blockRows * rowElements() * filtersPadded + p.lanes;
  item.other = e.view(e.scratch, otherByte, other, p.accumulator);
  item.sums = e.view(e.shared, 0, chunks() * p.groups * blocksC() * blockElements(), p.accumulator);
  e.when(e.less(e.begin, e.end), [&] {
    emitOffsets(e);
    grid.clear(e, item.grid, p.lanes, p.lanes);
  });
  e.loop(e.begin, e.end, 1, [&](Value index) { emitItem(e, index); });
}

void ConvolutionFilterGrad::emitItem(PhaseFunction &e, Value index) {
  Value block = e.rem(index, blocksC()), rest = e.div(index, blocksC());
  item.group = e.rem(rest, p.groups);
  Value chunk = e.div(rest, p.groups);
  item.sumsIndex = e.mul(index, blockElements());
  item.firstChannel = e.mul(block, grid.channels);
  item.channels = e.min(e.sub(e.idx(p.channels), item.firstChannel), grid.channels);

  TypedMemory x{e.inputs[cast<BlockArgument>(hero.getX()).getArgNumber()], p.elem};
  Value firstImage = e.mul(chunk, chunkImages);
  Value images = e.min(e.sub(e.idx(p.images), firstImage), chunkImages);
  e.loop(e.idx(0), images, 1, [&](Value i) {
    Value image = e.add(e.mul(e.add(firstImage, i), p.groups), item.group);
    e.loop(0, grid.blocks(), 1, [&](Value rowBlock) {
      Value firstRow = e.mul(rowBlock, grid.blockRows);
      item.rows = grid.blocks() == 1
                      ? e.idx(grid.blockRows)
                      : e.min(e.sub(e.idx(p.dims[0].output), firstRow), grid.blockRows);
      Value from = e.mul(e.add(e.mul(image, p.channels), item.firstChannel), p.inputElements());
      grid.fill(e, x, from, p.inputElements(), item.grid, firstRow, item.rows, item.channels,
                p.lanes, target.maskedMemory);
      Value dyIndex =
          e.add(e.mul(image, p.filters * p.outputElements()), e.mul(firstRow, rowElements()));
      Value fresh = e.both(e.equal(i, 0), e.equal(rowBlock, 0));
      if (fewFilters)
        emitFewFilters(e, fresh, dyIndex);
      else
        emitManyFilters(e, fresh, dyIndex);
    });
  });
  if (fewFilters)
    finishFewFilters(e);
}

void ConvolutionFilterGrad::emitManyFilters(PhaseFunction &e, Value fresh, Value dyIndex) {
  TypedMemory dy{e.inputs[cast<BlockArgument>(hero.getDy()).getArgNumber()], p.elem};
  Value steps = e.mul(item.rows, rowElements());
  int64_t lastRows = p.dims[0].output - (grid.blocks() - 1) * grid.blockRows;
  PanelCopy copy;
  copy.from = dy;
  copy.fromIndex = dyIndex;
  copy.strideK = 1;
  copy.strideW = p.outputElements();
  copy.to = item.other;
  copy.toIndex = e.idx(0);
  copy.width = filtersPadded;
  copy.lanes = p.lanes;
  copy.steps = steps;
  copy.minSteps = lastRows * rowElements();
  copy.valid = e.idx(p.filters);
  copy.alwaysFull = p.filters % filtersPadded == 0;
  emitPanelCopy(e, copy);

  Value taps = e.mul(item.channels, p.taps());
  e.loop(e.idx(0), taps, tileM, [&](Value k) {
    SmallVector<Value> rows;
    for (int64_t i = 0; i < tileM; ++i) {
      Value tap = e.add(k, i);
      if (p.taps() % tileM != 0)
        tap = e.min(tap, e.sub(taps, 1));
      rows.push_back(e.intToIndex(e.load(item.offsets, tap)));
    }
    e.loop(0, filtersPadded, tileN, [&](Value f) {
      RegisterTile tile{tileM, tileN / p.lanes, p.lanes, p.accumulator};
      tile.steps = steps;
      Value position;
      auto b = [&](Value j) {
        position = e.intToIndex(e.load(item.positions, j));
        return e.add(e.mul(j, filtersPadded), f);
      };
      auto a = [&](Value, int64_t i) { return e.load(item.grid, e.add(rows[i], position)); };
      tile.a = a;
      tile.bIndex = b;
      tile.b = {item.other, p.accumulator};
      tile.c = item.sums;
      tile.cIndex = e.add(item.sumsIndex, e.add(e.mul(k, filtersPadded), f));
      tile.cRow = filtersPadded;
      tile.fresh = fresh;
      emitTile(e, tile);
    });
  });
}

/// other[tap][filter][lanes]: the sums so far of every lane.
void ConvolutionFilterGrad::emitFewFilters(PhaseFunction &e, Value fresh, Value dyIndex) {
  TypedMemory dy{e.inputs[cast<BlockArgument>(hero.getDy()).getArgNumber()], p.elem};
  size_t rank = p.dims.size();
  int64_t lanes = p.lanes, taps = p.taps(), row = p.dims.back().output;
  Type sumType = LoopEmitter::vectorOf(p.accumulator, lanes);
  SmallVector<int64_t> shape{1};
  for (size_t i = 1; i < rank; ++i)
    shape.push_back(p.dims[i].output);
  SmallVector<int64_t> dyStrides = rowMajorStrides(shape);
  e.loop(e.idx(0), item.channels, 1, [&](Value channel) {
    e.loop(0, p.filters, 1, [&](Value filter) {
      e.loop(0, taps, tileM, [&](Value tap0) {
        // Past the last tap, the last one again: all its sums are equal.
        SmallVector<Value> bases, places;
        for (int64_t i = 0; i < tileM; ++i) {
          Value tap = e.min(e.add(tap0, i), taps - 1);
          Value k = e.add(e.mul(channel, taps), tap);
          bases.push_back(e.intToIndex(e.load(item.offsets, k)));
          places.push_back(e.mul(e.add(e.mul(k, p.filters), filter), lanes));
        }
        LoopEmitter::Values sums = e.choose(
            fresh, [&] { return LoopEmitter::Values(tileM, e.zero(sumType)); },
            [&] {
              LoopEmitter::Values loaded;
              for (Value place : places)
                loaded.push_back(e.loadVector(item.other, place, lanes));
              return loaded;
            });
        Value dyRow = e.add(dyIndex, e.mul(filter, p.outputElements()));
        // Rows of results, one level of loops for each dimension but the last.
        std::function<LoopEmitter::Values(size_t, Value, Value, ValueRange)> level =
            [&](size_t i, Value dyAt, Value gridAt, ValueRange carried) -> LoopEmitter::Values {
          if (i + 1 < rank) {
            Value size = i == 0 ? item.rows : e.idx(p.dims[i].output);
            return e.loop(e.idx(0), size, 1, carried, [&](Value q, ValueRange inner) {
              return level(i + 1, e.add(dyAt, e.mul(q, dyStrides[i])),
                           e.add(gridAt, e.mul(q, grid.stride(i))), inner);
            });
          }
          auto step = [&](Value q, ValueRange running, Value mask) {
            LoopEmitter::Values next = llvm::to_vector(running);
            Value y = loadTypedVector(e, dy, e.add(dyAt, q), lanes, mask);
            for (int64_t t = 0; t < tileM; ++t) {
              Value x = e.loadVector(item.grid, e.add(e.add(bases[t], gridAt), q), lanes, mask);
              next[t] = e.multiplyAdd(x, y, next[t]);
            }
            return next;
          };
          int64_t whole = row / lanes * lanes;
          LoopEmitter::Values running =
              e.loop(e.idx(0), e.idx(whole), lanes, carried,
                     [&](Value q, ValueRange inner) { return step(q, inner, nullptr); });
          if (whole < row)
            running = step(e.idx(whole), running, e.firstLanes(e.idx(row - whole), lanes));
          return running;
        };
        sums = level(0, dyRow, e.idx(0), sums);
        for (int64_t i = 0; i < tileM; ++i)
          e.storeVector(sums[i], item.other, places[i]);
      });
    });
  });
}

void ConvolutionFilterGrad::finishFewFilters(PhaseFunction &e) {
  e.loop(e.idx(0), e.mul(item.channels, p.taps()), 1, [&](Value k) {
    e.loop(0, p.filters, 1, [&](Value filter) {
      Value at = e.add(e.mul(k, p.filters), filter);
      Value sums = e.loadVector(item.other, e.mul(at, p.lanes), p.lanes);
      e.store(sumLanes(e, sums), item.sums,
              e.add(item.sumsIndex, e.add(e.mul(k, filtersPadded), filter)));
    });
  });
}

void ConvolutionFilterGrad::emitSums() {
  int64_t lanes = p.lanes, depth = p.channels * p.taps(), row = depth + lanes;
  int64_t filterBlocks = ceilDiv(p.filters, lanes);
  PhaseFunction e(kernel, out, name, abi, p.groups * filterBlocks,
                  grainFor(double(depth) * chunks() * 2));
  Value sums =
      e.view(e.shared, 0, chunks() * p.groups * blocksC() * blockElements(), p.accumulator);
  Value staged = e.view(e.scratch, 0, row * lanes, p.accumulator);
  bool vectors = !fewFilters && lanes > 1;
  e.loop(e.begin, e.end, 1, [&](Value index) {
    Value group = e.div(index, filterBlocks);
    Value filter = e.mul(e.rem(index, filterBlocks), lanes);
    Value filters = e.min(e.sub(e.idx(p.filters), filter), lanes);
    auto sumOf = [&](Value block, Value k, Value f, int64_t n) {
      auto at = [&](Value chunk) {
        Value which = e.add(e.mul(e.add(e.mul(chunk, p.groups), group), blocksC()), block);
        return e.add(e.mul(which, blockElements()), e.add(e.mul(k, filtersPadded), f));
      };
      TypedMemory memory{sums, p.accumulator};
      Value first = loadTypedVector(e, memory, at(e.idx(0)), n);
      return e.loop(e.idx(1), e.idx(chunks()), 1, ValueRange(first),
                    [&](Value chunk, ValueRange sum) {
                      Value more = loadTypedVector(e, memory, at(chunk), n);
                      return LoopEmitter::Values{e.addNumbers(sum[0], more)};
                    })[0];
    };
    e.loop(0, blocksC(), 1, [&](Value block) {
      Value firstK = e.mul(block, blockTaps());
      Value count = e.min(e.sub(e.idx(depth), firstK), blockTaps());
      if (!vectors) {
        e.loop(e.idx(0), count, 1, [&](Value k) {
          e.loop(e.idx(0), filters, 1, [&](Value f) {
            e.store(sumOf(block, k, e.add(filter, f), 1), staged,
                    e.add(e.mul(f, row), e.add(firstK, k)));
          });
        });
        return;
      }
      // Rows past the last tap are padding of the block; what they leave behind
      // in `staged` is overwritten by the next block or never read.
      e.loop(e.idx(0), count, lanes, [&](Value k) {
        LoopEmitter::Values rows;
        for (int64_t q = 0; q < lanes; ++q)
          rows.push_back(sumOf(block, e.add(k, q), filter, lanes));
        rows = e.transpose(rows);
        for (int64_t f = 0; f < lanes; ++f)
          e.storeVector(rows[f], staged, e.add(e.add(firstK, k), f * row));
      });
    });
    Value out = e.mul(e.add(e.mul(group, p.filters), filter), depth);
    e.loop(e.idx(0), filters, 1, [&](Value f) {
      Value from = e.mul(f, row);
      auto finished = [&](Value j, int64_t n) {
        return loadTypedVector(e, {staged, p.accumulator}, e.add(from, j), n);
      };
      writer.writeRow(e, e.add(out, e.mul(f, depth)), 1, e.idx(depth), depth, finished);
    });
  });
}

LogicalResult ConvolutionFilterGrad::lower() {
  if (!writer.supported() || !writer.elementwise())
    return refuse(kernel, "an op after the main op cannot be computed with its results",
                  "elementwise ops and data movement");
  plan();
  emitProducts();
  emitSums();
  return success();
}

LogicalResult portico::lowerConvolutionFilterGrad(KernelOp kernel, ConvolutionFilterGradOp hero,
                                                  const ConvProblem &problem,
                                                  const TargetInfo &target, ModuleOp out,
                                                  StringRef name, KernelABI &abi) {
  return ConvolutionFilterGrad(kernel, hero, problem, target, out, name, abi).lower();
}
