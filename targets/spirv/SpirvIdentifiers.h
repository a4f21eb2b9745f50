//===- SpirvIdentifiers.h - whether a module's identifiers make sense --------===//

#ifndef PORTICO_TARGETS_SPIRV_SPIRVIDENTIFIERS_H
#define PORTICO_TARGETS_SPIRV_SPIRVIDENTIFIERS_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

namespace portico::spirv {

/// An error where a block of `module` has an identifier out of bounds, or that of
/// another block, a type, a constant, a function, a parameter or a variable. A
/// device's compiler may crash on such a module; this is what the mistake that
/// SpirvMachineFunctions.h tells of would look like.
llvm::Error checkIdentifiers(llvm::StringRef module);

} // namespace portico::spirv

#endif // PORTICO_TARGETS_SPIRV_SPIRVIDENTIFIERS_H
