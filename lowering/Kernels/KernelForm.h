//===- KernelForm.h - the kernels that a strategy takes ---------------------===//
//
// Fusion makes no kernel that its strategy does not take, but a kernel may come from
// elsewhere: a file that a tool reads, a policy that somebody wrote. What a strategy relies
// on it asks for here; a kernel of another form is refused, not miscompiled.
//
//===----------------------------------------------------------------------===//

#ifndef PORTICO_LOWERING_KERNELS_KERNELFORM_H
#define PORTICO_LOWERING_KERNELS_KERNELFORM_H

#include "dialects/portico/IR/Portico.h"

namespace portico {

/// The op that is all of a kernel: it reads every input and nothing else, and each result of
/// the kernel is another one of its results. Null where the kernel is not of that form.
///
///     portico.kernel "scan" (%a = %x) {
///       %1 = portico.scan sum %a
///       portico.yield %1 }
mlir::Operation *soleOp(KernelOp kernel);

/// The error of a kernel that a strategy does not take, with the ops that it has:
///
///     [lower-kernels] `what`; got a kernel of portico.neg, portico.scan; expected `expected`
llvm::LogicalResult refuse(KernelOp kernel, const llvm::Twine &what, const llvm::Twine &expected);

} // namespace portico

#endif // PORTICO_LOWERING_KERNELS_KERNELFORM_H
