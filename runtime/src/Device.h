//===- Device.h - drivers and their devices ---------------------------------===//

#ifndef PORTICO_RUNTIME_DEVICE_H
#define PORTICO_RUNTIME_DEVICE_H

#include "Allocator.h"
#include "Pending.h"
#include "Staging.h"
#include "Stream.h"
#include "portico/driver.h"
#include "portico/runtime.h"

#include <array>
#include <atomic>
#include <mutex>
#include <string>

/// An opened device. Never closed: buffers may outlive every other object.
struct portico_device {
  portico_device(const portico_driver *driver, int32_t ordinal, int32_t own, void *handle,
                 const portico_device_info &info);

  const portico_driver *driver;
  int32_t ordinal;
  /// The driver's number of it, where some of its devices are hidden.
  int32_t own;
  void *handle;
  bool hostMemory;
  std::string name;
  portico::rt::Allocator allocator;
  portico::rt::PendingRuns pending;
  portico::rt::Staging staging;

  portico_stream *streamAt(unsigned number) { return &streams[number]; }
  /// Nothing needs an order where there is one stream.
  bool oneStream() const { return streamsMade.load(std::memory_order_acquire) == 1; }

  std::mutex streamMutex;
  std::array<portico_stream, portico::rt::kMaxStreams> streams;
  std::atomic<unsigned> streamsMade{1};
  unsigned nextStream = 0;
};

#endif // PORTICO_RUNTIME_DEVICE_H
