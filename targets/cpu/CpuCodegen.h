//===- CpuCodegen.h - LLVM IR to an object ----------------------------------===//

#ifndef PORTICO_TARGETS_CPU_CPUCODEGEN_H
#define PORTICO_TARGETS_CPU_CPUCODEGEN_H

#include "targets/Target.h"

#include "llvm/ADT/ArrayRef.h"

namespace llvm {
class Module;
}

namespace portico::cpu {

/// Gives every function `name` of `module` a wrapper that C can call,
///
///   void <prefix><name>(void *const *buffers, int64_t begin, int64_t end, int64_t *status)
///
/// and hides the function itself.
void addEntryPoints(llvm::Module &module, llvm::StringRef prefix);

/// Optimises and assembles. Fails where the code calls a function that a kernel
/// must not need.
llvm::Expected<TargetObject> emitObject(llvm::Module &module, bool keepStages);

/// Links objects into a shared one. lld keeps its state in globals: one call at a
/// time, and no code generation beside it.
llvm::Expected<std::string> linkShared(llvm::ArrayRef<llvm::StringRef> objects);

} // namespace portico::cpu

#endif // PORTICO_TARGETS_CPU_CPUCODEGEN_H
