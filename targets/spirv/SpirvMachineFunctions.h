//===- SpirvMachineFunctions.h - machine functions of addresses never used ---===//

#ifndef PORTICO_TARGETS_SPIRV_SPIRVMACHINEFUNCTIONS_H
#define PORTICO_TARGETS_SPIRV_SPIRVMACHINEFUNCTIONS_H

#include "llvm/CodeGen/MachineModuleInfo.h"
#include "llvm/Target/TargetMachine.h"

namespace portico::spirv {

/// Makes the machine function of every definition in `module`, each at an address
/// at which there was none before in this process.
///
/// LLVM 22's SPIR-V back end keeps the identifiers of basic blocks in a static
/// table, under the address of the machine function and the number of the block,
/// and does not empty it between modules. A function at an address that an earlier
/// one had would get that one's identifiers: an invalid module, now and then.
///
/// The caller lets one thread at a time use the back end.
void insertMachineFunctions(llvm::Module &module, const llvm::TargetMachine &machine,
                            llvm::MachineModuleInfo &info);

} // namespace portico::spirv

#endif // PORTICO_TARGETS_SPIRV_SPIRVMACHINEFUNCTIONS_H
