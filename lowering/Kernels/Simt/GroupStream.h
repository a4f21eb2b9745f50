//===- GroupStream.h - products whose operands stream through group memory --===//
//
//   item 0 starts the copies of the first steps of k, each into a stage of its own
//   for each step:
//     wait for the copies of its stage;  sums += products of what lies there (started)
//     wait for the products of the step before;  barrier
//     item 0 starts the copies of a later step into the stage of the step before
//
// The copies of all stages but one and the products of a step are under way together.
// No work-item holds operands in registers or computes an address of one.
//
//   before   %c = portico.dot_general %a, %b
//   after    scf.if %first { simt.init_signals };  gpu.barrier
//            scf.if %first { simt.expect_bytes;  simt.copy_tile %a ..;  simt.copy_tile %b .. }
//            %r = scf.for %step iter_args(%sum = 0) {
//              simt.await_signal %signals[%slot], %round
//              %1 = simt.group_multiply_add %memory[..], .., %sum
//              %2 = simt.group_multiply_wait %1 {pending = 1}
//              gpu.barrier
//              scf.if %first and %later < %to { the copies of step %later }
//              scf.yield %2 }
//            simt.group_multiply_wait %r {pending = 0}
//
//===----------------------------------------------------------------------===//

#ifndef PORTICO_LOWERING_KERNELS_SIMT_GROUPSTREAM_H
#define PORTICO_LOWERING_KERNELS_SIMT_GROUPSTREAM_H

#include "lowering/Kernels/Simt/GroupBuilder.h"
#include "lowering/Kernels/Simt/GroupTile.h"

namespace portico {

/// A row of a panel (dialects/simt), in bytes and in elements of a product.
constexpr int64_t kPanelRowBytes = 128;
int64_t panelRow(const GroupProduct &product);

/// One dimension of an operand as a copy sees it.
struct CopyDim {
  int64_t size, stride;
  /// What runs along it: 0 the row or column, 1 k, 2.. a batch dimension.
  unsigned index;
};

/// The dimensions of an operand that is plain memory, from the innermost outwards; `extent`
/// is m or n.
llvm::SmallVector<CopyDim> copyDims(const GroupProduct &product,
                                    const GroupProduct::Operand &operand, int64_t extent);

/// GroupStreamChoice.cpp: chooses a tile for matrix instructions that read group memory. Where the
/// product is none for them, says why and leaves the tile alone.
std::string chooseStreamedTile(const GroupProduct &product, const SimtInfo &simt, GroupTile &tile);

/// One group's tile of a product, whose `GroupTile::groupUnit` is set.
class GroupStream : public TileSums {
public:
  GroupStream(const GroupProduct &product, const GroupTile &tile, int64_t subgroupSize,
              mlir::Value item);

  /// What it needs of group memory, the sums on their way out included.
  int64_t groupBytes() const;

  /// The sums of `part`. Group memory is this product's alone.
  Values accumulate(PhaseFunction &e, GroupBuilder &group, const TilePart &part);

  Values zeros(LoopEmitter &e) const override;
  int64_t passes() const override { return 1; }
  int64_t passRows() const override { return tile.m; }
  mlir::Value rowOf(LoopEmitter &, mlir::Value r, int64_t) const override { return r; }
  void write(LoopEmitter &e, mlir::ValueRange sums, int64_t pass, mlir::Value memory) override;

private:
  /// One operand, `rows` of whose rows or columns a tile has.
  struct Side {
    const GroupProduct::Operand &operand;
    int64_t rows, extent;
    /// Where it begins in a stage, in bytes.
    int64_t start;
  };
  int64_t bytesOf(int64_t rows) const;
  int64_t stageBytes() const { return bytesOf(tile.m) + bytesOf(tile.n); }
  /// Behind the stages, and behind the sums that take their place.
  int64_t signalsByte() const;
  void startStep(PhaseFunction &e, const TilePart &part, mlir::Value step, mlir::Value slot);
  void startCopies(PhaseFunction &e, const Side &side, llvm::ArrayRef<mlir::Value> batch,
                   mlir::Value row, mlir::Value step, mlir::Value slot);
  mlir::Value multiply(PhaseFunction &e, mlir::Value slot, mlir::Value sum);

  const GroupProduct &p;
  GroupTile tile;
  const GroupMatrixUnit &unit;
  int64_t subgroupSize;
  mlir::Value item;
  Side a, b;
  mlir::Value memory, signals;
};

} // namespace portico

#endif // PORTICO_LOWERING_KERNELS_SIMT_GROUPSTREAM_H
