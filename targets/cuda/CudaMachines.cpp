//===- CudaMachines.cpp - what code can be made for -------------------------===//
//
// The figures are those of the tables "Technical specifications per compute
// capability" and "PTX release history" of NVIDIA's manuals; multiprocessors are those
// of the largest part of each kind.
//
//===----------------------------------------------------------------------===//

#include "targets/cuda/CudaMachines.h"
#include "targets/cuda/CudaArch.h"
#include "targets/cuda/CudaGroupMatrix.h"
#include "targets/cuda/CudaMatrix.h"

#include <vector>

using namespace portico;
using namespace portico::cuda;

/// `sharedKilobytes` of memory for one group, `multiprocessors` that run groups.
static Machine machine(const char *name, int ptxVersion, int64_t sharedKilobytes,
                       int64_t multiprocessors) {
  SimtInfo simt;
  simt.subgroupSize = 32;
  simt.maxWorkgroupSize = 1024;
  simt.groupMemoryBytes = sharedKilobytes << 10;
  simt.computeUnits = multiprocessors;
  Arch arch;
  parseArch(name, arch);
  if (!(arch.capability < Capability{8, 0}))
    simt.matrixUnits = matrixUnits();
  // Neither earlier nor later machines have the instructions of a warpgroup.
  if (arch.specific && arch.capability == Capability{9, 0})
    simt.groupMatrixUnits = groupMatrixUnits();
  return {name, ptxVersion, simt};
}

llvm::ArrayRef<Machine> cuda::machines() {
  static const std::vector<Machine> all = {
      machine("sm_80", 70, 163, 108),  // A100
      machine("sm_90a", 80, 227, 132), // H100, H200, with warpgroup instructions
      machine("sm_100", 86, 227, 148), // B200
      machine("sm_90", 78, 227, 132),  machine("sm_89", 78, 99, 128), // L40, RTX 40
      machine("sm_86", 71, 99, 84),                                   // A10, RTX 30
      machine("sm_120", 87, 99, 170),                                 // RTX 50
      machine("sm_75", 63, 64, 72),                                   // T4, RTX 20
  };
  return all;
}

const Machine *cuda::findMachine(llvm::StringRef name) {
  Arch wanted;
  if (!parseArch(name.str(), wanted))
    return nullptr;
  const Machine *best = nullptr;
  Capability bestCapability;
  for (const Machine &candidate : machines()) {
    if (name == candidate.name)
      return &candidate;
    Arch arch;
    parseArch(candidate.name, arch);
    if (runsOn(candidate.name, wanted.capability) && !arch.specific &&
        (!best || bestCapability < arch.capability)) {
      best = &candidate;
      bestCapability = arch.capability;
    }
  }
  return best;
}
