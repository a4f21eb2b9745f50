//===- Buffer.h - counted pieces of device memory ---------------------------===//

#ifndef PORTICO_RUNTIME_BUFFER_H
#define PORTICO_RUNTIME_BUFFER_H

#include "Allocator.h"
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
};

#endif // PORTICO_RUNTIME_BUFFER_H
