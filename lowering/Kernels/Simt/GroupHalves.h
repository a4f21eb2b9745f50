//===- GroupHalves.h - products whose operands go through two halves --------===//
//
//   registers = the first summands of A's rows and B's columns
//   for each step of k:
//     group memory (one of two halves) = registers;  barrier
//     registers = what the next step needs
//     sums += products of what lies in the half
//
// While a step is computed from one half the loads of the next are under way, and
// one barrier a step is enough: who writes a half again has passed the barrier that
// everybody reaches after reading it.
//
//   before   %c = portico.dot_general %a, %b
//   after    %a0 = memref.load %a[..] : global           // as often as `loads`; %b0 likewise
//            %r:3 = scf.for %step iter_args(%sums = 0, %a1 = %a0, %b1 = %b0) {
//              memref.store %a1, %memory[..] : workgroup
//              memref.store %b1, %memory[..] : workgroup
//              gpu.barrier
//              %a2 = memref.load %a[..] : global
//              %b2 = memref.load %b[..] : global
//              %next = ... math.fma or simt.multiply_add of what lies in %memory ...
//              scf.yield %next, %a2, %b2 }
//
//===----------------------------------------------------------------------===//

#ifndef PORTICO_LOWERING_KERNELS_SIMT_GROUPHALVES_H
#define PORTICO_LOWERING_KERNELS_SIMT_GROUPHALVES_H

#include "lowering/Kernels/Simt/GroupBuilder.h"
#include "lowering/Kernels/Simt/GroupTile.h"

namespace portico {

/// One group's tile of a product, whose operands the work-items fetch.
class GroupHalves {
public:
  using Values = LoopEmitter::Values;

  GroupHalves(const GroupProduct &product, const GroupTile &tile, TileEngine &engine,
              mlir::Value item)
      : p(product), tile(tile), engine(engine), item(item) {}

  /// What it needs of group memory, the sums on their way out included.
  int64_t groupBytes() const;

  /// The sums of `part`. Group memory is this product's alone.
  Values accumulate(PhaseFunction &e, GroupBuilder &group, const TilePart &part);

private:
  /// One operand as a group sees it.
  struct Side {
    const GroupProduct::Operand &operand;
    /// Rows or columns of a tile, and of the product.
    int64_t rows, extent;
    mlir::Value first;
    /// Where its first half begins, in elements of group memory.
    int64_t start;
    /// Elements of a step that each work-item fetches, and those of them that lie
    /// side by side.
    int64_t loads, run;
  };

  Side makeSide(const GroupProduct::Operand &operand, int64_t rows, int64_t extent,
                mlir::Value first, int64_t start) const;
  /// The row or column and the k that load `l` of this work-item fetches.
  std::pair<mlir::Value, mlir::Value> placeOf(PhaseFunction &e, const Side &side, int64_t l) const;
  /// What this work-item brings of the step that begins at `k0`.
  Values fetch(PhaseFunction &e, const Side &side, llvm::ArrayRef<mlir::Value> batch,
               mlir::Value k0) const;
  /// An element that was fetched, as a number of the sums' type.
  mlir::Value toSum(LoopEmitter &e, mlir::Value carried) const;
  void put(PhaseFunction &e, const Side &side, mlir::ValueRange values, mlir::Value half);
  /// Where half `half` of an operand begins.
  mlir::Value startOf(PhaseFunction &e, const Side &side, mlir::Value half) const;
  /// Elements of both halves of both operands.
  int64_t elements() const { return 2 * (engine.elements(tile.m) + engine.elements(tile.n)); }

  const GroupProduct &p;
  const GroupTile &tile;
  TileEngine &engine;
  mlir::Value item, memory;
};

} // namespace portico

#endif // PORTICO_LOWERING_KERNELS_SIMT_GROUPHALVES_H
