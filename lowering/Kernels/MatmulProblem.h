//===- MatmulProblem.h - a dot_general as strides ---------------------------===//
//
//   C[b, m, n] = sum over k of A[b, m, k] * B[b, k, n]
//
// with any number of batch dimensions and one of each of m, n and k, every one
// with a stride in each operand. Transposed, permuted, sliced and broadcast
// operands differ in strides alone.
//
//===----------------------------------------------------------------------===//

#ifndef PORTICO_LOWERING_KERNELS_MATMULPROBLEM_H
#define PORTICO_LOWERING_KERNELS_MATMULPROBLEM_H

#include "lowering/Kernels/PhaseFunction.h"

namespace portico {

/// One operand: an argument of the kernel read through strides, or, where the
/// ops before the dot are more than strides, a copy made in shared scratch.
struct MatmulOperand {
  mlir::Value value;
  /// The argument; -1 when copied.
  int64_t argument = -1;
  int64_t offset = 0;
  /// Element type in memory (a portico element type).
  mlir::Type elem;
  /// Where the copy lies in the shared scratch.
  int64_t copyByte = 0;
  /// The dimensions of `value` from outermost to innermost in the copy.
  llvm::SmallVector<int64_t> copyOrder;
  bool copied() const { return argument < 0; }
};

struct MatmulBatchDim {
  int64_t size, a, b, c;
};

struct MatmulProblem {
  llvm::SmallVector<MatmulBatchDim> batch;
  int64_t m = 1, n = 1, k = 1;
  int64_t aM = 0, aK = 0, bK = 0, bN = 0, cM = 0, cN = 0;
  MatmulOperand a, b;
  /// The element type the sums are kept in.
  mlir::Type accumulator;
  /// f32 operands may be rounded to TF32.
  bool allowTf32 = false;

  int64_t batchSize() const;
  /// C^T = B^T A^T: the same sums with the roles exchanged.
  void swapOperands();
};

/// The one dot_general of a kernel's body, or null.
DotGeneralOp findDot(KernelOp kernel);

/// Reads the strides off `dot` and the data movement before it.
MatmulProblem matmulProblemOf(DotGeneralOp dot);

} // namespace portico

#endif // PORTICO_LOWERING_KERNELS_MATMULPROBLEM_H
