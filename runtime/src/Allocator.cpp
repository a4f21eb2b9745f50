//===- Allocator.cpp - the caching allocator of one device ------------------===//

#include "Allocator.h"

#include "Status.h"

#include <algorithm>
#include <utility>

namespace portico::rt {

Allocator::Allocator(const portico_driver *driver, void *device, std::string deviceName,
                     uint64_t limit)
    : driver(driver), device(device), deviceName(std::move(deviceName)), defaultLimit(limit),
      limit(limit) {}

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

bool Allocator::takeCached(uint32_t sizeClass, Block &block) {
  // A block one or two steps too big is better than new pages.
  uint32_t last = std::min(sizeClass + 2, kClasses - 1);
  for (uint32_t candidate = sizeClass; candidate <= last; ++candidate) {
    std::vector<void *> &list = cached[candidate];
    if (list.empty())
      continue;
    block = {list.back(), candidate};
    list.pop_back();
    cachedBytes -= classBytes(candidate);
    return true;
  }
  return false;
}

bool Allocator::takeFresh(uint32_t sizeClass, Block &block) {
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
  block = {memory, sizeClass};
  return true;
}

void Allocator::dropCached() {
  for (uint32_t sizeClass = 0; sizeClass < kClasses; ++sizeClass) {
    for (void *memory : cached[sizeClass])
      driver->memory_release(device, memory, classBytes(sizeClass));
    cached[sizeClass].clear();
  }
  cachedBytes = 0;
}

void Allocator::account(uint32_t sizeClass) {
  live += classBytes(sizeClass);
  peak = std::max(peak, live);
  ++liveOfClass[sizeClass];
  ++liveBuffers;
}

portico_code Allocator::allocate(uint64_t bytes, Block &block, portico_status *status) {
  std::lock_guard<std::mutex> lock(mutex);
  ++allocations;
  if (bytes > kLargest)
    return outOfMemory(bytes, status);
  uint32_t sizeClass = classOf(bytes);
  if (takeCached(sizeClass, block))
    ++cacheHits;
  else if (!takeFresh(sizeClass, block))
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
  if (live + cachedBytes + bytes > limit) {
    driver->memory_release(device, block.memory, bytes);
    return;
  }
  cached[block.sizeClass].push_back(block.memory);
  cachedBytes += bytes;
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
  return fail(status, PORTICO_OUT_OF_MEMORY,
              "[memory] out of memory on %s; got a request for %s; expected at most %s "
              "(limit %s; live %s in %llu blocks%s; cached %s; peak %s); try smaller tensors or "
              "batches, or delete tensors that are no longer needed",
              deviceName.c_str(), humanBytes(bytes).c_str(), humanBytes(free).c_str(),
              humanBytes(limit).c_str(), humanBytes(live).c_str(),
              static_cast<unsigned long long>(liveBuffers), breakdown.c_str(),
              humanBytes(cachedBytes).c_str(), humanBytes(peak).c_str());
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
}

void Allocator::addExternal(int64_t bytes) {
  std::lock_guard<std::mutex> lock(mutex);
  external += uint64_t(bytes);
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
}

} // namespace portico::rt
