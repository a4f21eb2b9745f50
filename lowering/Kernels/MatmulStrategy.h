//===- MatmulStrategy.h - which matmul for which shape ----------------------===//
//
// The one place where shapes meet figures of the target. The plan is a pure
// function of both; integration/benchmarks sweeps it.
//
//===----------------------------------------------------------------------===//

#ifndef PORTICO_LOWERING_KERNELS_MATMULSTRATEGY_H
#define PORTICO_LOWERING_KERNELS_MATMULSTRATEGY_H

#include "lowering/Kernels/MatmulProblem.h"

namespace portico {

struct MatmulPlan {
  /// How B is read by the tiles.
  enum class PackB {
    /// In place: rows of n lie contiguous and B is small or used once.
    none,
    /// Each block copies its columns into its own scratch.
    block,
    /// A phase before copies all of B once, for all blocks.
    shared
  };

  /// Vectors run along k and each tile element is a dot product, where both
  /// operands have k innermost and there are few rows; otherwise vectors run
  /// along n.
  bool dotProducts = false;
  /// Compute C^T = B^T A^T.
  bool swap = false;
  int64_t lanes = 1;
  /// The register tile: rows x columns of C. Without dotProducts, columns is a
  /// multiple of lanes.
  int64_t tileM = 1, tileN = 1;
  /// A is copied, transposed to [tile][k][tileM], by each block.
  bool packA = false;
  PackB packB = PackB::none;
  /// C is computed block by block: the unit of parallel work. k runs in steps
  /// of blockK, between which the sums rest in memory.
  int64_t blockM = 1, blockN = 1, blockK = 1;

  int64_t blocksM(int64_t m) const;
  int64_t blocksN(int64_t n) const;
  /// The largest block with its remainder.
  int64_t maxRows(int64_t m) const;
  int64_t maxColumns(int64_t n) const;
};

/// The plan for `p`, after the swap it asks for.
MatmulPlan planMatmul(MatmulProblem &p, const TargetInfo &target);

/// Lanes of a vector register for elements of compute type `elem`.
int64_t lanesFor(mlir::Type elem, const TargetInfo &target);

/// The register tile for m x n results in vectors of `lanes` along n that needs
/// the fewest cycles per step of k: (rows, vectors).
std::pair<int64_t, int64_t> chooseTile(int64_t m, int64_t n, int64_t lanes, int64_t registers,
                                       int64_t maxRows = 12);

} // namespace portico

#endif // PORTICO_LOWERING_KERNELS_MATMULSTRATEGY_H
