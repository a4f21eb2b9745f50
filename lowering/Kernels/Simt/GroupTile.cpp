//===- GroupTile.cpp - how a product is cut into tiles ----------------------===//

#include "lowering/Kernels/Simt/GroupTile.h"

#include "lowering/Kernels/Simt/GroupStream.h"

using namespace mlir;
using namespace portico;

/// Summands that are worth a split of their own.
constexpr int64_t kLeastOfSplit = 256, kMostSplits = 64;
/// What matrix instructions get of a row at a time: as many bytes whatever the type.
constexpr int64_t kBytesOfStep = 64;

TileSums::~TileSums() = default;

int64_t portico::digitsOfElement(ArrayRef<MatrixPart::Digit> digits, int64_t element) {
  int64_t sum = 0;
  for (const MatrixPart::Digit &digit : digits)
    if (digit.source == MatrixPart::Source::element)
      sum += element / digit.divisor % digit.modulus * digit.factor;
  return sum;
}

Value portico::digitsOfLane(LoopEmitter &e, ArrayRef<MatrixPart::Digit> digits, Value lane) {
  Value sum = e.idx(0);
  for (const MatrixPart::Digit &digit : digits)
    if (digit.source == MatrixPart::Source::lane)
      sum = e.add(sum, e.mul(e.rem(e.div(lane, digit.divisor), digit.modulus), digit.factor));
  return sum;
}

int64_t GroupProduct::batchSize() const {
  int64_t size = 1;
  for (int64_t dim : batch)
    size *= dim;
  return size;
}

int64_t portico::tilesOf(const GroupProduct &p, const GroupTile &tile) {
  return p.batchSize() * ceilDiv(p.m, tile.m) * ceilDiv(p.n, tile.n);
}

/// Whether a matrix instruction may take elements of `type` as its inputs or sums.
static bool takes(MatrixUnit::Element element, Type type, bool allowTf32) {
  switch (element) {
  case MatrixUnit::Element::f16:
    return type.isF16();
  case MatrixUnit::Element::bf16:
    return type.isBF16();
  case MatrixUnit::Element::tf32:
    return type.isF32() && allowTf32;
  case MatrixUnit::Element::f32:
    return type.isF32();
  case MatrixUnit::Element::f64:
    return type.isF64();
  case MatrixUnit::Element::i8:
  case MatrixUnit::Element::i32:
    return false;
  }
  llvm_unreachable("no such element");
}

static const MatrixUnit *unitFor(const GroupProduct &p, const SimtInfo &simt) {
  for (const MatrixUnit &unit : simt.matrixUnits)
    if (takes(unit.accumulator, p.accumulator, false) && takes(unit.input, p.elem, p.allowTf32))
      return &unit;
  return nullptr;
}

/// Whether two halves of two operands fit, each of `rows` rows of `length` elements
/// and some to spare.
static bool fits(int64_t rows, int64_t length, int64_t bytes, int64_t limit) {
  constexpr int64_t kSpare = 8;
  return 2 * 2 * rows * (length + kSpare) * bytes <= limit;
}

GroupTile portico::chooseGroupTile(const GroupProduct &p, const SimtInfo &simt) {
  // A tile of which there are few is still good where k can be cut.
  int64_t most = std::clamp<int64_t>(p.k / kLeastOfSplit, 1, kMostSplits);
  auto enough = [&](int64_t side) {
    GroupTile square;
    square.m = square.n = side;
    return tilesOf(p, square) * most >= simt.computeUnits && p.m > side / 2 && p.n > side / 2;
  };
  int64_t bytes = p.accumulator.getIntOrFloatBitWidth() / 8;
  GroupTile tile;
  tile.m = tile.n = tile.k = 16;
  // Half of the group memory: two groups share a compute unit.
  for (int64_t side : {32, 64, 128}) {
    int64_t k = side == 128 ? 8 : 16;
    if (!enough(side) || !fits(k, side, bytes, simt.groupMemoryBytes / 2))
      break;
    tile.m = tile.n = side;
    tile.k = k;
  }
  if (const MatrixUnit *unit = unitFor(p, simt); unit && p.m > 32 && p.n > 32) {
    tile.unit = unit;
    int64_t width = p.elem.getIntOrFloatBitWidth() / 8;
    tile.m = tile.n = 64;
    tile.k = kBytesOfStep / width;
    if (enough(128) && fits(128, tile.k, width, simt.groupMemoryBytes))
      tile.m = tile.n = 128;
  }
  if (!simt.groupMatrixUnits.empty())
    tile.notStreamed = chooseStreamedTile(p, simt, tile);
  // Streamed tiles keep a compute unit busy with one group, and what splits write and read
  // again costs more than a few idle ones.
  int64_t groups = tilesOf(p, tile);
  int64_t least = tile.groupUnit ? simt.computeUnits / 2 : simt.computeUnits;
  if (groups < least && most > 1) {
    int64_t wanted = std::min(most, ceilDiv(2 * simt.computeUnits, groups));
    int64_t steps = ceilDiv(p.k, tile.k);
    tile.splits = ceilDiv(steps, ceilDiv(steps, wanted));
  }
  return tile;
}
