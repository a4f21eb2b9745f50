//===- CudaGraph.cpp - recording what a stream is handed --------------------===//
//
// A capture is taken on a stream of its own, which waits for no other: while one is captured
// that waits for CUDA's legacy stream 0, as the default stream does, every use of stream 0
// fails in the whole process, also in other libraries, and so may copies and allocations.
//
//===----------------------------------------------------------------------===//

#include "targets/cuda/CudaGraph.h"
#include "targets/cuda/CudaDevice.h"

#include <memory>
#include <mutex>

using namespace portico;
using namespace portico::cuda;

namespace {

/// What the thread records at the moment: work for `given` goes to `stream`.
struct Recording {
  const Device *device = nullptr;
  const void *given = nullptr;
  Stream stream = nullptr;
};
thread_local Recording recording;

struct RecordedGraph {
  GraphExec executable;
  /// The library leaves it to its callers that a graph is used by one thread at a time.
  std::mutex mutex;
};

/// Ends the recording of this thread.
void stop(const Device &device) {
  api().streamDestroy(recording.stream);
  recording = {};
  device.recordings.unlock_shared();
}

} // namespace

Stream portico::cuda::recordingOf(const Device &device, const void *given) {
  return recording.device == &device && recording.given == given ? recording.stream : nullptr;
}

NoRecording::NoRecording(const Device &device) : lock(device.recordings, std::defer_lock) {
  if (recording.device == &device)
    failed("a graph is being recorded");
  else
    lock.lock();
}

int32_t portico::cuda::graphBegin(void *handle, void *given) {
  const Device &device = *static_cast<Device *>(handle);
  if (recording.device)
    return failed("a graph is being recorded");
  Current current(device);
  if (!current)
    return 1;
  Stream stream = nullptr;
  if (int32_t error = check("cuStreamCreate", api().streamCreate(&stream, kIndependent)))
    return error;
  device.recordings.lock_shared();
  recording = {&device, given, stream};
  int32_t error = check("cuStreamBeginCapture", api().captureBegin(stream, kCaptureRelaxed));
  if (error)
    stop(device);
  return error;
}

int32_t portico::cuda::graphEnd(void *handle, void *given, void **result) {
  const Device &device = *static_cast<Device *>(handle);
  if (!recordingOf(device, given))
    return failed("no graph is being recorded");
  Current current(device);
  if (!current)
    return 1;
  Graph graph = nullptr;
  int32_t error = check("cuStreamEndCapture", api().captureEnd(recording.stream, &graph));
  stop(device);
  if (error)
    return error;
  auto recorded = std::make_unique<RecordedGraph>();
  error =
      check("cuGraphInstantiateWithFlags", api().graphInstantiate(&recorded->executable, graph, 0));
  // The executable is a copy; destroying what it was made from must not hide why it failed.
  api().graphDestroy(graph);
  if (!error)
    *result = recorded.release();
  return error;
}

int32_t portico::cuda::graphLaunch(void *handle, void *given, void *stream) {
  const Device &device = *static_cast<Device *>(handle);
  auto &graph = *static_cast<RecordedGraph *>(given);
  Current current(device);
  if (!current)
    return 1;
  std::lock_guard<std::mutex> lock(graph.mutex);
  return check("cuGraphLaunch", api().graphLaunch(graph.executable, device.stream(stream)));
}

void portico::cuda::graphDestroy(void *handle, void *given) {
  std::unique_ptr<RecordedGraph> graph(static_cast<RecordedGraph *>(given));
  Current current(*static_cast<Device *>(handle));
  if (current)
    check("cuGraphExecDestroy", api().graphExecDestroy(graph->executable));
}
