//===- Buffer.h - counted pieces of device memory ---------------------------===//

#ifndef PORTICO_RUNTIME_BUFFER_H
#define PORTICO_RUNTIME_BUFFER_H

#include "Allocator.h"
#include "Stream.h"
#include "portico/runtime.h"

#include <atomic>

struct portico_buffer {
  std::atomic<uint64_t> references{1};
  portico_device *device = nullptr;
  void *data = nullptr;
  uint64_t bytes = 0;
  /// The allocator's piece; null memory where the buffer is external.
  portico::rt::Block block;
  void (*deleter)(void *) = nullptr;
  void *context = nullptr;
  bool external = false;
  /// The stream that wrote it last, and all that read or wrote it: others come after these.
  /// Kept only once the device has more than one stream.
  std::atomic<uint8_t> writer{0};
  std::atomic<portico::rt::StreamSet> users{0};

  /// Call before `stream` is handed something that reads or writes the buffer.
  portico_code beforeRead(portico_stream &stream, portico_status *status);
  portico_code beforeWrite(portico_stream &stream, portico_status *status);
};

#endif // PORTICO_RUNTIME_BUFFER_H
