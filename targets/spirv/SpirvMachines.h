//===- SpirvMachines.h - the machines that SPIR-V is made for ---------------===//
//
// Known to both halves: the compile half reads how to cut a kernel, the run half
// compares with what a device says of itself. No LLVM.
//
//===----------------------------------------------------------------------===//

#ifndef PORTICO_TARGETS_SPIRV_SPIRVMACHINES_H
#define PORTICO_TARGETS_SPIRV_SPIRVMACHINES_H

#include <cstddef>
#include <cstdint>

namespace portico::spirv {

struct Machine {
  /// The word after the colon: "spirv:dg2".
  const char *arch;
  /// What Intel's offline compiler calls it; null for the generic machines.
  const char *ocloc;
  /// Every kernel requires this size.
  uint32_t subgroupSize;
  uint32_t maxWorkgroupSize;
  uint32_t groupMemoryBytes;
  /// How many groups should be under way at least.
  uint32_t computeUnits;
  /// f64 in hardware.
  bool doubles;
  /// The range of architecture versions (major * 1000 + minor) that a device reports;
  /// 0, 0 for the generic machines.
  uint32_t firstVersion, lastVersion;
};

/// The generic machines first, the one of subgroups of 16 before all others.
const Machine *machines(size_t &count);

/// Null where there is none of that name.
const Machine *findMachine(const char *arch);

/// What a device says of itself.
struct Abilities {
  bool subgroupSizes[129] = {};
  uint64_t maxWorkgroupSize = 0;
  uint64_t groupMemoryBytes = 0;
  bool doubles = false;
  /// 0 where the device does not say.
  uint32_t version = 0;
};

/// Code for `machine` runs on such a device.
bool runsOn(const Machine &machine, const Abilities &device);

/// The machine that code for such a device is best made for; null where none fits.
const Machine *bestMachine(const Abilities &device);

} // namespace portico::spirv

#endif // PORTICO_TARGETS_SPIRV_SPIRVMACHINES_H
