//===- ScalarEngine.cpp - a tile of a product by multiply-adds --------------===//
//
// A group is 16 x 16 work-items, each of which has as many rows and columns of sums as make
// the tile. Operands lie as [k][row] in compute type.
//
//   scf.for %k iter_args(%sums) {
//     %x = memref.load %memory[a + k * pitch + ..]      for each of its rows
//     %y = memref.load %memory[b + k * pitch + ..]      for each of its columns
//     %sum = math.fma %x, %y, %sum                      for each pair }
//
//===----------------------------------------------------------------------===//

#include "lowering/Kernels/Simt/GroupTile.h"

using namespace mlir;
using namespace portico;

namespace {

constexpr int64_t kSide = 16;
static_assert(kSide * kSide == GroupTile::kItems, "a square of work-items");

/// The places in the tile that a work-item has along one side: runs of four
/// neighbours, so that the loads of a subgroup meet different banks and are wide.
struct Interleaved {
  int64_t count;
  int64_t run() const { return std::min<int64_t>(count, 4); }
  int64_t offset(int64_t r) const { return r / run() * kSide * run() + r % run(); }
};

class ScalarEngine : public TileEngine {
public:
  ScalarEngine(const GroupTile &tile, Type accumulator, Value item)
      : tile(tile), type(accumulator), item(item), rows{tile.m / kSide}, columns{tile.n / kSide} {}

  Type staged() const override { return type; }
  int64_t elements(int64_t count) const override { return tile.k * pitch(count); }
  Value address(LoopEmitter &e, int64_t count, Value row, Value k) const override {
    return e.add(e.mul(k, pitch(count)), row);
  }
  Values zeros(LoopEmitter &e) const override {
    return Values(rows.count * columns.count, e.zero(type));
  }

  Values multiply(LoopEmitter &e, ValueRange sums, Value memory, Value a, Value b) override {
    Value firstA = e.add(a, e.mul(itemRow(e), rows.run()));
    Value firstB = e.add(b, e.mul(itemColumn(e), columns.run()));
    return e.loop(e.idx(0), e.idx(tile.k), 1, sums, [&](Value k, ValueRange running) {
      Values next(running), x, y;
      Value atA = e.add(firstA, e.mul(k, pitch(tile.m)));
      Value atB = e.add(firstB, e.mul(k, pitch(tile.n)));
      for (int64_t i = 0; i < rows.count; ++i)
        x.push_back(e.load(memory, e.add(atA, rows.offset(i))));
      for (int64_t j = 0; j < columns.count; ++j)
        y.push_back(e.load(memory, e.add(atB, columns.offset(j))));
      for (int64_t i = 0; i < rows.count; ++i)
        for (int64_t j = 0; j < columns.count; ++j) {
          Value &sum = next[i * columns.count + j];
          sum = e.multiplyAdd(x[i], y[j], sum);
        }
      return next;
    });
  }

  int64_t passes() const override { return rows.count; }
  int64_t passRows() const override { return kSide; }
  Value rowOf(LoopEmitter &e, Value r, int64_t pass) const override {
    return e.add(e.mul(r, rows.run()), rows.offset(pass));
  }
  void write(LoopEmitter &e, ValueRange sums, int64_t pass, Value memory) override {
    Value at = e.add(e.mul(itemRow(e), tile.n), e.mul(itemColumn(e), columns.run()));
    for (int64_t j = 0; j < columns.count; ++j)
      e.store(sums[pass * columns.count + j], memory, e.add(at, columns.offset(j)));
  }

private:
  /// The spare elements spread a column over the banks.
  static int64_t pitch(int64_t count) { return count + 4; }
  Value itemRow(LoopEmitter &e) const { return e.div(item, kSide); }
  Value itemColumn(LoopEmitter &e) const { return e.rem(item, kSide); }

  GroupTile tile;
  Type type;
  Value item;
  Interleaved rows, columns;
};

} // namespace

std::unique_ptr<TileEngine> portico::makeScalarEngine(const GroupTile &tile, Type accumulator,
                                                      Value item) {
  return std::make_unique<ScalarEngine>(tile, accumulator, item);
}
