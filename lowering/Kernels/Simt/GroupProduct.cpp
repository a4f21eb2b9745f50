//===- GroupProduct.cpp - sums of products, for work-groups -----------------===//
//
//   C[row.., column..] of a group:
//     sums = products of A's rows and B's columns, step by step     GroupHalves.h, or
//                                                                   GroupStream.h
//     rows of the tile through group memory -> bias, activation -> results
//
// Where k is cut, groups leave their sums in shared memory:
//
//   phase 0   partials[split] = the sums over a part of k
//   phase 1   partials[0] + partials[1] + ..  -> bias, activation -> results
//
//===----------------------------------------------------------------------===//

#include "lowering/Kernels/Simt/GroupProduct.h"

#include "lowering/Kernels/Simt/GroupBuilder.h"
#include "lowering/Kernels/Simt/GroupHalves.h"
#include "lowering/Kernels/Simt/GroupStream.h"
#include "lowering/Kernels/Simt/GroupSums.h"
#include "lowering/Kernels/Simt/GroupTile.h"
#include "lowering/ToLinalg/Elementwise.h"

using namespace mlir;
using namespace portico;

namespace {

class ProductLowering {
public:
  ProductLowering(KernelOp kernel, Value hero, const GroupProduct &product, const SimtInfo &simt,
                  ModuleOp out, StringRef name, KernelABI &abi)
      : kernel(kernel), hero(hero), p(product), simt(simt), out(out), name(name), abi(abi),
        tile(chooseGroupTile(product, simt)),
        results(kernel, hero, product.accumulator, tile.splits, simt, out, name, abi) {}

  LogicalResult lower();

private:
  using Values = LoopEmitter::Values;

  void emitTiles();
  /// The tile of this group, and its split.
  TilePart takePart(PhaseFunction &e, GroupBuilder &group);
  std::unique_ptr<TileEngine> makeEngine();
  void writeResults(PhaseFunction &e, GroupBuilder &group, const TilePart &part, TileSums &layout,
                    ValueRange sums);

  KernelOp kernel;
  Value hero;
  const GroupProduct &p;
  const SimtInfo &simt;
  ModuleOp out;
  StringRef name;
  KernelABI &abi;
  GroupTile tile;
  GroupSums results;

  Value item;
  /// Null where k is not cut.
  Value split;
};

} // namespace

/// Some rows of the tile at a time lie in group memory, so that the results are
/// written row by row and the ops after the product are there once for each pass.
void ProductLowering::writeResults(PhaseFunction &e, GroupBuilder &group, const TilePart &part,
                                   TileSums &layout, ValueRange sums) {
  int64_t count = layout.passRows() * tile.n;
  Value staged = group.viewGroup(0, count, p.accumulator);
  for (int64_t pass = 0; pass < layout.passes(); ++pass) {
    group.barrier();
    layout.write(e, sums, pass, staged);
    group.barrier();
    e.loop(item, e.idx(count), GroupTile::kItems, [&](Value flat) {
      Value m = e.add(part.row, layout.rowOf(e, e.div(flat, tile.n), pass));
      Value n = e.add(part.column, e.rem(flat, tile.n));
      e.when(e.both(e.less(m, p.m), e.less(n, p.n)),
             [&] { results.write(e, p.place(e, part.batch, m, n), e.load(staged, flat), split); });
    });
  }
}

TilePart ProductLowering::takePart(PhaseFunction &e, GroupBuilder &group) {
  TilePart part;
  int64_t tilesM = ceilDiv(p.m, tile.m), tilesN = ceilDiv(p.n, tile.n);
  Value number = group.group();
  part.column = e.mul(e.rem(number, tilesN), tile.n);
  Value rest = e.div(number, tilesN);
  part.row = e.mul(e.rem(rest, tilesM), tile.m);
  rest = e.div(rest, tilesM);
  if (tile.splits > 1) {
    split = e.rem(rest, tile.splits);
    rest = e.div(rest, tile.splits);
  }
  part.batch = e.delinearize(rest, p.batch);
  int64_t steps = ceilDiv(p.k, tile.k);
  part.from = e.idx(0);
  part.to = e.idx(steps);
  if (split) {
    int64_t each = ceilDiv(steps, tile.splits);
    part.from = e.mul(split, each);
    part.to = e.min(e.add(part.from, each), steps);
  }
  return part;
}

std::unique_ptr<TileEngine> ProductLowering::makeEngine() {
  if (tile.unit)
    return makeMatrixEngine(tile, storageType(p.elem), p.accumulator, simt.subgroupSize, item);
  return makeScalarEngine(tile, p.accumulator, item);
}

void ProductLowering::emitTiles() {
  int64_t groups = tilesOf(p, tile) * tile.splits;
  PhaseFunction e(kernel, out, name, abi, groups, 1);
  abi.phases.back().shape = LaunchShape::ofGroups(groups, GroupTile::kItems);
  if (!tile.notStreamed.empty())
    e.b.getInsertionBlock()->getParentOp()->setAttr(kNotStreamedAttr,
                                                    e.b.getStringAttr(tile.notStreamed));
  GroupBuilder group(e.b, e.loc, simt);
  item = group.item();
  TilePart part = takePart(e, group);
  if (tile.groupUnit) {
    GroupStream stream(p, tile, simt.subgroupSize, item);
    group.allocateGroup(stream.groupBytes());
    writeResults(e, group, part, stream, stream.accumulate(e, group, part));
  } else {
    std::unique_ptr<TileEngine> engine = makeEngine();
    GroupHalves halves(p, tile, *engine, item);
    group.allocateGroup(halves.groupBytes());
    writeResults(e, group, part, *engine, halves.accumulate(e, group, part));
  }
}

LogicalResult ProductLowering::lower() {
  if (failed(results.check()))
    return failure();
  emitTiles();
  results.emitPhases();
  return success();
}

LogicalResult portico::lowerGroupProduct(KernelOp kernel, Value hero, const GroupProduct &product,
                                         const TargetInfo &target, ModuleOp out, StringRef name,
                                         KernelABI &abi) {
  return ProductLowering(kernel, hero, product, *target.simt, out, name, abi).lower();
}
