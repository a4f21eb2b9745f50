//===- KernelFunction.h - the function a kernel becomes ---------------------===//

#ifndef PORTICO_LOWERING_TOLINALG_KERNELFUNCTION_H
#define PORTICO_LOWERING_TOLINALG_KERNELFUNCTION_H

#include "lowering/ToLinalg/BodyBuilder.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace portico {

/// The state shared by what builds the stages of one kernel.
struct KernelFunction {
  KernelOp kernel;
  mlir::func::FuncOp func;
  mlir::OpBuilder b;
  Leaves leaves;
  std::string name;

  /// Starts the function; result `r` gets the shape `resultShapes[r]`, another
  /// shape of the same elements.
  KernelFunction(KernelOp kernel, mlir::ModuleOp out, llvm::StringRef name,
                 llvm::ArrayRef<llvm::SmallVector<int64_t>> resultShapes);

  mlir::Value result(unsigned r) { return func.getArgument(kernel.getNumOperands() + r); }
  mlir::Value status() { return func.getArguments().back(); }

  /// A generic over `extents`, all parallel, that stores `values[k]`, an element
  /// of portico type, to `outputs[k]`, which has the shape `extents`.
  bool elementwiseStage(mlir::Location loc, llvm::ArrayRef<int64_t> extents,
                        mlir::ValueRange values, mlir::ValueRange outputs,
                        bool inComputeType = false);
};

/// The value behind reshapes, which move nothing.
mlir::Value peelReshapes(mlir::Value value);

mlir::func::FuncOp loopKernelToLinalg(KernelOp kernel, mlir::ModuleOp out, llvm::StringRef name);
mlir::func::FuncOp rowKernelToLinalg(KernelOp kernel, mlir::ModuleOp out, llvm::StringRef name);

} // namespace portico

#endif // PORTICO_LOWERING_TOLINALG_KERNELFUNCTION_H
