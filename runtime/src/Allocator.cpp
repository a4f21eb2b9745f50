//===- Allocator.cpp - the caching allocator of one device ------------------===//

#include "Allocator.h"

#include "Status.h"

#include <algorithm>
#include <utility>

namespace portico::rt {

Allocator::Allocator(const portico_driver *driver, void *device, std::string deviceName,
                     uint64_t limit, bool hostMemory)
    : driver(driver), device(device), deviceName(std::move(deviceName)), hostMemory(hostMemory),
      defaultLimit(limit), limit(limit) {}

// Sizes are counted in units of 64 bytes. The first eight classes are 1 to 8 units;
// after that come eight equal steps up to each next power of two: 9 ... 16, 18 ... 32.
uint32_t Allocator::classOf(uint64_t bytes) {
  uint64_t units = (bytes + 63) / 64;
  if (units <= 8)
    return units ? uint32_t(units - 1) : 0;
  // 8 < units: the highest bit picks the power, the three below it the step.
  uint32_t power = 63 - __builtin_clzll(units - 1) - kStepBits;
  uint32_t step = uint32_t((units - 1) >> power) & 7;
  return ((power + 1) << kStepBits) + step;
}

uint64_t Allocator::classBytes(uint32_t sizeClass) {
  if (sizeClass < 8)
    return uint64_t(sizeClass + 1) * 64;
  uint32_t power = (sizeClass >> kStepBits) - 1;
  uint64_t step = sizeClass & 7;
  return ((8 + step + 1) << power) * 64;
}

bool Allocator::takeCached(uint32_t sizeClass, uint8_t stream, Block &block) {
  // A block one or two steps too big is better than new pages.
  uint32_t last = std::min(sizeClass + 2, kClasses - 1);
  for (uint32_t candidate = sizeClass; candidate <= last; ++candidate) {
    std::vector<Cached> &list = cached[candidate];
    // From the back: what was used last is still in the caches.
    for (size_t i = list.size(); i-- > 0;) {
      if (list[i].stream != stream)
        continue;
      block = {list[i].memory, candidate, stream};
      list.erase(list.begin() + ptrdiff_t(i));
      cachedBytes -= classBytes(candidate);
      return true;
    }
  }
  return false;
}

bool Allocator::takeFresh(uint32_t sizeClass, uint8_t stream, Block &block) {
  uint64_t bytes = classBytes(sizeClass);
  if (bytes > limit || live > limit - bytes)
    return false;
  if (live + cachedBytes > limit - bytes)
    dropCached();
  void *memory = nullptr;
  if (driver->memory_allocate(device, bytes, &memory) != 0) {
    if (!cachedBytes)
      return false;
    ++retries;
    dropCached();
    if (driver->memory_allocate(device, bytes, &memory) != 0)
      return false;
  }
  block = {memory, sizeClass, stream};
  return true;
}

void Allocator::dropCached() {
  // Work that was handed over may still use it. A device that fails here fails at the next call.
  if (!hostMemory && cachedBytes)
    driver->synchronize(device);
  for (uint32_t sizeClass = 0; sizeClass < kClasses; ++sizeClass) {
    for (const Cached &entry : cached[sizeClass])
      driver->memory_release(device, entry.memory, classBytes(sizeClass));
    cached[sizeClass].clear();
  }
  cachedBytes = 0;
}

void Allocator::account(uint32_t sizeClass) {
  live += classBytes(sizeClass);
  peak = std::max(peak, live);
  peakReserved = std::max(peakReserved, live + cachedBytes);
  ++liveOfClass[sizeClass];
  ++liveBuffers;
}

portico_code Allocator::allocate(uint64_t bytes, uint8_t stream, Block &block,
                                 portico_status *status) {
  std::lock_guard<std::mutex> lock(mutex);
  ++allocations;
  if (bytes > kLargest)
    return outOfMemory(bytes, status);
  uint32_t sizeClass = classOf(bytes);
  if (takeCached(sizeClass, stream, block))
    ++cacheHits;
  else if (!takeFresh(sizeClass, stream, block))
    return outOfMemory(bytes, status);
  account(block.sizeClass);
  return PORTICO_OK;
}

void Allocator::release(Block block) {
  std::lock_guard<std::mutex> lock(mutex);
  uint64_t bytes = classBytes(block.sizeClass);
  live -= bytes;
  --liveOfClass[block.sizeClass];
  --liveBuffers;
  cached[block.sizeClass].push_back({block.memory, block.stream});
  cachedBytes += bytes;
  if (live + cachedBytes > limit)
    dropCached();
}

portico_code Allocator::outOfMemory(uint64_t bytes, portico_status *status) {
  // The few classes that hold most of the memory say more than a total.
  std::vector<uint32_t> classes;
  for (uint32_t sizeClass = 0; sizeClass < kClasses; ++sizeClass)
    if (liveOfClass[sizeClass])
      classes.push_back(sizeClass);
  auto held = [&](uint32_t sizeClass) { return classBytes(sizeClass) * liveOfClass[sizeClass]; };
  std::sort(classes.begin(), classes.end(),
            [&](uint32_t a, uint32_t b) { return held(a) > held(b); });
  std::string breakdown;
  for (size_t i = 0; i < classes.size() && i < 4; ++i)
    breakdown += (i ? ", " : ": ") + std::to_string(liveOfClass[classes[i]]) + " x " +
                 humanBytes(classBytes(classes[i]));
  if (classes.size() > 4)
    breakdown += ", ...";
  uint64_t free = live < limit ? limit - live : 0;
  // What others hold of the device is nowhere in our own figures.
  std::string others;
  uint64_t deviceFree = 0, deviceTotal = 0;
  if (driver->memory_info) {
    // A device that a kernel has broken has no memory for anybody, and does not know how much
    // there is.
    if (driver->memory_info(device, &deviceFree, &deviceTotal) != 0)
      return fail(status, PORTICO_DEVICE_ERROR,
                  "[memory] no memory of %s; got a request for %s: %s", deviceName.c_str(),
                  humanBytes(bytes).c_str(), driver->last_error());
    others = "; free on the device " + humanBytes(deviceFree) + " of " + humanBytes(deviceTotal);
  }
  return fail(status, PORTICO_OUT_OF_MEMORY,
              "[memory] out of memory on %s; got a request for %s; expected at most %s "
              "(limit %s; live %s in %llu blocks%s; cached %s; peak %s%s); try smaller tensors or "
              "batches, or delete tensors that are no longer needed",
              deviceName.c_str(), humanBytes(bytes).c_str(), humanBytes(free).c_str(),
              humanBytes(limit).c_str(), humanBytes(live).c_str(),
              static_cast<unsigned long long>(liveBuffers), breakdown.c_str(),
              humanBytes(cachedBytes).c_str(), humanBytes(peak).c_str(), others.c_str());
}

void Allocator::releaseCached() {
  std::lock_guard<std::mutex> lock(mutex);
  dropCached();
}

void Allocator::setLimit(uint64_t bytes) {
  std::lock_guard<std::mutex> lock(mutex);
  limit = bytes ? bytes : defaultLimit;
  if (live + cachedBytes > limit)
    dropCached();
}

void Allocator::resetPeak() {
  std::lock_guard<std::mutex> lock(mutex);
  peak = live;
  peakReserved = live + cachedBytes;
}

void Allocator::addExternal(int64_t bytes) {
  std::lock_guard<std::mutex> lock(mutex);
  external += uint64_t(bytes);
}

portico_code Allocator::getInfo(uint64_t &freeBytes, uint64_t &totalBytes, portico_status *status) {
  if (driver->memory_info) {
    if (driver->memory_info(device, &freeBytes, &totalBytes) == 0)
      return PORTICO_OK;
    return fail(status, PORTICO_DEVICE_ERROR, "[memory] memory_info failed on %s: %s",
                deviceName.c_str(), driver->last_error());
  }
  std::lock_guard<std::mutex> lock(mutex);
  totalBytes = limit;
  freeBytes = limit - std::min(limit, live + cachedBytes);
  return PORTICO_OK;
}

void Allocator::getStats(portico_memory_stats &stats) {
  std::lock_guard<std::mutex> lock(mutex);
  stats.live_bytes = live;
  stats.peak_bytes = peak;
  stats.cached_bytes = cachedBytes;
  stats.external_bytes = external;
  stats.limit_bytes = limit;
  stats.live_buffers = liveBuffers;
  stats.allocations = allocations;
  stats.cache_hits = cacheHits;
  stats.retries = retries;
  stats.peak_reserved_bytes = peakReserved;
}

} // namespace portico::rt
