//===- CudaLowering.h - kernels of the gpu dialect to NVVM IR ---------------===//

#ifndef PORTICO_TARGETS_CUDA_CUDALOWERING_H
#define PORTICO_TARGETS_CUDA_CUDALOWERING_H

#include "targets/cuda/TensorMap.h"

#include "mlir/IR/BuiltinOps.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace portico::cuda {

void registerLoweringDialects(mlir::DialectRegistry &registry);

struct NvvmCode {
  /// Not yet optimised. Null after a diagnostic.
  std::unique_ptr<llvm::Module> module;
  /// Of each function that has some: they are its last parameters.
  std::map<std::string, std::vector<TensorMap>> tensorMaps;
};

/// The gpu.module of a kernel module (the second form of lowering/Kernels/Kernels.h)
/// as LLVM IR with NVVM's intrinsics; its functions are called `prefix + name`. `module` is
/// used up.
NvvmCode lowerToNVVM(mlir::ModuleOp module, llvm::StringRef prefix, llvm::LLVMContext &context);

/// Group memory that does not fit in the code becomes the memory of the launch, of
/// which there is one piece, and which has no size in the code:
///
///     @g = internal addrspace(3) global [98304 x i8] undef
///     ->
///     @g = external addrspace(3) global [0 x i8]
void detachLargeGroupMemory(llvm::Module &module);

} // namespace portico::cuda

#endif // PORTICO_TARGETS_CUDA_CUDALOWERING_H
