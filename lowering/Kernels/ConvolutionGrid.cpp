//===- ConvolutionGrid.cpp - images with zeros around them ------------------===//

#include "lowering/Kernels/Convolution.h"

using namespace mlir;
using namespace portico;

/// Entries from one row of a grid to the next, and from one plane to the next.
/// Without slots, the zeros after a row are those before the next one.
static void choosePitches(ConvGrid &grid) {
  for (GridDim &dim : grid.dims) {
    int64_t needed = dim.columns + dim.reach, data = dim.lead + dim.source;
    bool split = dim.slots > 1 || dim.step > 1;
    dim.pitch = split ? needed : std::max({data, needed - dim.lead, dim.columns});
  }
}

ConvGrid ConvGrid::ofInput(const ConvProblem &p, int64_t channels) {
  ConvGrid grid;
  grid.channels = channels;
  grid.sourceStrides = p.inputStrides();
  for (const ConvDim &dim : p.dims) {
    GridDim g;
    g.source = dim.input;
    g.lead = dim.pad;
    g.step = dim.stride;
    g.slots = dim.slots();
    g.dilation = dim.dilation;
    g.columns = dim.output;
    g.reach = dim.reach();
    grid.dims.push_back(g);
  }
  choosePitches(grid);
  grid.blockRows = grid.dims[0].columns;
  return grid;
}

// Position u = x + pad of x is u = a * stride + residue. The tap k of that residue
// takes y[a - k * dilation / stride]; a starts at `skip`, the first that can be a
// position of x, if the zeros in front allow it.
ConvGrid ConvGrid::ofOutput(const ConvProblem &p) {
  ConvGrid grid;
  grid.channels = p.filters;
  grid.sourceStrides = p.outputStrides();
  for (const ConvDim &dim : p.dims) {
    GridDim g;
    int64_t skip = std::min(dim.pad / dim.stride, dim.reach());
    g.source = dim.output;
    g.lead = dim.reach() - skip;
    g.columns = (dim.pad + dim.input - 1) / dim.stride + 1 - skip;
    g.reach = dim.reach();
    grid.dims.push_back(g);
  }
  choosePitches(grid);
  grid.blockRows = grid.dims[0].columns;
  return grid;
}

int64_t ConvGrid::slots() const {
  int64_t count = 1;
  for (const GridDim &dim : dims)
    count *= dim.slots;
  return count;
}

int64_t ConvGrid::stride(size_t i) const {
  int64_t stride = 1;
  for (size_t j = dims.size() - 1; j > i; --j)
    stride *= dims[j].pitch;
  return stride;
}

int64_t ConvGrid::plane() const {
  // The last taps of the last rows reach past what is theirs.
  int64_t last = (blockRows - 1 + dims[0].reach) * stride(0);
  for (size_t i = 1; i < dims.size(); ++i)
    last += (dims[i].columns - 1 + dims[i].reach) * stride(i);
  int64_t size = std::max(last + 1, (blockRows + dims[0].reach) * stride(0));
  // An odd number of cache lines: channels must not all fall on the same sets.
  int64_t lines = ceilDiv(size, 16);
  return (lines | 1) * 16;
}

int64_t ConvGrid::positions(int64_t rows) const {
  int64_t last = (rows - 1) * stride(0);
  for (size_t i = 1; i < dims.size(); ++i)
    last += (dims[i].columns - 1) * stride(i);
  return last + 1;
}

Value ConvGrid::positions(LoopEmitter &e, Value rows) const {
  return e.add(e.mul(e.sub(rows, 1), stride(0)), positions(1));
}

void ConvGrid::clear(LoopEmitter &e, Value grid, int64_t slack, int64_t lanes) const {
  Type elem = cast<MemRefType>(grid.getType()).getElementType();
  Value zero = e.zero(LoopEmitter::vectorOf(elem, lanes));
  int64_t count = elements(slack) / lanes * lanes;
  e.loop(0, count, lanes,
         [&](Value i) { lanes == 1 ? e.store(zero, grid, i) : e.storeVector(zero, grid, i); });
  Value one = e.zero(elem);
  e.loop(count, elements(slack), 1, [&](Value i) { e.store(one, grid, i); });
}

void ConvGrid::fill(LoopEmitter &e, TypedMemory from, Value fromIndex, int64_t channelStride,
                    Value grid, Value firstRow, Value rows, Value channelCount, int64_t lanes,
                    bool masks) const {
  size_t rank = dims.size();
  Type elem = cast<MemRefType>(grid.getType()).getElementType();

  // channel, slot of each dimension, entry of each but the last
  SmallVector<Value> sizes{channelCount};
  for (const GridDim &dim : dims)
    sizes.push_back(e.idx(dim.slots));
  sizes.push_back(e.add(rows, dims[0].reach));
  for (size_t i = 1; i + 1 < rank; ++i)
    sizes.push_back(e.idx(dims[i].pitch));
  loopNest(e, sizes, [&](ArrayRef<Value> index) {
    Value channel = index[0];
    ArrayRef<Value> slot = index.slice(1, rank), entry = index.drop_front(1 + rank);
    auto residue = [&](size_t i) {
      const GridDim &dim = dims[i];
      return dim.slots == 1 ? e.idx(0) : e.rem(e.mul(slot[i], dim.dilation), dim.step);
    };
    Value slotIndex = e.idx(0);
    for (size_t i = 0; i < rank; ++i)
      slotIndex = e.add(e.mul(slotIndex, dims[i].slots), slot[i]);
    Value to = e.mul(e.add(e.mul(channel, slots()), slotIndex), plane());
    Value source = e.add(fromIndex, e.mul(channel, channelStride));
    Value exists;
    for (size_t i = 0; i + 1 < rank; ++i) {
      Value q = i == 0 ? e.add(firstRow, entry[0]) : entry[i];
      Value x = e.sub(e.add(e.mul(q, dims[i].step), residue(i)), dims[i].lead);
      to = e.add(to, e.mul(entry[i], stride(i)));
      source = e.add(source, e.mul(x, sourceStrides[i]));
      Value inside = e.both(e.less(e.idx(-1), x), e.less(x, dims[i].source));
      exists = exists ? e.both(exists, inside) : inside;
    }
    const GridDim &row = dims.back();
    // Entries [lo, hi) of the row exist.
    Value r = residue(rank - 1);
    Value lo = e.div(e.add(e.max(e.sub(e.idx(row.lead), r), 0), row.step - 1), row.step);
    Value hi = e.min(
        e.div(e.add(e.max(e.sub(e.idx(row.source + row.lead), r), 0), row.step - 1), row.step),
        row.pitch);
    Value first = e.sub(e.add(source, r), row.lead);
    auto copyRow = [&] {
      Value tail = lo;
      if (row.step == 1 && lanes > 1) {
        Value whole = e.mul(e.div(e.sub(hi, lo), lanes), lanes);
        tail = e.add(lo, whole);
        e.loop(lo, tail, lanes, [&](Value q) {
          e.storeVector(loadTypedVector(e, from, e.add(first, q), lanes), grid, e.add(to, q));
        });
        if (masks) {
          e.when(e.less(tail, hi), [&] {
            Value mask = e.firstLanes(e.sub(hi, tail), lanes);
            e.storeVector(loadTypedVector(e, from, e.add(first, tail), lanes, mask), grid,
                          e.add(to, tail), mask);
          });
          return;
        }
      }
      e.loop(tail, hi, 1, [&](Value q) {
        e.store(loadTyped(e, from, e.add(first, e.mul(q, row.step))), grid, e.add(to, q));
      });
    };
    // Where a task does one block only, rows that do not exist are zero already.
    auto clearRow = [&] {
      Value zero = e.zero(elem);
      e.loop(lo, hi, 1, [&](Value q) { e.store(zero, grid, e.add(to, q)); });
    };
    if (blocks() > 1)
      e.when(exists, copyRow, clearRow);
    else
      e.when(exists, copyRow);
  });
}
