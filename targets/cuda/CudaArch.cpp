//===- CudaArch.cpp - the names of the machines -----------------------------===//

#include "targets/cuda/CudaArch.h"

using namespace portico::cuda;

bool portico::cuda::parseArch(const std::string &text, Arch &arch) {
  std::string digits = text.substr(0, text.find(';'));
  if (digits.compare(0, 3, "sm_") != 0)
    return false;
  digits.erase(0, 3);
  arch.specific = !digits.empty() && digits.back() == 'a';
  if (arch.specific)
    digits.pop_back();
  if (digits.size() < 2 || digits.size() > 3 ||
      digits.find_first_not_of("0123456789") != std::string::npos)
    return false;
  int number = std::stoi(digits);
  arch.capability = {number / 10, number % 10};
  return true;
}

// The warpgroup instructions of 9.0 are specific to it; what later machines have
// beyond the common instructions is not used.
std::string portico::cuda::archOf(Capability capability) {
  std::string name = "sm_" + std::to_string(capability.major) + std::to_string(capability.minor);
  return capability == Capability{9, 0} ? name + "a" : name;
}

bool portico::cuda::runsOn(const std::string &text, Capability device) {
  Arch arch;
  if (!parseArch(text, arch))
    return false;
  return arch.specific ? arch.capability == device : !(device < arch.capability);
}
