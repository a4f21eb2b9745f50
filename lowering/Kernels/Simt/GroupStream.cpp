//===- GroupStream.cpp - products whose operands stream through group memory ===//

#include "lowering/Kernels/Simt/GroupStream.h"

#include "dialects/simt/Simt.h"
#include "lowering/ToLinalg/Elementwise.h"

#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace portico;

int64_t portico::panelRow(const GroupProduct &p) { return kPanelRowBytes / storageBytes(p.elem); }

SmallVector<CopyDim> portico::copyDims(const GroupProduct &p, const GroupProduct::Operand &operand,
                                       int64_t extent) {
  const GroupProduct::Operand::Plain &plain = *operand.plain;
  CopyDim row = {extent, plain.row, 0}, k = {p.k, plain.k, 1};
  SmallVector<CopyDim> dims =
      operand.alongK ? SmallVector<CopyDim>{k, row} : SmallVector<CopyDim>{row, k};
  // Over the others the operand does not move.
  for (auto [i, size] : llvm::enumerate(p.batch))
    if (plain.batch[i] != 0)
      dims.push_back({size, plain.batch[i], unsigned(2 + i)});
  return dims;
}

GroupStream::GroupStream(const GroupProduct &product, const GroupTile &tile, int64_t subgroupSize,
                         Value item)
    : p(product), tile(tile), unit(*tile.groupUnit), subgroupSize(subgroupSize), item(item),
      a{product.a, tile.m, product.m, 0}, b{product.b, tile.n, product.n, bytesOf(tile.m)} {}

int64_t GroupStream::bytesOf(int64_t rows) const { return rows * tile.k * storageBytes(p.elem); }

int64_t GroupStream::signalsByte() const {
  int64_t sums = tile.m * tile.n * storageBytes(p.accumulator);
  return std::max(tile.stages * stageBytes(), sums);
}

int64_t GroupStream::groupBytes() const { return signalsByte() + tile.stages * 8; }

GroupStream::Values GroupStream::zeros(LoopEmitter &e) const {
  return {e.zero(VectorType::get({unit.c.elements}, p.accumulator))};
}

void GroupStream::write(LoopEmitter &e, ValueRange sums, int64_t, Value memory) {
  int64_t lanes = unit.subgroups * subgroupSize;
  Value lane = e.rem(item, lanes);
  Value row = e.add(e.mul(e.div(item, lanes), unit.m), digitsOfLane(e, unit.c.row, lane));
  Value first = e.add(e.mul(row, tile.n), digitsOfLane(e, unit.c.column, lane));
  for (int64_t r = 0; r < unit.c.elements; ++r) {
    int64_t place = digitsOfElement(unit.c.row, r) * tile.n + digitsOfElement(unit.c.column, r);
    e.store(vector::ExtractOp::create(e.b, e.loc, sums[0], r), memory, e.add(first, place));
  }
}

/// Brings the step's part of an operand: as one panel where its summands lie side by side,
/// else as one panel for every run of its rows.
void GroupStream::startCopies(PhaseFunction &e, const Side &side, ArrayRef<Value> batch, Value row,
                              Value step, Value slot) {
  SmallVector<CopyDim> dims = copyDims(p, side.operand, side.extent);
  SmallVector<int64_t> sizes, strides, box;
  for (const CopyDim &dim : dims) {
    sizes.push_back(dim.size);
    strides.push_back(dim.stride);
    box.push_back(1);
  }
  box[0] = panelRow(p);
  box[1] = side.operand.alongK ? side.rows : tile.k;
  int64_t panels = side.operand.alongK ? 1 : side.rows / panelRow(p);
  for (int64_t panel = 0; panel < panels; ++panel) {
    Values position;
    for (const CopyDim &dim : dims)
      position.push_back(dim.index == 0   ? e.add(row, panel * panelRow(p))
                         : dim.index == 1 ? e.mul(step, tile.k)
                                          : batch[dim.index - 2]);
    Value at = e.add(e.mul(slot, stageBytes()), side.start + panel * bytesOf(panelRow(p)));
    simt::CopyTileOp::create(e.b, e.loc, e.inputs[side.operand.plain->argument], position, memory,
                             at, signals, slot, sizes, strides,
                             uint64_t(side.operand.plain->offset), box);
  }
}

void GroupStream::startStep(PhaseFunction &e, const TilePart &part, Value step, Value slot) {
  simt::ExpectBytesOp::create(e.b, e.loc, signals, slot, uint64_t(stageBytes()));
  startCopies(e, a, part.batch, part.row, step, slot);
  startCopies(e, b, part.batch, part.column, step, slot);
}

Value GroupStream::multiply(PhaseFunction &e, Value slot, Value sum) {
  // A block of rows for every `subgroups` subgroups; across, a block is a panel.
  static_assert(kPanelRowBytes == 128, "64 rows of 16 bits");
  Value block = e.div(item, unit.subgroups * subgroupSize);
  Value stage = e.mul(slot, stageBytes());
  Value left = e.add(stage, e.mul(block, bytesOf(unit.m))), right = e.add(stage, b.start);
  int64_t pitch = bytesOf(panelRow(p));
  return simt::GroupMultiplyAddOp::create(
      e.b, e.loc, sum.getType(), memory, left, right, sum, storageType(p.elem), uint64_t(unit.m),
      uint64_t(unit.n), uint64_t(tile.k), !a.operand.alongK, !b.operand.alongK,
      a.operand.alongK ? 0 : uint64_t(pitch), b.operand.alongK ? 0 : uint64_t(pitch));
}

GroupStream::Values GroupStream::accumulate(PhaseFunction &e, GroupBuilder &group,
                                            const TilePart &part) {
  memory = group.viewGroup(0, signalsByte(), e.b.getI8Type());
  signals = group.viewGroup(signalsByte(), tile.stages, e.b.getI64Type());
  Value first = e.equal(item, 0);
  e.when(first, [&] { simt::InitSignalsOp::create(e.b, e.loc, signals); });
  group.barrier();
  e.when(first, [&] {
    for (int64_t stage = 0; stage + 1 < tile.stages; ++stage) {
      Value step = e.add(part.from, stage);
      e.when(e.less(step, part.to), [&] { startStep(e, part, step, e.idx(stage)); });
    }
  });
  auto wait = [&](Value sum, uint64_t pending) {
    return simt::GroupMultiplyWaitOp::create(e.b, e.loc, sum.getType(), sum, pending).getResult();
  };
  Values sums = e.loop(part.from, part.to, 1, zeros(e), [&](Value step, ValueRange running) {
    Value local = e.sub(step, part.from), slot = e.rem(local, tile.stages);
    simt::AwaitSignalOp::create(e.b, e.loc, signals, slot, e.div(local, tile.stages));
    Value sum = wait(multiply(e, slot, running[0]), 1);
    // Everybody is through with the step before.
    group.barrier();
    Value later = e.add(step, tile.stages - 1);
    e.when(e.both(first, e.less(later, part.to)),
           [&] { startStep(e, part, later, e.rem(e.add(local, tile.stages - 1), tile.stages)); });
    return Values{sum};
  });
  return {wait(sums[0], 0)};
}
