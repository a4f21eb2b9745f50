//===- RocmDevice.h - one GPU, and being current on it ----------------------===//

#ifndef PORTICO_TARGETS_ROCM_ROCMDEVICE_H
#define PORTICO_TARGETS_ROCM_ROCMDEVICE_H

#include "targets/common/DriverError.h"
#include "targets/rocm/HipApi.h"

struct portico_device_info;

namespace portico::rocm {

struct Device {
  int ordinal = 0;
  /// Where work goes that names no stream: the library's own default stream cannot be
  /// captured into a graph.
  HipStream defaultStream = nullptr;

  HipStream stream(void *given) const { return given ? given : defaultStream; }
};

inline const HipApi &hip() { return hipLibrary().api; }

/// 0, or the failure of `call` noted.
int32_t check(const char *call, HipError error);

/// A device is that of the calling thread while this lives. What was current comes back:
/// the thread may be using another device through another library.
class Current {
public:
  explicit Current(int ordinal);
  ~Current();
  Current(const Current &) = delete;
  Current &operator=(const Current &) = delete;

  /// The device could not be made current; the reason is noted.
  explicit operator bool() const { return usable; }

private:
  int before = 0;
  bool usable = false, changed = false;
};

/// Runs `call` where a device is current; `name` is what a failure is said of.
template <typename Call> int32_t within(void *handle, const char *name, Call call) {
  Current current(static_cast<Device *>(handle)->ordinal);
  return current ? check(name, call()) : 1;
}

int32_t deviceCount();
const char *unavailableReason();
int32_t deviceInfo(int32_t ordinal, portico_device_info *info);
int32_t deviceOpen(int32_t ordinal, void **device);
void deviceClose(void *device);
int32_t deviceSupports(int32_t ordinal, const char *arch);

} // namespace portico::rocm

#endif // PORTICO_TARGETS_ROCM_ROCMDEVICE_H
