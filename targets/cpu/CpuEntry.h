//===- CpuEntry.h - what C calls --------------------------------------------===//

#ifndef PORTICO_TARGETS_CPU_CPUENTRY_H
#define PORTICO_TARGETS_CPU_CPUENTRY_H

#include "llvm/ADT/StringRef.h"

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

} // namespace portico::cpu

#endif // PORTICO_TARGETS_CPU_CPUENTRY_H
