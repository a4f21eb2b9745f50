//===- KernelBytecode.h - kernels as other compilers read them --------------===//

#ifndef PORTICO_TARGETS_KERNELBYTECODE_H
#define PORTICO_TARGETS_KERNELBYTECODE_H

#include <string>

namespace mlir {
class ModuleOp;
} // namespace mlir

namespace portico {

/// The bytes that the compile half of a plug-in is given for a module of kernels, whose
/// locations are lost: the compiler behind the table has no use for the user's lines, and
/// equal kernels are equal bytes.
std::string kernelBytecode(mlir::ModuleOp module);

} // namespace portico

#endif // PORTICO_TARGETS_KERNELBYTECODE_H
