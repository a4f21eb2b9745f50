//===- GroupTile.cpp - how a product is cut into tiles ----------------------===//

#include "lowering/Kernels/Simt/GroupTile.h"

#include "lowering/Kernels/Simt/GroupStream.h"

using namespace mlir;
using namespace portico;

/// Summands that are worth a split of their own.
constexpr int64_t kLeastOfSplit = 256, kMostSplits = 64;

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

static const MatrixUnit *unitFor(const GroupProduct &p, const SimtInfo &simt) {
  for (const MatrixUnit &unit : simt.matrixUnits)
    if (unit.accumulator == MatrixUnit::Element::f32 &&
        ((unit.input == MatrixUnit::Element::f16 && p.elem.isF16()) ||
         (unit.input == MatrixUnit::Element::bf16 && p.elem.isBF16())))
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
    tile.m = tile.n = 64;
    tile.k = 32;
    if (enough(128) && fits(128, tile.k, 2, simt.groupMemoryBytes))
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
