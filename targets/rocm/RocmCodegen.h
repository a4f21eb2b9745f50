//===- RocmCodegen.h - LLVM IR to code objects ------------------------------===//

#ifndef PORTICO_TARGETS_ROCM_ROCMCODEGEN_H
#define PORTICO_TARGETS_ROCM_ROCMCODEGEN_H

#include "targets/Target.h"

#include "llvm/IR/Module.h"

namespace portico::rocm {

/// Makes `module` one for `processor` and optimises it.
llvm::Error optimise(llvm::Module &module, llvm::StringRef processor);

/// Optimises and assembles: a relocatable code object. Fails where the code needs
/// more than the machine has, or a function that a kernel must not need.
llvm::Expected<TargetObject> emitObject(llvm::Module &module, llvm::StringRef processor,
                                        bool keepStages);

/// Relocatable code objects to the one that the driver loads. Waits for everybody
/// who holds a host::codegenLock.
llvm::Expected<std::string> linkCodeObject(llvm::ArrayRef<llvm::StringRef> objects);

} // namespace portico::rocm

#endif // PORTICO_TARGETS_ROCM_ROCMCODEGEN_H
