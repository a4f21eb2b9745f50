//===- RocmDevice.cpp - what there is, opening it, being current ------------===//

#include "targets/rocm/RocmDevice.h"

#include "portico/driver.h"

#include <cstdio>
#include <cstdlib>
#include <memory>

using namespace portico;
using namespace portico::rocm;

int32_t portico::rocm::check(const char *call, HipError error) {
  if (error == kHipSuccess)
    return 0;
  // The library keeps it for whoever asks next in this thread, and PyTorch asks after
  // each of its own launches: it must not find a failure that was dealt with here.
  (void)hip().hipGetLastError();
  return failed(std::string(call) + ": " + hip().hipGetErrorString(error) + " (" +
                hip().hipGetErrorName(error) + ")");
}

//===----------------------------------------------------------------------===//
// The current device
//===----------------------------------------------------------------------===//

Current::Current(int ordinal) {
  if (hipLibrary().fork.inChild()) {
    failed(ForkWatch::advice());
    return;
  }
  if (check("hipGetDevice", hip().hipGetDevice(&before)) != 0)
    return;
  changed = before != ordinal;
  usable = !changed || check("hipSetDevice", hip().hipSetDevice(ordinal)) == 0;
}

Current::~Current() {
  if (usable && changed)
    hip().hipSetDevice(before);
}

//===----------------------------------------------------------------------===//
// Devices
//===----------------------------------------------------------------------===//

int32_t portico::rocm::deviceCount() { return hipLibrary().devices; }

const char *portico::rocm::unavailableReason() {
  const HipLibrary &library = hipLibrary();
  return library.devices > 0 ? nullptr : library.reason.c_str();
}

/// 0, or the failure noted: there is no such device for this process.
static int32_t find(int32_t ordinal) {
  const HipLibrary &library = hipLibrary();
  if (ordinal < 0 || ordinal >= library.devices)
    return failed("no such device; got ordinal " + std::to_string(ordinal) + "; expected below " +
                  std::to_string(library.devices));
  return library.fork.inChild() ? failed(ForkWatch::advice()) : 0;
}

/// The version in a processor's name: "gfx1201" is 12.0 and "gfx90a" is 9.0. The last digit is
/// the stepping, the one before it the minor version; both are hexadecimal.
static void noteVersion(const std::string &processor, portico_device_info &info) {
  if (processor.size() < 6)
    return;
  size_t minor = processor.size() - 2;
  info.version_major = uint32_t(strtoul(processor.substr(3, minor - 3).c_str(), nullptr, 10));
  info.version_minor = uint32_t(strtoul(processor.substr(minor, 1).c_str(), nullptr, 16));
}

int32_t portico::rocm::deviceInfo(int32_t ordinal, portico_device_info *info) {
  if (int32_t error = find(ordinal))
    return error;
  if (int32_t error = check("hipDeviceGetName",
                            hip().hipDeviceGetName(info->name, int(sizeof(info->name)), ordinal)))
    return error;
  size_t bytes = 0;
  if (int32_t error = check("hipDeviceTotalMem", hip().hipDeviceTotalMem(&bytes, ordinal)))
    return error;
  int units = 0, version = 0;
  if (int32_t error =
          check("hipDeviceGetAttribute",
                hip().hipDeviceGetAttribute(&units, kHipAttributeMultiprocessorCount, ordinal)))
    return error;
  if (int32_t error = check("hipRuntimeGetVersion", hip().hipRuntimeGetVersion(&version)))
    return error;
  std::string processor = hipProcessor(ordinal);
  if (processor.empty())
    return failed("hipGetDeviceProperties: names no processor for device " +
                  std::to_string(ordinal));
  info->memory_bytes = bytes;
  info->host_memory = 0;
  snprintf(info->arch, sizeof(info->arch), "%s", processor.c_str());
  noteVersion(processor, *info);
  info->compute_units = uint32_t(units);
  // 60342134 is version 6.3.42134.
  snprintf(info->driver_version, sizeof(info->driver_version), "HIP %d.%d.%d", version / 10000000,
           version / 100000 % 100, version % 100000);
  return 0;
}

int32_t portico::rocm::deviceOpen(int32_t ordinal, void **result) {
  if (int32_t error = find(ordinal))
    return error;
  auto device = std::make_unique<Device>();
  device->ordinal = ordinal;
  if (int32_t error = within(device.get(), "hipStreamCreateWithFlags", [&] {
        return hip().hipStreamCreateWithFlags(&device->defaultStream, kHipStreamNonBlocking);
      }))
    return error;
  *result = device.release();
  return 0;
}

void portico::rocm::deviceClose(void *handle) {
  std::unique_ptr<Device> device(static_cast<Device *>(handle));
  within(handle, "hipStreamDestroy", [&] { return hip().hipStreamDestroy(device->defaultStream); });
}

int32_t portico::rocm::deviceSupports(int32_t ordinal, const char *arch) {
  return find(ordinal) == 0 && hipProcessor(ordinal) == arch;
}
