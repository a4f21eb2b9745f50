//===- Kernels.h - from a portico.kernel to loops over memory ---------------===//
//
// The contract between the kernel strategies (this directory) and the driver
// that lays out programs and hands kernels to a target.
//
// A kernel becomes one function per phase, all with the same arguments:
//
//   func.func @name(inputs..., results..., %scratch, %shared,
//                   %begin: index, %end: index, %status: memref<4xi64>)
//
// - inputs and results are ranked, static, contiguous memrefs of the storage
//   type (`storageType`). Their rank and sizes need not be those of the tensor:
//   dimensions are collapsed where that changes nothing, and `kAnyExtent` stands
//   for a size the code does not depend on. Only the address matters.
// - `%scratch : memref<S x i8>` is private to a task, S = `scratchBytes`;
//   `%shared : memref<N x i8>` is common to all tasks and phases of one launch,
//   N = `sharedBytes`. Both are 64-byte aligned, not initialised, and are
//   arguments even where the size is 0.
// - the function does the items [begin, end) of the phase's [0, extent). An
//   extent of 0 means there is nothing to run.
// - phases run one after the other with a barrier between; the same function may be
//   several of them.
// - a run-time error stores a code, the value, the bound and the ordinal of the
//   op in the kernel into `%status` (all 0 before the launch); the kernel clamps
//   and goes on.
//
// Where the target has work-groups (`TargetInfo::simt`), a phase is a kernel of the
// gpu dialect instead, which does the whole range:
//
//   gpu.module @kernels {
//     gpu.func @name(inputs..., results..., %shared, %extent: i64, %status)
//         workgroup(%group: memref<G x i8>) kernel attributes {known_block_size} }
//
// - arguments lie in the address space `global`; there is at most one attribution,
//   which the work-items of a group share.
// - the launch has the grid and the block of the phase. Code that does not depend
//   on the size is launched with different grids and extents.
// - there is no `%scratch`: what a work-item needs for itself is part of `%shared`.
//
// The bodies use func, gpu, simt, scf, memref, vector, arith and math. Of math only what
// is one instruction everywhere is left: fma, sqrt, abs, floor, ceil, trunc,
// roundeven, copysign.
//
//===----------------------------------------------------------------------===//

#ifndef PORTICO_LOWERING_KERNELS_KERNELS_H
#define PORTICO_LOWERING_KERNELS_KERNELS_H

#include "dialects/portico/IR/Portico.h"
#include "targets/Target.h"

#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/SmallVector.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

namespace portico {

/// Work-groups, and work-items in each of them; all 0 where there are none.
struct LaunchShape {
  std::array<uint32_t, 3> grid = {0, 0, 0};
  std::array<uint32_t, 3> block = {0, 0, 0};
  /// Bytes of memory that a group shares.
  uint32_t groupMemoryBytes = 0;

  /// How many groups there are to do, where that is more than a grid may have: then each
  /// group of the grid does several.
  int64_t groups = 0;

  /// One dimension of both.
  static LaunchShape ofGroups(int64_t groups, int64_t items);
};

/// One function of a kernel and the range it is run over.
struct KernelPhase {
  std::string name;
  /// The parallel range is [0, extent).
  int64_t extent = 1;
  /// A task of fewer items than this costs more to hand out than to do.
  int64_t grain = 1;
  /// How a target with work-groups launches it.
  LaunchShape shape;
};

/// On a phase whose strategy is not the best that the machine has: why, as text for people.
constexpr const char *kNotStreamedAttr = "portico.not_streamed";

/// Codes stored in the first word of `%status`, which the runtime reads: they are
/// part of a program's format.
enum class KernelStatus : int64_t { ok = 0, indexOutOfRange = 1, divisionByZero = 2 };

/// What the caller of a lowered kernel has to know.
struct KernelABI {
  /// None where no result has an element.
  llvm::SmallVector<KernelPhase, 1> phases;
  int64_t scratchBytes = 0;
  int64_t sharedBytes = 0;
  /// sameIndex[i][r]: input i is read only at the index of result r that is
  /// being written, so both may be the same memory.
  llvm::SmallVector<llvm::SmallVector<bool, 2>, 4> sameIndex;
};

/// The size of a memref dimension that the code does not depend on: the range
/// [begin, end) is what bounds the accesses.
constexpr int64_t kAnyExtent = int64_t(1) << 40;

/// Lowers `kernel` into functions `name`, `name_1`, ... of `out` and describes
/// them in `abi`. Equal kernels give equal text up to the name. Emits a
/// diagnostic at the kernel's location on failure.
llvm::LogicalResult lowerKernel(KernelOp kernel, const TargetInfo &target, mlir::ModuleOp out,
                                llvm::StringRef name, KernelABI &abi);

/// A strategy family: lowers the kernels of one `category`. Same contract as
/// `lowerKernel`; the table of them is in Kernels.cpp.
using KernelStrategy = llvm::LogicalResult (*)(KernelOp kernel, const TargetInfo &target,
                                               mlir::ModuleOp out, llvm::StringRef name,
                                               KernelABI &abi);

llvm::LogicalResult lowerLoopKernel(KernelOp, const TargetInfo &, mlir::ModuleOp, llvm::StringRef,
                                    KernelABI &);
llvm::LogicalResult lowerRowKernel(KernelOp, const TargetInfo &, mlir::ModuleOp, llvm::StringRef,
                                   KernelABI &);
llvm::LogicalResult lowerDotKernel(KernelOp, const TargetInfo &, mlir::ModuleOp, llvm::StringRef,
                                   KernelABI &);
llvm::LogicalResult lowerConvKernel(KernelOp, const TargetInfo &, mlir::ModuleOp, llvm::StringRef,
                                    KernelABI &);
llvm::LogicalResult lowerWindowKernel(KernelOp, const TargetInfo &, mlir::ModuleOp, llvm::StringRef,
                                      KernelABI &);
llvm::LogicalResult lowerScanKernel(KernelOp, const TargetInfo &, mlir::ModuleOp, llvm::StringRef,
                                    KernelABI &);
llvm::LogicalResult lowerSortKernel(KernelOp, const TargetInfo &, mlir::ModuleOp, llvm::StringRef,
                                    KernelABI &);
llvm::LogicalResult lowerScatterKernel(KernelOp, const TargetInfo &, mlir::ModuleOp,
                                       llvm::StringRef, KernelABI &);

} // namespace portico

#endif // PORTICO_LOWERING_KERNELS_KERNELS_H
