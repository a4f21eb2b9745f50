//===- MatrixEngine.cpp - a tile of a product by matrix instructions --------===//
//
// The subgroups of a group share the tile in two rows of them; each has a block of
// units of the instruction. Operands lie as [row][k] in their own type, so that what
// a work-item needs of a fragment is mostly side by side.
//
//===----------------------------------------------------------------------===//

#include "lowering/Kernels/Simt/GroupTile.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace portico;

namespace {

class MatrixEngine : public TileEngine {
public:
  MatrixEngine(const GroupTile &tile, Type elem, Type accumulator, int64_t subgroupSize,
               ModuleOp out, Value item)
      : tile(tile), unit(*tile.unit), elem(elem), type(accumulator), subgroupSize(subgroupSize),
        item(item), columnsOfGroups(GroupTile::kItems / subgroupSize / kRows) {
    unitsM = tile.m / kRows / unit.m;
    unitsN = tile.n / columnsOfGroups / unit.n;
    declare(out);
  }

  Type staged() const override { return elem; }
  int64_t elements(int64_t count) const override { return count * pitch(); }
  Value address(LoopEmitter &e, int64_t, Value row, Value k) const override {
    return e.add(e.mul(row, pitch()), k);
  }
  Values zeros(LoopEmitter &e) const override {
    return Values(unitsM * unitsN, e.zero(vector(unit.c, type)));
  }

  Values multiply(LoopEmitter &e, ValueRange sums, Value memory, Value a, Value b) override {
    Values result(sums);
    Value rowA = e.mul(groupRow(e), unitsM * unit.m), rowB = e.mul(groupColumn(e), unitsN * unit.n);
    for (int64_t k = 0; k < tile.k; k += unit.k) {
      Values x, y;
      for (int64_t i = 0; i < unitsM; ++i)
        x.push_back(fragment(e, memory, e.add(a, k), e.add(rowA, i * unit.m), unit.a));
      for (int64_t j = 0; j < unitsN; ++j)
        y.push_back(fragment(e, memory, e.add(b, k), e.add(rowB, j * unit.n), unit.b));
      for (int64_t i = 0; i < unitsM; ++i)
        for (int64_t j = 0; j < unitsN; ++j) {
          Value &sum = result[i * unitsN + j];
          sum = func::CallOp::create(e.b, e.loc, function(), TypeRange(sum.getType()),
                                     ValueRange{x[i], y[j], sum})
                    .getResult(0);
        }
    }
    return result;
  }

  int64_t passes() const override { return unitsM; }
  int64_t passRows() const override { return kRows * unit.m; }
  Value rowOf(LoopEmitter &e, Value r, int64_t pass) const override {
    Value first = e.mul(e.div(r, unit.m), unitsM * unit.m);
    return e.add(e.add(first, pass * unit.m), e.rem(r, unit.m));
  }
  void write(LoopEmitter &e, ValueRange sums, int64_t pass, Value memory) override {
    auto [row, column] = placeOfItem(e, unit.c);
    Value first = e.add(e.mul(e.add(e.mul(groupRow(e), unit.m), row), tile.n),
                        e.add(e.mul(groupColumn(e), unitsN * unit.n), column));
    for (int64_t j = 0; j < unitsN; ++j)
      for (int64_t r = 0; r < unit.c.registers(); ++r) {
        auto [addRow, addColumn] = placeOfRegister(unit.c, r);
        Value sum = vector::ExtractOp::create(e.b, e.loc, sums[pass * unitsN + j], r);
        e.store(sum, memory, e.add(first, addRow * tile.n + j * unit.n + addColumn));
      }
  }

private:
  static constexpr int64_t kRows = 2;

  static VectorType vector(const FragmentLayout &layout, Type type) {
    return VectorType::get({layout.registers()}, type);
  }
  std::string function() const { return "portico.matrix." + unit.name; }
  void declare(ModuleOp out) {
    if (out.lookupSymbol(function()))
      return;
    OpBuilder b = OpBuilder::atBlockBegin(out.getBody());
    Type sums = vector(unit.c, type);
    auto f = func::FuncOp::create(
        b, out.getLoc(), function(),
        b.getFunctionType({vector(unit.a, elem), vector(unit.b, elem), sums}, {sums}));
    f.setPrivate();
  }

  /// Loads of 16 bytes stay aligned, and rows begin at different banks.
  int64_t pitch() const { return tile.k + 8; }

  Value subgroup(LoopEmitter &e) const { return e.div(item, subgroupSize); }
  Value groupRow(LoopEmitter &e) const { return e.div(subgroup(e), columnsOfGroups); }
  Value groupColumn(LoopEmitter &e) const { return e.rem(subgroup(e), columnsOfGroups); }

  static std::pair<int64_t, int64_t> placeOfRegister(const FragmentLayout &layout, int64_t r) {
    std::pair<int64_t, int64_t> place = {0, 0};
    for (auto [bit, step] : llvm::enumerate(layout.registerBits))
      if (r >> bit & 1) {
        place.first += step.first;
        place.second += step.second;
      }
    return place;
  }

  /// What the number of the work-item in its subgroup contributes.
  std::pair<Value, Value> placeOfItem(LoopEmitter &e, const FragmentLayout &layout) const {
    Value number = e.rem(item, subgroupSize), row = e.idx(0), column = e.idx(0);
    for (auto [index, step] : llvm::enumerate(layout.itemBits)) {
      Value bit = e.rem(e.div(number, int64_t(1) << index), 2);
      row = e.add(row, e.mul(bit, step.first));
      column = e.add(column, e.mul(bit, step.second));
    }
    return {row, column};
  }

  /// This work-item's part of the unit whose first row is `row`.
  Value fragment(LoopEmitter &e, Value memory, Value start, Value row,
                 const FragmentLayout &layout) const {
    auto [ownRow, ownK] = placeOfItem(e, layout);
    Value first = e.add(start, e.add(e.mul(e.add(row, ownRow), pitch()), ownK));
    Values elements;
    for (int64_t r = 0; r < layout.registers(); ++r) {
      auto [addRow, addK] = placeOfRegister(layout, r);
      elements.push_back(e.load(memory, e.add(first, addRow * pitch() + addK)));
    }
    return vector::FromElementsOp::create(e.b, e.loc, vector(layout, elem), elements);
  }

  GroupTile tile;
  const MatrixUnit &unit;
  Type elem, type;
  int64_t subgroupSize;
  Value item;
  int64_t columnsOfGroups, unitsM = 0, unitsN = 0;
};

} // namespace

std::unique_ptr<TileEngine> portico::makeMatrixEngine(const GroupTile &tile, Type elem,
                                                      Type accumulator, int64_t subgroupSize,
                                                      ModuleOp out, Value item) {
  return std::make_unique<MatrixEngine>(tile, elem, accumulator, subgroupSize, out, item);
}
