//===- Allocator.h - the caching allocator of one device --------------------===//
//
// Memory given back is kept, sorted by size class, and handed out again: fresh
// pages cost more than most kernels that write them. Nothing is kept when the
// limit or the device says that memory ran out.
//
// Memory goes back to the stream that it was allocated for, and only to it: what is
// done with it next then comes after what was done with it last, without a wait.
//
//===----------------------------------------------------------------------===//

#ifndef PORTICO_RUNTIME_ALLOCATOR_H
#define PORTICO_RUNTIME_ALLOCATOR_H

#include "portico/driver.h"
#include "portico/runtime.h"

#include <array>
#include <mutex>
#include <string>
#include <vector>

namespace portico::rt {

/// A piece of device memory; `sizeClass` says where it goes back to.
struct Block {
  void *memory = nullptr;
  uint32_t sizeClass = 0;
  uint8_t stream = 0;
};

class Allocator {
public:
  Allocator(const portico_driver *driver, void *device, std::string deviceName, uint64_t limit,
            bool hostMemory);

  portico_code allocate(uint64_t bytes, uint8_t stream, Block &block, portico_status *status);
  void release(Block block);

  void releaseCached();
  void setLimit(uint64_t bytes);
  void resetPeak();
  void getStats(portico_memory_stats &stats);
  portico_code getInfo(uint64_t &freeBytes, uint64_t &totalBytes, portico_status *status);
  void addExternal(int64_t bytes);

  /// Held across fork(), so that a child never inherits it locked.
  std::mutex &forkMutex() { return mutex; }

private:
  // Eight steps to every power of two: at most 12.5% of a block is unused.
  static constexpr uint32_t kStepBits = 3;
  static constexpr uint32_t kClasses = (62 - 6) << kStepBits;
  static constexpr uint64_t kLargest = uint64_t(1) << 60;

  static uint32_t classOf(uint64_t bytes);
  static uint64_t classBytes(uint32_t sizeClass);

  bool takeCached(uint32_t sizeClass, uint8_t stream, Block &block);
  bool takeFresh(uint32_t sizeClass, uint8_t stream, Block &block);
  void dropCached();
  void account(uint32_t sizeClass);
  portico_code outOfMemory(uint64_t bytes, portico_status *status);

  const portico_driver *driver;
  void *device;
  std::string deviceName;
  bool hostMemory;

  std::mutex mutex;
  struct Cached {
    void *memory;
    uint8_t stream;
  };
  std::array<std::vector<Cached>, kClasses> cached;
  std::array<uint32_t, kClasses> liveOfClass{};
  uint64_t defaultLimit;
  uint64_t limit;
  uint64_t live = 0, peak = 0, cachedBytes = 0, peakReserved = 0, external = 0;
  uint64_t liveBuffers = 0, allocations = 0, cacheHits = 0, retries = 0;
};

} // namespace portico::rt

#endif // PORTICO_RUNTIME_ALLOCATOR_H
