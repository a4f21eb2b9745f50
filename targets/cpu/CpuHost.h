//===- CpuHost.h - the processor that code is made for ----------------------===//

#ifndef PORTICO_TARGETS_CPU_CPUHOST_H
#define PORTICO_TARGETS_CPU_CPUHOST_H

#include "targets/common/HostCode.h"

namespace portico::cpu {

/// This machine, as LLVM sees it.
struct Host {
  host::Processor processor;
  /// Its arch is "x86_64;znver4;avx2,fma,...": only what is there; see CpuFeatures.h.
  TargetInfo info;
};

const Host &machine();

} // namespace portico::cpu

#endif // PORTICO_TARGETS_CPU_CPUHOST_H
