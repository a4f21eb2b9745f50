//===- SpirvCheck.h - what the SPIR-V back end would abort on ----------------===//

#ifndef PORTICO_TARGETS_SPIRV_SPIRVCHECK_H
#define PORTICO_TARGETS_SPIRV_SPIRVCHECK_H

#include "targets/spirv/SpirvMachines.h"

#include "llvm/IR/Module.h"
#include "llvm/Support/Error.h"

namespace portico::spirv {

/// An error that names the first thing in `module` for which SPIR-V 1.4 needs an
/// extension, or the machine something it lacks. LLVM's back end ends the process
/// on these, so they have to be found before.
llvm::Error checkModule(const llvm::Module &module, const Machine &machine);

} // namespace portico::spirv

#endif // PORTICO_TARGETS_SPIRV_SPIRVCHECK_H
