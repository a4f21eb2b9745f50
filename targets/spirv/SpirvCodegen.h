//===- SpirvCodegen.h - LLVM IR to a SPIR-V module ---------------------------===//

#ifndef PORTICO_TARGETS_SPIRV_SPIRVCODEGEN_H
#define PORTICO_TARGETS_SPIRV_SPIRVCODEGEN_H

#include "targets/Target.h"
#include "targets/spirv/SpirvMachines.h"

#include "llvm/IR/Module.h"

namespace portico::spirv {

/// The functions of `module` get `prefix` in front of their names.
llvm::Expected<TargetObject> emitModule(llvm::Module &module, llvm::StringRef prefix,
                                        const Machine &machine, bool keepStages);

} // namespace portico::spirv

#endif // PORTICO_TARGETS_SPIRV_SPIRVCODEGEN_H
