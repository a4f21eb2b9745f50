//===- CudaGraph.h - recording what a stream is handed ----------------------===//

#ifndef PORTICO_TARGETS_CUDA_CUDAGRAPH_H
#define PORTICO_TARGETS_CUDA_CUDAGRAPH_H

#include "targets/cuda/CudaApi.h"

#include <cstdint>
#include <mutex>
#include <shared_mutex>

namespace portico::cuda {

struct Device;

/// The stream that this thread's work for `given` is recorded on; null where it is not.
Stream recordingOf(const Device &device, const void *given);

/// While this lives no thread records work for the device. What waits for all of a device is
/// refused while any stream is captured, and ends that capture.
class NoRecording {
public:
  explicit NoRecording(const Device &device);

  /// False, with the reason noted, in a thread that records itself.
  explicit operator bool() const { return lock.owns_lock(); }

private:
  std::unique_lock<std::shared_mutex> lock;
};

int32_t graphBegin(void *device, void *stream);
int32_t graphEnd(void *device, void *stream, void **graph);
int32_t graphLaunch(void *device, void *graph, void *stream);
void graphDestroy(void *device, void *graph);

} // namespace portico::cuda

#endif // PORTICO_TARGETS_CUDA_CUDAGRAPH_H
