//===- MatrixEngine.cpp - a tile of a product by matrix instructions --------===//
//
// The subgroups of a group share the tile in two rows of them; each has a block of
// units of the instruction. Operands lie as [row][k] in their own width, so that what
// a work-item needs of a fragment is mostly side by side.
//
//   %x = vector.from_elements (the lane's elements of A: memref.load %memory[..])
//   %y = vector.from_elements (those of B)
//   %sum = simt.multiply_add %x, %y, %sum {m, n, k}      for each unit of the block
//
// Which elements are a lane's, `MatrixPart` says.
//
//===----------------------------------------------------------------------===//

#include "lowering/Kernels/Simt/GroupTile.h"

#include "dialects/simt/Simt.h"

#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace portico;

namespace {

class MatrixEngine : public TileEngine {
public:
  MatrixEngine(const GroupTile &tile, Type elem, Type accumulator, int64_t subgroupSize, Value item)
      : tile(tile), unit(*tile.unit), elem(elem), type(accumulator), subgroupSize(subgroupSize),
        item(item), columnsOfGroups(GroupTile::kItems / subgroupSize / kRows) {
    unitsM = tile.m / kRows / unit.m;
    unitsN = tile.n / columnsOfGroups / unit.n;
  }

  /// Half types as integers: see `asCarried` of the product.
  Type staged() const override {
    return elem.getIntOrFloatBitWidth() == 16 ? IntegerType::get(elem.getContext(), 16) : elem;
  }
  /// Each element is read by several subgroups: rounded here, it is rounded once.
  Value prepare(LoopEmitter &e, Value element) const override {
    return isTf32() ? simt::RoundTf32Op::create(e.b, e.loc, element).getResult() : element;
  }
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
        x.push_back(fragment(e, memory, e.add(a, k), e.add(rowA, i * unit.m), unit.a, unit.a.row,
                             unit.a.column));
      for (int64_t j = 0; j < unitsN; ++j)
        y.push_back(fragment(e, memory, e.add(b, k), e.add(rowB, j * unit.n), unit.b, unit.b.column,
                             unit.b.row));
      for (int64_t i = 0; i < unitsM; ++i)
        for (int64_t j = 0; j < unitsN; ++j) {
          Value &sum = result[i * unitsN + j];
          sum = simt::MultiplyAddOp::create(e.b, e.loc, sum.getType(), x[i], y[j], sum,
                                            uint64_t(unit.m), uint64_t(unit.n), uint64_t(unit.k),
                                            isTf32());
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
    Value row = e.add(e.mul(groupRow(e), unit.m), ofLane(e, unit.c.row));
    Value column = e.add(e.mul(groupColumn(e), unitsN * unit.n), ofLane(e, unit.c.column));
    Value first = e.add(e.mul(row, tile.n), column);
    for (int64_t j = 0; j < unitsN; ++j)
      for (int64_t r = 0; r < unit.c.elements; ++r) {
        int64_t place = digitsOfElement(unit.c.row, r) * tile.n + j * unit.n +
                        digitsOfElement(unit.c.column, r);
        Value sum = vector::ExtractOp::create(e.b, e.loc, sums[pass * unitsN + j], r);
        e.store(sum, memory, e.add(first, place));
      }
  }

private:
  static constexpr int64_t kRows = 2;

  static VectorType vector(const MatrixPart &part, Type type) {
    return VectorType::get({part.elements}, type);
  }

  /// Loads of 16 bytes stay aligned, and rows begin at different banks.
  int64_t pitch() const { return tile.k + 128 / elem.getIntOrFloatBitWidth(); }

  bool isTf32() const { return unit.input == MatrixUnit::Element::tf32; }

  Value subgroup(LoopEmitter &e) const { return e.div(item, subgroupSize); }
  Value groupRow(LoopEmitter &e) const { return e.div(subgroup(e), columnsOfGroups); }
  Value groupColumn(LoopEmitter &e) const { return e.rem(subgroup(e), columnsOfGroups); }

  Value ofLane(LoopEmitter &e, ArrayRef<MatrixPart::Digit> digits) const {
    return digitsOfLane(e, digits, e.rem(item, subgroupSize));
  }

  /// This work-item's part of the unit whose first row in memory is `row`. A lies
  /// by rows and k, B by columns and k.
  Value fragment(LoopEmitter &e, Value memory, Value start, Value row, const MatrixPart &part,
                 ArrayRef<MatrixPart::Digit> rows, ArrayRef<MatrixPart::Digit> ks) const {
    Value own = e.add(e.mul(e.add(row, ofLane(e, rows)), pitch()), ofLane(e, ks));
    Value first = e.add(start, own);
    Values elements;
    for (int64_t r = 0; r < part.elements; ++r)
      elements.push_back(e.load(
          memory, e.add(first, digitsOfElement(rows, r) * pitch() + digitsOfElement(ks, r))));
    Value held = vector::FromElementsOp::create(e.b, e.loc, vector(part, staged()), elements);
    if (staged() == elem)
      return held;
    return vector::BitCastOp::create(e.b, e.loc, vector(part, elem), held);
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
                                                      Value item) {
  return std::make_unique<MatrixEngine>(tile, elem, accumulator, subgroupSize, item);
}
