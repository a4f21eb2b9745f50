//===- CudaDevice.h - one GPU, and being current on it ----------------------===//

#ifndef PORTICO_TARGETS_CUDA_CUDADEVICE_H
#define PORTICO_TARGETS_CUDA_CUDADEVICE_H

#include "targets/common/DriverError.h"
#include "targets/cuda/CudaApi.h"
#include "targets/cuda/CudaGraph.h"

#include <cstdint>
#include <shared_mutex>

struct portico_device_info;

namespace portico::cuda {

/// A device with its primary context, the one that PyTorch and the CUDA runtime use
/// too: their pointers are valid in our kernels and ours in theirs.
struct Device {
  Ordinal ordinal = 0;
  Context context = nullptr;
  /// Waits for the legacy stream 0 and is waited for by it, so that work of libraries
  /// that use nothing else needs no event.
  Stream defaultStream = nullptr;
  /// Held by every thread that records a graph.
  mutable std::shared_mutex recordings;

  /// Where this thread's work for a stream of the table goes.
  Stream stream(void *given) const {
    if (Stream recording = recordingOf(*this, given))
      return recording;
    return given ? static_cast<Stream>(given) : defaultStream;
  }
};

/// 0, or the failure of `call` noted.
int32_t check(const char *call, Result result);

/// The context of a device is that of the calling thread while this lives. What was
/// current comes back: the thread may belong to another library's device.
class Current {
public:
  explicit Current(const Device &device);
  ~Current();
  Current(const Current &) = delete;
  Current &operator=(const Current &) = delete;

  /// The context could not be made current; the reason is noted.
  explicit operator bool() const { return usable; }

private:
  bool usable = false, pushed = false;
};

int32_t deviceCount();
const char *unavailableReason();
int32_t deviceInfo(int32_t ordinal, portico_device_info *info);
int32_t deviceOpen(int32_t ordinal, void **device);
void deviceClose(void *device);
int32_t deviceSupports(int32_t ordinal, const char *arch);

} // namespace portico::cuda

#endif // PORTICO_TARGETS_CUDA_CUDADEVICE_H
