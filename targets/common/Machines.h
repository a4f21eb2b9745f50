//===- Machines.h - targets that make code for several machines -------------===//

#ifndef PORTICO_TARGETS_COMMON_MACHINES_H
#define PORTICO_TARGETS_COMMON_MACHINES_H

#include "targets/Target.h"

#include "llvm/ADT/StringExtras.h"

namespace portico {

/// What `Target::forArch` fails with.
inline llvm::Error noSuchMachine(const Target &target, llvm::StringRef arch) {
  return llvm::createStringError("[device] no such machine; got '" + target.name().str() + ":" +
                                 arch.str() + "'; expected one of " +
                                 llvm::join(target.archs(), ", "));
}

/// The one of `targets`, a target for each machine, that is for `arch`.
template <typename Targets>
llvm::Expected<const Target *> targetForArch(const Targets &targets, llvm::StringRef arch) {
  for (const Target &target : targets)
    if (target.info().arch == arch)
      return &target;
  return noSuchMachine(targets.front(), arch);
}

} // namespace portico

#endif // PORTICO_TARGETS_COMMON_MACHINES_H
