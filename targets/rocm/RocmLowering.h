//===- RocmLowering.h - kernels of the gpu dialect to ROCDL -----------------===//

#ifndef PORTICO_TARGETS_ROCM_ROCMLOWERING_H
#define PORTICO_TARGETS_ROCM_ROCMLOWERING_H

#include "targets/Target.h"

#include "mlir/IR/BuiltinOps.h"
#include "llvm/IR/Module.h"

#include <memory>

namespace portico::rocm {

void registerLoweringDialects(mlir::DialectRegistry &registry);

/// The kernels of `module` (the second form of lowering/Kernels/Kernels.h) as LLVM
/// IR for `chip`, not optimised yet, named `prefix` + function name. Where `rocdl`
/// is given it gets the text of the ROCDL dialect.
llvm::Expected<std::unique_ptr<llvm::Module>>
lowerToLLVMIR(mlir::ModuleOp module, const TargetInfo &chip, llvm::StringRef prefix,
              llvm::LLVMContext &context, std::string *rocdl = nullptr);

} // namespace portico::rocm

#endif // PORTICO_TARGETS_ROCM_ROCMLOWERING_H
