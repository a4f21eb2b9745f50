//===- GroupMatmul.h - matrix products, for work-groups ---------------------===//

#ifndef PORTICO_LOWERING_KERNELS_SIMT_GROUPMATMUL_H
#define PORTICO_LOWERING_KERNELS_SIMT_GROUPMATMUL_H

#include "lowering/Kernels/MatmulProblem.h"

namespace portico {

/// How a product is cut: a group does a tile of m x n, `k` summands at a time, a
/// work-item perM x perN of it.
struct GroupTile {
  static constexpr int64_t kSide = 16; // a group is kSide x kSide work-items
  int64_t m, n, k;
  int64_t perM() const { return m / kSide; }
  int64_t perN() const { return n / kSide; }
};

/// The largest tile that leaves enough groups to fill the machine; a function of
/// the sizes and the target alone.
GroupTile chooseGroupTile(const MatmulProblem &problem, const SimtInfo &simt);

/// The phases of a kernel whose main op, with the result `hero`, is `problem`.
llvm::LogicalResult lowerGroupMatmul(KernelOp kernel, mlir::Value hero,
                                     const MatmulProblem &problem, const TargetInfo &target,
                                     mlir::ModuleOp out, llvm::StringRef name, KernelABI &abi);

} // namespace portico

#endif // PORTICO_LOWERING_KERNELS_SIMT_GROUPMATMUL_H
