//===- Staging.h - bytes on their way to a device ---------------------------===//
//
// A copy from ordinary memory of the host makes the host wait, and often goes through
// a buffer of the driver's. Here it goes through memory that the device reads by
// itself, and the caller may go on when the bytes are there.
//
//===----------------------------------------------------------------------===//

#ifndef PORTICO_RUNTIME_STAGING_H
#define PORTICO_RUNTIME_STAGING_H

#include "portico/driver.h"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>

namespace portico::rt {

class Staging {
public:
  Staging(const portico_driver *driver, void *device) : driver(driver), device(device) {}

  /// Hands the copy to the stream; false where it has to be done another way, because
  /// the driver has no such memory, all of it is in use, or it fails.
  bool write(void *destination, const void *source, size_t bytes, void *stream);

private:
  static constexpr size_t kSmallest = size_t(64) << 10, kLargest = size_t(64) << 20,
                          kTotal = size_t(256) << 20;
  struct Slot {
    void *memory = nullptr;
    size_t bytes = 0;
    /// Happens when the device has read it.
    void *event = nullptr;
    bool taken = true;
  };

  Slot *take(size_t bytes);

  const portico_driver *driver;
  void *device;
  std::mutex mutex;
  std::deque<Slot> slots; // stay where they are
  size_t total = 0;
};

} // namespace portico::rt

#endif // PORTICO_RUNTIME_STAGING_H
