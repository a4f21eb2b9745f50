//===- HipApi.cpp - AMD's runtime library, found at run time ----------------===//

#include "targets/rocm/HipApi.h"
#include "targets/common/DynamicLibrary.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <vector>

using namespace portico;
using namespace portico::rocm;

namespace {

/// Where the library may be, the newest version first. The plain name comes last: it
/// is a link that only development packages bring.
std::vector<std::string> candidates() {
  if (const char *path = getenv("PORTICO_HIP_LIBRARY"); path && *path)
    return {path};
  const char *names[] = {"libamdhip64.so.7", "libamdhip64.so.6", "libamdhip64.so.5",
                         "libamdhip64.so"};
  std::vector<std::string> paths(std::begin(names), std::end(names));
  const char *root = getenv("ROCM_PATH");
  for (const char *name : names)
    paths.push_back(std::string(root && *root ? root : "/opt/rocm") + "/lib/" + name);
  return paths;
}

/// The first entry that the library lacks; null where it has all.
const char *findAll(DynamicLibrary &library, HipApi &api) {
#define PORTICO_HIP_FIND(name) library.find(api.name, #name);
  PORTICO_HIP_FUNCTIONS(PORTICO_HIP_FIND)
#undef PORTICO_HIP_FIND
  // Since version 6 the plain name has the layout of version 5, for old programs.
  const char *current = "hipGetDevicePropertiesR0600";
  library.find(api.hipGetDeviceProperties,
               library.address(current) ? current : "hipGetDeviceProperties");
  return library.missing();
}

/// The reason why there is no device; empty where there is one.
std::string initialise(HipLibrary &library) {
  std::string reason;
  DynamicLibrary file = DynamicLibrary::open(candidates(), reason);
  if (!file)
    return "the HIP runtime does not load: " + reason;
  if (const char *missing = findAll(file, library.api))
    return std::string("the HIP runtime is too old: it has no ") + missing +
           "; expected ROCm 5.0 or newer";
  auto failed = [&](const char *call, HipError error) {
    return std::string(call) + ": " + library.api.hipGetErrorString(error) + " (" +
           library.api.hipGetErrorName(error) + ")";
  };
  if (HipError error = library.api.hipInit(0))
    return failed("hipInit", error);
  int count = 0;
  if (HipError error = library.api.hipGetDeviceCount(&count))
    return failed("hipGetDeviceCount", error);
  library.devices = count;
  return count > 0 ? "" : "the HIP runtime finds no device";
}

} // namespace

const HipLibrary &portico::rocm::hipLibrary() {
  // Leaked: the library may be asked by destructors that run after ours.
  static const HipLibrary *instance = [] {
    auto *library = new HipLibrary;
    library->reason = initialise(*library);
    return library;
  }();
  return *instance;
}

std::string portico::rocm::hipProcessor(int ordinal) {
  // The field for it has moved between the layouts of this structure, so it is found
  // by what it holds. In front is the name of the device, which may hold anything.
  std::vector<char> properties(kPropertiesBytes, 0);
  if (hipLibrary().api.hipGetDeviceProperties(properties.data(), ordinal) != kHipSuccess)
    return "";
  static const char prefix[] = {'g', 'f', 'x'};
  auto begin = std::search(properties.begin() + kPropertiesNameBytes, properties.end(),
                           std::begin(prefix), std::end(prefix));
  auto end = begin;
  while (end != properties.end() && isalnum(static_cast<unsigned char>(*end)))
    ++end;
  return std::string(begin, end);
}
