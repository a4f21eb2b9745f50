//===- GroupTranspose.cpp - inputs that lie across the result's rows --------===//
//
// A group does a tile of kTile x kTile points. An input that lies across is read
// along its own contiguous dimension into group memory and taken from there along
// the rows of the result, so that both sides touch memory in runs:
//
//   group[column][row] = x[.., row]    neighbouring work-items: neighbouring rows
//   barrier
//   y[row][column] = group[column][row]    neighbouring columns
//
//===----------------------------------------------------------------------===//

#include "lowering/Kernels/Simt/GroupLoops.h"

#include "lowering/Kernels/Loops.h"
#include "lowering/Kernels/Simt/GroupBuilder.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace portico;

namespace {

constexpr int64_t kTile = 32, kRows = 8, kItems = kTile * kRows;
/// One element more than a row, so that a column meets every bank.
constexpr int64_t kPitch = kTile + 1;

class GroupTransposer {
public:
  GroupTransposer(PhaseBuilder &phases, Nest &nest, unsigned dim, const SimtInfo &simt)
      : phases(phases), nest(nest), stage(nest.stages.front()), dim(dim),
        inner(nest.sizes.size() - 1), simt(simt), b(phases.linalgFunc.getContext()),
        loc(stage.generic.getLoc()), group(b, loc, simt),
        lanes(b, loc, /*lanes=*/1, indexBitsFor(nest)), dims(nest.sizes.size()) {}

  void emit() {
    SmallVector<int64_t> radix = groupRadix();
    int64_t groups = 1;
    for (int64_t size : radix)
      groups *= size;
    f = phases.start(b, groups, 1);
    phases.abi.phases.back().shape = LaunchShape::ofGroups(groups, kItems);
    group.allocateGroup(placeTiles());
    takeTile(radix);
    viewTiles();
    for (int64_t q = 0; q < kTile; q += kRows)
      readAcross(add(y, lanes.index(q)));
    group.barrier();
    for (int64_t q = 0; q < kTile; q += kRows)
      writeRow(add(y, lanes.index(q)));
  }

private:
  /// An input that lies across, and its tile in group memory.
  struct Crossing {
    unsigned input;
    int64_t byte;
    Value tile;
  };

  Value add(Value p, Value q) { return arith::AddIOp::create(b, loc, p, q); }
  Value times(Value p, int64_t q) { return arith::MulIOp::create(b, loc, p, lanes.index(q)); }
  Value less(Value p, int64_t bound) {
    return arith::CmpIOp::create(b, loc, arith::CmpIPredicate::ult, p, lanes.index(bound));
  }
  Value within(Value p, int64_t bound) {
    return arith::MinUIOp::create(b, loc, p, lanes.index(bound - 1));
  }

  Type elementOf(unsigned input) {
    return cast<MemRefType>(stage.generic->getOperand(input).getType()).getElementType();
  }

  /// What the number of a group is made of: the other dimensions, then rows and columns of
  /// tiles.
  SmallVector<int64_t> groupRadix() {
    SmallVector<int64_t> radix;
    for (unsigned k = 0; k < inner; ++k)
      if (k != dim)
        radix.push_back(nest.sizes[k]);
    radix.push_back(llvm::divideCeil(nest.sizes[dim], kTile));
    radix.push_back(llvm::divideCeil(nest.sizes[inner], kTile));
    return radix;
  }

  /// Lays the tiles out in group memory; its bytes. Inputs for which there is none left are
  /// read where they lie.
  int64_t placeTiles() {
    int64_t bytes = 0;
    for (unsigned k = 0; k < stage.generic.getNumDpsInputs(); ++k) {
      int64_t tile = kTile * kPitch * elementOf(k).getIntOrFloatBitWidth() / 8;
      int64_t end = llvm::alignTo(bytes + tile, 16);
      if (!liesAcross(stage, k, dim, inner) || end > simt.groupMemoryBytes)
        continue;
      crossing.push_back({k, bytes, nullptr});
      bytes = end;
    }
    return bytes;
  }

  /// Where the tile of this group begins, and where in it this work-item stands.
  void takeTile(ArrayRef<int64_t> radix) {
    SmallVector<Value> digits = delinearize(b, loc, group.group(), radix);
    left = times(digits.pop_back_val(), kTile);
    top = times(digits.pop_back_val(), kTile);
    for (unsigned k = 0, digit = 0; k < inner; ++k)
      if (k != dim)
        dims[k] = lanes.uniform(digits[digit++]);
    x = arith::RemUIOp::create(b, loc, group.item(), lanes.index(kTile));
    y = arith::DivUIOp::create(b, loc, group.item(), lanes.index(kTile));
  }

  void viewTiles() {
    for (Crossing &c : crossing)
      c.tile = group.viewGroup(c.byte, kTile * kPitch, elementOf(c.input));
  }

  /// Column `column` of each tile, whose neighbours are neighbours in the input. Past the
  /// edge an element is read again that nobody takes.
  void readAcross(Value column) {
    dims[dim] = lanes.uniform(within(add(top, x), nest.sizes[dim]));
    dims[inner] = lanes.uniform(within(add(left, column), nest.sizes[inner]));
    for (Crossing &c : crossing) {
      Value memref = phases.memory(b, f, stage.generic->getOperand(c.input));
      VaryingIndex at = lanes.evaluate(stage.accesses[c.input], dims, {});
      Value value = lanes.load(memref, at, nullptr, /*guarded=*/false);
      memref::StoreOp::create(b, loc, value, c.tile, ValueRange(add(times(column, kPitch), x)));
    }
  }

  /// Row `row` of the results.
  void writeRow(Value row) {
    Value atRow = add(top, row), atColumn = add(left, x);
    Value rowExists = less(atRow, nest.sizes[dim]);
    Value columnExists = less(atColumn, nest.sizes[inner]);
    Value exists = arith::AndIOp::create(b, loc, rowExists, columnExists);
    auto guard = scf::IfOp::create(b, loc, exists);
    OpBuilder::InsertionGuard insertion(b);
    b.setInsertionPoint(guard.thenBlock()->getTerminator());
    DenseMap<unsigned, Value> preloaded;
    for (Crossing &c : crossing)
      preloaded[c.input] =
          memref::LoadOp::create(b, loc, c.tile, ValueRange(add(times(x, kPitch), row)));
    dims[dim] = lanes.uniform(atRow);
    dims[inner] = lanes.uniform(atColumn);
    emitPoints(lanes, phases, f, stage, dims, nullptr, preloaded);
    lanes.loc = loc;
  }

  PhaseBuilder &phases;
  Nest &nest;
  NestStage &stage;
  /// Along `dim` the inputs are contiguous, along `inner` the results.
  unsigned dim, inner;
  const SimtInfo &simt;
  OpBuilder b;
  Location loc;
  GroupBuilder group;
  LaneBuilder lanes;

  func::FuncOp f;
  SmallVector<Crossing> crossing;
  SmallVector<VaryingIndex> dims;
  /// The first row and column of the tile, and the work-item's place: column x of every
  /// kRows-th row from y on.
  Value top, left, x, y;
};

} // namespace

void portico::emitGroupTransposed(PhaseBuilder &phases, Nest &nest, unsigned dim,
                                  const TargetInfo &target) {
  GroupTransposer(phases, nest, dim, *target.simt).emit();
}
