//===- CudaApi.cpp - finding libcuda, and what its errors mean --------------===//

#include "targets/cuda/CudaApi.h"

#include <atomic>
#include <cstdlib>
#include <dlfcn.h>
#include <pthread.h>
#include <unistd.h>

using namespace portico::cuda;

namespace {

std::atomic<bool> forked{false};

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
  const char *library = libraryName();
  void *handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
  if (!handle) {
    api.reason = "no NVIDIA driver: cannot load " + std::string(library) + " (" + dlerror() + ")";
    return api;
  }
#define PORTICO_CUDA_FIND(member, symbol, parameters)                                              \
  api.member = reinterpret_cast<decltype(api.member)>(dlsym(handle, symbol));                      \
  if (!api.member) {                                                                               \
    api.reason = std::string("the NVIDIA driver is too old: " symbol " is not in ") + library;     \
    return api;                                                                                    \
  }
  PORTICO_CUDA_ENTRY_POINTS(PORTICO_CUDA_FIND)
#undef PORTICO_CUDA_FIND
#define PORTICO_CUDA_TRY(member, symbol, parameters)                                               \
  api.member = reinterpret_cast<decltype(api.member)>(dlsym(handle, symbol));
  PORTICO_CUDA_LATER_ENTRY_POINTS(PORTICO_CUDA_TRY)
#undef PORTICO_CUDA_TRY

  if (Result error = api.init(0)) {
    api.reason =
        std::string("cuInit of ") + library + " failed: " + describe(api, error) + surroundings();
    return api;
  }
  if (Result error = api.deviceGetCount(&api.devices)) {
    api.devices = 0;
    api.reason = "cuDeviceGetCount failed: " + describe(api, error) + surroundings();
  } else if (api.devices == 0) {
    api.reason = std::string(library) + " sees no device" + surroundings();
  }
  pthread_atfork(nullptr, nullptr, [] { forked = true; });
  return api;
}

} // namespace

// Leaked on purpose, and never unloaded: memory is released by destructors that run
// after ours, and the library has threads.
const Api &portico::cuda::api() {
  static const Api *instance = new Api(load());
  return *instance;
}

bool portico::cuda::inForkedChild() { return forked; }

std::string portico::cuda::describe(Result error) {
  std::string text = ::describe(api(), error);
  if (error >= kIllegalAddress && error < kNotPermitted)
    text +=
        "; a kernel failed, and nothing more runs on this device until the process is restarted";
  return text;
}
