//===- KernelCompiler.h - many kernels to objects, in parallel --------------===//

#ifndef PORTICO_LOWERING_PROGRAM_KERNELCOMPILER_H
#define PORTICO_LOWERING_PROGRAM_KERNELCOMPILER_H

#include "lowering/Compiler.h"
#include "lowering/Kernels/Kernels.h"
#include "targets/Target.h"

#include <memory>

namespace portico {

/// A kernel ready to be linked. Shared between programs, never changed.
struct CompiledKernel {
  KernelABI abi;
  /// The symbol of each phase.
  std::vector<std::string> symbols;
  std::shared_ptr<const std::string> object;
};

struct CompiledKernels {
  /// One entry for each kernel asked for; equal kernels share theirs.
  std::vector<std::shared_ptr<const CompiledKernel>> kernels;
  /// How many had to be compiled.
  int compiled = 0;
  std::vector<CompileStage> stages;
};

/// Compiles `kernels` for `target`, each distinct one once, several at a time.
/// What was compiled before in this process is not compiled again.
llvm::Expected<CompiledKernels> compileKernels(llvm::ArrayRef<KernelOp> kernels,
                                               const Target &target, const CompileOptions &options);

} // namespace portico

#endif // PORTICO_LOWERING_PROGRAM_KERNELCOMPILER_H
