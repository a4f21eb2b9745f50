//===- CpuHost.h - the processor that code is made for ----------------------===//

#ifndef PORTICO_TARGETS_CPU_CPUHOST_H
#define PORTICO_TARGETS_CPU_CPUHOST_H

#include "targets/Target.h"

#include <memory>
#include <string>

namespace llvm {
class TargetMachine;
}

namespace portico::cpu {

/// This machine, as LLVM sees it.
struct Host {
  std::string triple;
  std::string processor;
  /// "+avx2,-avx512f,...": everything LLVM knows, as a target machine wants it.
  std::string features;
  /// Its arch is "x86_64;znver4;avx2,fma,...": only what is there; see CpuFeatures.h.
  TargetInfo info;
};

const Host &host();

/// A code generator for the host. Each belongs to one thread at a time.
std::unique_ptr<llvm::TargetMachine> createTargetMachine();

} // namespace portico::cpu

#endif // PORTICO_TARGETS_CPU_CPUHOST_H
