//===- PhaseFunction.h - one phase of a kernel, opened for emission --------===//

#ifndef PORTICO_LOWERING_KERNELS_PHASEFUNCTION_H
#define PORTICO_LOWERING_KERNELS_PHASEFUNCTION_H

#include "lowering/Kernels/Kernels.h"
#include "lowering/Kernels/LoopEmitter.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace portico {

/// A function with the signature of Kernels.h whose tensors are flat, and an
/// emitter at its end. The scratch sizes in `abi` must be final.
class PhaseFunction : public LoopEmitter {
public:
  /// Adds phase number abi.phases.size() with its range to `abi` and opens it.
  PhaseFunction(KernelOp kernel, mlir::ModuleOp out, llvm::StringRef name, KernelABI &abi,
                int64_t extent, int64_t grain);
  /// Returns from the function.
  ~PhaseFunction();

  llvm::SmallVector<Value> inputs, results;
  Value scratch, shared, begin, end, status;

private:
  PhaseFunction(KernelOp kernel, mlir::func::FuncOp func);
};

/// No input may share memory with a result.
void setNothingInPlace(KernelOp kernel, KernelABI &abi);

int64_t elementsOf(mlir::Value tensor);
llvm::ArrayRef<int64_t> shapeOf(mlir::Value tensor);
mlir::Type elementTypeOf(mlir::Value tensor);
llvm::SmallVector<int64_t> rowMajorStrides(llvm::ArrayRef<int64_t> shape);
/// Bytes an element takes in memory.
int64_t storageBytes(mlir::Type elem);

/// How many items make a task worth handing out, when one item is `work`
/// elementary operations.
int64_t grainFor(double work);

} // namespace portico

#endif // PORTICO_LOWERING_KERNELS_PHASEFUNCTION_H
