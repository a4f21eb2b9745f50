//===- CudaLowering.h - kernels of the gpu dialect to NVVM IR ---------------===//

#ifndef PORTICO_TARGETS_CUDA_CUDALOWERING_H
#define PORTICO_TARGETS_CUDA_CUDALOWERING_H

#include "mlir/IR/BuiltinOps.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"

#include <memory>

namespace portico::cuda {

void registerLoweringDialects(mlir::DialectRegistry &registry);

/// The gpu.module of a kernel module (the second form of lowering/Kernels/Kernels.h)
/// as LLVM IR with NVVM's intrinsics, not yet optimised; its functions are called
/// `prefix + name`. Null after a diagnostic. `module` is used up.
std::unique_ptr<llvm::Module> lowerToNVVM(mlir::ModuleOp module, llvm::StringRef prefix,
                                          llvm::LLVMContext &context);

} // namespace portico::cuda

#endif // PORTICO_TARGETS_CUDA_CUDALOWERING_H
