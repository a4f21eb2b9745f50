//===- Stream.h - the order of work on a device -----------------------------===//
//
// A device has one default stream and a few more, made as they are asked for and
// handed out in turn. They live as long as the device, so that buffers and blocks
// may remember one by its number.
//
// Work of two streams has no order of its own. The runtime gives it the order of
// the calls wherever they touch the same buffer; see Buffer.h.
//
//===----------------------------------------------------------------------===//

#ifndef PORTICO_RUNTIME_STREAM_H
#define PORTICO_RUNTIME_STREAM_H

#include "portico/runtime.h"

#include <atomic>
#include <cstdint>
#include <mutex>
#include <shared_mutex>

struct portico_stream {
  portico_device *device = nullptr;
  /// The driver's; null for the default stream.
  void *handle = nullptr;
  /// Its place among the streams of the device; 0 is the default stream.
  uint8_t number = 0;
  /// How often it was handed something, and how much of that the host has waited for.
  std::atomic<uint64_t> handed{0}, finished{0};
  /// Stands behind all that was handed over when somebody last asked whether it is done.
  std::mutex queryMutex;
  void *queryEvent = nullptr;
  uint64_t queried = 0;

  /// Held shared while something is handed over, and alone while commands are recorded as
  /// a graph, which must not catch anything else. Only tried for, so that nobody waits for
  /// it who is waited for.
  std::shared_mutex recording;

  void handedOver() { handed.fetch_add(1, std::memory_order_acq_rel); }
  /// The host waited for all that there was when `handed` was `count`.
  void waitedFor(uint64_t count) {
    uint64_t before = finished.load(std::memory_order_acquire);
    while (before < count && !finished.compare_exchange_weak(before, count)) {
    }
  }
};

namespace portico::rt {

/// A set of streams of one device, by number.
using StreamSet = uint64_t;
/// The default stream and 32 more.
constexpr unsigned kMaxStreams = 33;

inline StreamSet only(const portico_stream &stream) { return StreamSet(1) << stream.number; }

/// What `stream` is handed from now on is done after what `others` were handed so far.
portico_code orderAfter(portico_stream &stream, StreamSet others, portico_status *status);

} // namespace portico::rt

#endif // PORTICO_RUNTIME_STREAM_H
