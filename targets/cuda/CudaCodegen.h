//===- CudaCodegen.h - LLVM IR to PTX ---------------------------------------===//

#ifndef PORTICO_TARGETS_CUDA_CUDACODEGEN_H
#define PORTICO_TARGETS_CUDA_CUDACODEGEN_H

#include "targets/cuda/CudaMachines.h"

#include "llvm/IR/Module.h"
#include "llvm/Support/Error.h"

#include <string>

namespace portico::cuda {

/// Optimises `module`, as `lowerToNVVM` makes it, in place.
llvm::Error optimise(llvm::Module &module, const Machine &machine);

/// The assembly text of an optimised module.
llvm::Expected<std::string> emitPtx(llvm::Module &module, const Machine &machine);

} // namespace portico::cuda

#endif // PORTICO_TARGETS_CUDA_CUDACODEGEN_H
