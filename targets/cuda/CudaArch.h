//===- CudaArch.h - the names of the machines, for both halves --------------===//
//
// "sm_80" is code for compute capability 8.0 and, translated by the driver, for all
// later ones. "sm_90a" also has the instructions that only 9.0 has, and runs nowhere
// else. What follows a ';' says how the code was made and does not matter to a device.
//
//===----------------------------------------------------------------------===//

#ifndef PORTICO_TARGETS_CUDA_CUDAARCH_H
#define PORTICO_TARGETS_CUDA_CUDAARCH_H

#include <string>

namespace portico::cuda {

struct Capability {
  int major = 0, minor = 0;

  bool operator<(const Capability &other) const {
    return major != other.major ? major < other.major : minor < other.minor;
  }
  bool operator==(const Capability &other) const {
    return major == other.major && minor == other.minor;
  }
};

struct Arch {
  Capability capability;
  /// Only that very capability ('a').
  bool specific = false;
};

/// Reads "sm_<major><minor>[a]"; false for anything else.
bool parseArch(const std::string &text, Arch &arch);

/// The name that makes the best code for a device.
std::string archOf(Capability capability);

/// Whether a device runs code for `arch`, with what follows a ';' left out.
bool runsOn(const std::string &arch, Capability device);

} // namespace portico::cuda

#endif // PORTICO_TARGETS_CUDA_CUDAARCH_H
