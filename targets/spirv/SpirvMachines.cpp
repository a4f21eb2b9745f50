//===- SpirvMachines.cpp - the machines that SPIR-V is made for -------------===//

#include "targets/spirv/SpirvMachines.h"

#include <cstring>

using namespace portico::spirv;

namespace {

// Intel's GPUs all have subgroups of 16; the group memory of the older ones is 64 KiB
// for the whole slice. The generic machines ask for what any OpenCL 3.0 device of
// these subgroup sizes has; 32 KiB of group memory is the least that OpenCL allows.
const Machine table[] = {
    {"spirv64", nullptr, 16, 256, 32 << 10, 16, true, 0, 0},
    {"spirv64-sg8", nullptr, 8, 256, 32 << 10, 16, true, 0, 0},
    {"spirv64-sg32", nullptr, 32, 256, 32 << 10, 16, true, 0, 0},
    {"spirv64-nof64", nullptr, 16, 256, 32 << 10, 16, false, 0, 0},
    {"tgllp", "tgllp", 16, 512, 64 << 10, 96, false, 12000, 12049},
    {"dg2", "dg2", 16, 1024, 64 << 10, 512, false, 12055, 12059},
    {"pvc", "pvc", 16, 1024, 64 << 10, 1024, true, 12060, 12069},
};

} // namespace

const Machine *portico::spirv::machines(size_t &count) {
  count = sizeof(table) / sizeof(table[0]);
  return table;
}

const Machine *portico::spirv::findMachine(const char *arch) {
  for (const Machine &machine : table)
    if (strcmp(machine.arch, arch) == 0)
      return &machine;
  return nullptr;
}

bool portico::spirv::runsOn(const Machine &machine, const Abilities &device) {
  return device.subgroupSizes[machine.subgroupSize] &&
         device.maxWorkgroupSize >= machine.maxWorkgroupSize &&
         device.groupMemoryBytes >= machine.groupMemoryBytes &&
         (device.doubles || !machine.doubles);
}

const Machine *portico::spirv::bestMachine(const Abilities &device) {
  for (const Machine &machine : table)
    if (machine.firstVersion && device.version >= machine.firstVersion &&
        device.version <= machine.lastVersion && runsOn(machine, device))
      return &machine;
  for (const Machine &machine : table)
    if (!machine.firstVersion && runsOn(machine, device))
      return &machine;
  return nullptr;
}
