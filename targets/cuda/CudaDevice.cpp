//===- CudaDevice.cpp - what there is, opening it, being current ------------===//

#include "targets/cuda/CudaDevice.h"
#include "targets/cuda/CudaArch.h"

#include "portico/driver.h"

#include <cstdio>
#include <memory>

using namespace portico;
using namespace portico::cuda;

//===----------------------------------------------------------------------===//
// Failures
//===----------------------------------------------------------------------===//

int32_t portico::cuda::check(const char *call, Result result) {
  return result == kSuccess ? 0 : failed(std::string(call) + ": " + describe(result));
}

//===----------------------------------------------------------------------===//
// The current context
//===----------------------------------------------------------------------===//

Current::Current(const Device &device) {
  if (api().fork.inChild()) {
    failed(ForkWatch::advice());
    return;
  }
  Context now = nullptr;
  if (api().contextGet(&now) == kSuccess && now == device.context) {
    usable = true;
    return;
  }
  usable = pushed = check("cuCtxPushCurrent", api().contextPush(device.context)) == 0;
}

Current::~Current() {
  Context ours = nullptr;
  if (pushed)
    api().contextPop(&ours);
}

//===----------------------------------------------------------------------===//
// Devices
//===----------------------------------------------------------------------===//

static int attribute(Ordinal device, DeviceAttribute which) {
  int value = 0;
  return api().deviceGetAttribute(&value, which, device) == kSuccess ? value : 0;
}

static Capability capability(Ordinal device) {
  return {attribute(device, kCapabilityMajor), attribute(device, kCapabilityMinor)};
}

/// The driver's number of a device, or a failure noted.
static int32_t find(int32_t ordinal, Ordinal &device) {
  if (ordinal < 0 || ordinal >= api().devices)
    return failed("no such device; got ordinal " + std::to_string(ordinal) + "; expected below " +
                  std::to_string(api().devices));
  if (api().fork.inChild())
    return failed(ForkWatch::advice());
  return check("cuDeviceGet", api().deviceGet(&device, ordinal));
}

int32_t portico::cuda::deviceCount() { return api().devices; }

const char *portico::cuda::unavailableReason() {
  return api().devices ? nullptr : api().reason.c_str();
}

int32_t portico::cuda::deviceInfo(int32_t ordinal, portico_device_info *info) {
  Ordinal device = 0;
  if (int32_t error = find(ordinal, device))
    return error;
  if (int32_t error =
          check("cuDeviceGetName", api().deviceGetName(info->name, sizeof(info->name), device)))
    return error;
  size_t bytes = 0;
  if (int32_t error = check("cuDeviceTotalMem", api().deviceTotalMem(&bytes, device)))
    return error;
  info->memory_bytes = bytes;
  info->host_memory = 0;
  Capability able = capability(device);
  info->version_major = uint32_t(able.major);
  info->version_minor = uint32_t(able.minor);
  snprintf(info->arch, sizeof(info->arch), "%s", archOf(able).c_str());
  info->compute_units = uint32_t(attribute(device, kMultiprocessorCount));
  // 12040 is 12.4: the newest CUDA whose code this driver runs.
  int version = 0;
  api().driverGetVersion(&version);
  snprintf(info->driver_version, sizeof(info->driver_version), "CUDA %d.%d", version / 1000,
           version % 1000 / 10);
  return 0;
}

int32_t portico::cuda::deviceOpen(int32_t ordinal, void **result) {
  auto device = std::make_unique<Device>();
  if (int32_t error = find(ordinal, device->ordinal))
    return error;
  if (int32_t error =
          check("cuDevicePrimaryCtxRetain", api().primaryRetain(&device->context, device->ordinal)))
    return error;
  {
    Current current(*device);
    if (current && check("cuStreamCreate",
                         api().streamCreate(&device->defaultStream, kSyncsWithStreamZero)) == 0) {
      *result = device.release();
      return 0;
    }
  }
  api().primaryRelease(device->ordinal);
  return 1;
}

void portico::cuda::deviceClose(void *handle) {
  std::unique_ptr<Device> device(static_cast<Device *>(handle));
  {
    Current current(*device);
    if (!current)
      return;
    api().streamDestroy(device->defaultStream);
  }
  api().primaryRelease(device->ordinal);
}

int32_t portico::cuda::deviceSupports(int32_t ordinal, const char *arch) {
  Ordinal device = 0;
  if (find(ordinal, device))
    return 0;
  return runsOn(arch, capability(device));
}
