//===- CpuFeatures.h - which code runs on this host -------------------------===//

#ifndef PORTICO_TARGETS_CPU_CPUFEATURES_H
#define PORTICO_TARGETS_CPU_CPUFEATURES_H

namespace portico::cpu {

/// Whether code for `arch` runs here. `arch` is what CpuTarget writes:
/// "machine;processor;feature,feature,...".
bool hostSupports(const char *arch);

} // namespace portico::cpu

#endif // PORTICO_TARGETS_CPU_CPUFEATURES_H
