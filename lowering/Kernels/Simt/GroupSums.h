//===- GroupSums.h - from the sums of a product to its results --------------===//
//
// Groups that share a sum (`splits` of them) leave what they have in memory, and it is
// added up in order:
//
//   sums, or parts of them  ->  parts, added up  ->  bias, activation  ->  results
//
// Where the results are not elementwise in the sums, these go to memory as a whole.
//
//===----------------------------------------------------------------------===//

#ifndef PORTICO_LOWERING_KERNELS_SIMT_GROUPSUMS_H
#define PORTICO_LOWERING_KERNELS_SIMT_GROUPSUMS_H

#include "lowering/Kernels/ResultWriter.h"

namespace portico {

class GroupSums {
public:
  /// Of the kernel's main op, with the result `hero`. Makes room for what lies in memory.
  GroupSums(KernelOp kernel, mlir::Value hero, mlir::Type accumulator, int64_t splits,
            const SimtInfo &simt, mlir::ModuleOp out, llvm::StringRef name, KernelABI &abi);

  /// Refuses a kernel in which an op after the main op cannot be evaluated.
  llvm::LogicalResult check();

  /// Element number `place` of the main op, or what `split` contributes to it, which is null
  /// where there are no splits.
  void write(PhaseFunction &e, mlir::Value place, mlir::Value sum, mlir::Value split);

  /// What is left to do after the phase that writes.
  void emitPhases();

private:
  void finish(PhaseFunction &e, mlir::Value place, mlir::Value sum);
  mlir::Value partials(PhaseFunction &e);

  KernelOp kernel;
  mlir::Value hero;
  mlir::Type accumulator;
  int64_t splits, elements;
  const SimtInfo &simt;
  mlir::ModuleOp out;
  llvm::StringRef name;
  KernelABI &abi;
  ResultWriter writer;
  int64_t heroByte = 0, partialsByte = 0;
};

} // namespace portico

#endif // PORTICO_LOWERING_KERNELS_SIMT_GROUPSUMS_H
