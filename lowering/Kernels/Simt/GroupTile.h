//===- GroupTile.h - how a product is cut into tiles ------------------------===//

#ifndef PORTICO_LOWERING_KERNELS_SIMT_GROUPTILE_H
#define PORTICO_LOWERING_KERNELS_SIMT_GROUPTILE_H

#include "lowering/Kernels/Simt/GroupProduct.h"

namespace portico {

/// A group does a tile of m x n, `k` summands at a time. Where there are few tiles
/// and many summands, `splits` groups share a tile; each leaves its sums in memory,
/// and they are added up in order.
struct GroupTile {
  /// Work-items of a group.
  static constexpr int64_t kItems = 256;
  int64_t m = 0, n = 0, k = 0;
  int64_t splits = 1;
  /// Null: multiply-adds.
  const MatrixUnit *unit = nullptr;
  /// Set where operands stream through group memory; then so is `stages`: how many steps of
  /// k lie there at a time.
  const GroupMatrixUnit *groupUnit = nullptr;
  int64_t stages = 0;
  /// Why they do not, where there are instructions for it; else empty.
  std::string notStreamed;
};

/// The largest tile that leaves enough groups to fill the machine, with matrix
/// instructions where there are any for the type; a function of the sizes and the
/// target alone.
GroupTile chooseGroupTile(const GroupProduct &product, const SimtInfo &simt);

/// How many tiles of that size a product has.
int64_t tilesOf(const GroupProduct &product, const GroupTile &tile);

/// A tile of a product for one group: where it begins, and the steps of k that are
/// summed, [from, to).
struct TilePart {
  llvm::SmallVector<mlir::Value> batch;
  mlir::Value row, column, from, to;
};

/// The sums of a tile, spread over the registers of a group.
class TileSums {
public:
  using Values = LoopEmitter::Values;
  virtual ~TileSums();

  /// What a work-item has of the sums, as values that a loop carries.
  virtual Values zeros(LoopEmitter &e) const = 0;

  /// The sums go through group memory `passRows` rows of the tile at a time: pass
  /// `pass` writes them as [passRows][n], where row r is row `rowOf` of the tile.
  virtual int64_t passes() const = 0;
  virtual int64_t passRows() const = 0;
  virtual mlir::Value rowOf(LoopEmitter &e, mlir::Value r, int64_t pass) const = 0;
  virtual void write(LoopEmitter &e, mlir::ValueRange sums, int64_t pass, mlir::Value memory) = 0;
};

/// What the work-items of a group do with a tile once its operands lie in group
/// memory.
class TileEngine : public TileSums {
public:
  /// How elements lie in group memory, and where element (row, k) of an operand
  /// with `rows` rows lies.
  virtual mlir::Type staged() const = 0;
  virtual int64_t elements(int64_t rows) const = 0;
  /// An element of the staged type as it goes there.
  virtual mlir::Value prepare(LoopEmitter &e, mlir::Value element) const { return element; }
  virtual mlir::Value address(LoopEmitter &e, int64_t rows, mlir::Value row,
                              mlir::Value k) const = 0;

  /// The sums after the summands that lie at `a` and `b` in group memory.
  virtual Values multiply(LoopEmitter &e, mlir::ValueRange sums, mlir::Value memory, mlir::Value a,
                          mlir::Value b) = 0;
};

/// Sums in registers by multiply-adds.
std::unique_ptr<TileEngine> makeScalarEngine(const GroupTile &tile, mlir::Type accumulator,
                                             mlir::Value item);
/// Sums in the fragments of matrix instructions.
std::unique_ptr<TileEngine> makeMatrixEngine(const GroupTile &tile, mlir::Type elem,
                                             mlir::Type accumulator, int64_t subgroupSize,
                                             mlir::Value item);

/// What element number `element` of a lane contributes to a row or column of a matrix.
int64_t digitsOfElement(llvm::ArrayRef<MatrixPart::Digit> digits, int64_t element);
/// What lane number `lane` contributes.
mlir::Value digitsOfLane(LoopEmitter &e, llvm::ArrayRef<MatrixPart::Digit> digits,
                         mlir::Value lane);

} // namespace portico

#endif // PORTICO_LOWERING_KERNELS_SIMT_GROUPTILE_H
