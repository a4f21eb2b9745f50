//===- MatmulTile.h - the inner parts of a matmul ---------------------------===//
//
// Shared by matmul and convolution: the register tile, and the copies that put
// operands in the order the tile reads them.
//
//===----------------------------------------------------------------------===//

#ifndef PORTICO_LOWERING_KERNELS_MATMULTILE_H
#define PORTICO_LOWERING_KERNELS_MATMULTILE_H

#include "lowering/Kernels/PhaseFunction.h"

namespace portico {

/// Elements of portico type `elem` in a flat memref.
struct TypedMemory {
  mlir::Value memory;
  mlir::Type elem;
};

/// Loads in compute type.
mlir::Value loadTyped(LoopEmitter &e, TypedMemory from, mlir::Value index);
mlir::Value loadTypedVector(LoopEmitter &e, TypedMemory from, mlir::Value index, int64_t lanes,
                            mlir::Value mask = nullptr);

/// A register tile of rows x vectors sums that stays in registers over `steps`
/// steps of k:
///
///   sums[i][v] += a[i](k) * b[v](k),  a broadcast, b a vector along n
struct RegisterTile {
  int64_t rows, vectors, lanes;
  mlir::Type accumulator;
  mlir::Value steps;
  /// Element of A for register row i at step k.
  llvm::function_ref<mlir::Value(mlir::Value k, int64_t i)> a;
  /// The first element of B's row at step k; vectors follow at b + v * lanes.
  llvm::function_ref<mlir::Value(mlir::Value k)> bIndex;
  TypedMemory b;
  /// Where the sums rest: row i, vector v at c[cIndex + i * cRow + v * lanes].
  mlir::Value c, cIndex;
  int64_t cRow;
  /// Sums are stored where this holds, otherwise added to those in memory.
  mlir::Value fresh;
};
void emitTile(LoopEmitter &e, const RegisterTile &tile);

/// Copies a panel, `width` wide, so that the tile reads it in order:
///
///   to[toIndex + k * width + w] = from[fromIndex + k * strideK + w * strideW]
///
/// for k < steps and w < width, in compute type. Positions w >= valid hold
/// anything. At least `minSteps` steps. `to` has `lanes` elements to spare
/// after the last panel, and panels are copied in ascending order.
struct PanelCopy {
  TypedMemory from;
  mlir::Value fromIndex;
  int64_t strideK, strideW;
  mlir::Value to, toIndex;
  int64_t width, lanes;
  mlir::Value steps;
  int64_t minSteps;
  /// How many of `width` there are; all where `alwaysFull`.
  mlir::Value valid;
  bool alwaysFull;
};
void emitPanelCopy(LoopEmitter &e, const PanelCopy &copy);

/// The sum of a vector's lanes, halves added to halves.
mlir::Value sumLanes(LoopEmitter &e, mlir::Value vector);

} // namespace portico

#endif // PORTICO_LOWERING_KERNELS_MATMULTILE_H
