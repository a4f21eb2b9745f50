//===- CudaApi.cpp - finding libcuda, and what its errors mean --------------===//

#include "targets/cuda/CudaApi.h"

#include "targets/common/DynamicLibrary.h"

#include <cstdlib>
#include <unistd.h>

using namespace portico;
using namespace portico::cuda;

namespace {

/// The name is the one that every driver installs; the variable is for drivers in
/// unusual places, and for tests.
const char *libraryName() {
  const char *named = getenv("PORTICO_CUDA_LIBRARY");
  return named && *named ? named : "libcuda.so.1";
}

std::string describe(const Api &api, Result error) {
  const char *name = nullptr, *meaning = nullptr;
  if (api.getErrorName(error, &name) != kSuccess || !name)
    return "error " + std::to_string(error);
  std::string text = name;
  if (api.getErrorString(error, &meaning) == kSuccess && meaning)
    text += std::string(" (") + meaning + ")";
  return text;
}

/// What a failed initialisation has most often to do with.
std::string surroundings() {
  std::string text;
  if (access("/dev/nvidiactl", F_OK) != 0)
    text += "; /dev/nvidiactl does not exist";
  if (const char *visible = getenv("CUDA_VISIBLE_DEVICES"))
    text += std::string("; CUDA_VISIBLE_DEVICES is '") + visible + "'";
  return text;
}

Api load() {
  Api api;
  std::string why;
  DynamicLibrary library = DynamicLibrary::open({libraryName()}, why);
  if (!library) {
    api.reason = std::string("no NVIDIA driver: cannot load ") + libraryName() + " (" + why + ")";
    return api;
  }
#define PORTICO_CUDA_FIND(member, symbol, parameters) library.find(api.member, #symbol);
  PORTICO_CUDA_ENTRY_POINTS(PORTICO_CUDA_FIND)
#undef PORTICO_CUDA_FIND
  if (const char *missing = library.missing()) {
    api.reason =
        std::string("the NVIDIA driver is too old: ") + missing + " is not in " + library.path();
    return api;
  }
#define PORTICO_CUDA_TRY(member, symbol, parameters)                                               \
  api.member = reinterpret_cast<decltype(api.member)>(library.address(#symbol));
  PORTICO_CUDA_LATER_ENTRY_POINTS(PORTICO_CUDA_TRY)
#undef PORTICO_CUDA_TRY

  if (Result error = api.init(0)) {
    api.reason =
        "cuInit of " + library.path() + " failed: " + describe(api, error) + surroundings();
    return api;
  }
  if (Result error = api.deviceGetCount(&api.devices)) {
    api.devices = 0;
    api.reason = "cuDeviceGetCount failed: " + describe(api, error) + surroundings();
  } else if (api.devices == 0) {
    api.reason = library.path() + " sees no device" + surroundings();
  }
  return api;
}

} // namespace

// Leaked on purpose, and never unloaded: memory is released by destructors that run
// after ours, and the library has threads.
const Api &portico::cuda::api() {
  static const Api *instance = new Api(load());
  return *instance;
}

bool portico::cuda::losesContext(Result error) {
  switch (error) {
  case kEccUncorrectable:
  case kIllegalAddress:
  case kLaunchTimeout:
  case kAssert:
  case kHardwareStackError:
  case kIllegalInstruction:
  case kMisalignedAddress:
  case kInvalidAddressSpace:
  case kInvalidPc:
  case kLaunchFailed:
  case kTensorMemoryLeak:
    return true;
  default:
    return false;
  }
}

std::string portico::cuda::describe(Result error) {
  std::string text = ::describe(api(), error);
  if (losesContext(error))
    text +=
        "; a kernel failed, and nothing more runs on this device until the process is restarted";
  return text;
}
