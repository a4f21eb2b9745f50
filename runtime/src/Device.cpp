//===- Device.cpp - drivers and their devices -------------------------------===//

#include "Device.h"

#include "DriverStore.h"
#include "Status.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <mutex>
#include <pthread.h>
#include <sstream>
#include <vector>

using namespace portico::rt;

portico_device::portico_device(const portico_driver *driver, int32_t ordinal, int32_t own,
                               void *handle, const portico_device_info &info)
    : driver(driver), ordinal(ordinal), own(own), handle(handle), hostMemory(info.host_memory != 0),
      name(std::string(driver->name) + ":" + std::to_string(ordinal)),
      allocator(driver, handle, name, info.memory_bytes, info.host_memory != 0),
      staging(driver, handle) {
  streams[0].device = this;
}

namespace {

/// A driver as this runtime knows it: what the driver was compiled without is null.
struct Driver {
  explicit Driver(const portico_driver *given) : given(given) {
    memcpy(&table, given, std::min<uint64_t>(given->struct_size, sizeof(table)));
  }
  bool answersTo(const std::string &name) const {
    if (name == table.name)
      return true;
    if (name.empty() || name.find(',') != std::string::npos || !table.aliases)
      return false;
    return ("," + std::string(table.aliases) + ",").find("," + name + ",") != std::string::npos;
  }

  const portico_driver *given;
  portico_driver table{};
};

/// PORTICO_VISIBLE_DEVICES, a list of device strings: which devices of a driver there are
/// for this process. Those of the default driver are always there.
std::vector<int32_t> visibleOrdinals(const Driver &driver) {
  int32_t count = driver.table.device_count();
  std::vector<int32_t> all, chosen;
  for (int32_t ordinal = 0; ordinal < count; ++ordinal)
    all.push_back(ordinal);
  const char *list = getenv("PORTICO_VISIBLE_DEVICES");
  if (!list)
    return all;
  std::stringstream words(list);
  for (std::string word; std::getline(words, word, ',');) {
    word.erase(std::remove(word.begin(), word.end(), ' '), word.end());
    size_t colon = word.find(':');
    if (word.empty() || !driver.answersTo(word.substr(0, colon)))
      continue;
    if (colon == std::string::npos)
      return all;
    int32_t ordinal = atoi(word.c_str() + colon + 1);
    bool known = std::find(chosen.begin(), chosen.end(), ordinal) != chosen.end();
    if (ordinal >= 0 && ordinal < count && !known)
      chosen.push_back(ordinal);
  }
  return chosen;
}

struct Registry {
  std::mutex mutex;
  std::vector<std::unique_ptr<Driver>> drivers;
  std::atomic<const Driver *> first{nullptr};
  std::vector<std::unique_ptr<portico_device>> devices;

  const Driver *find(const std::string &name) const {
    if (name.empty())
      return drivers.empty() ? nullptr : drivers.front().get();
    for (const auto &driver : drivers)
      if (driver->answersTo(name))
        return driver.get();
    return nullptr;
  }
  /// The driver's own numbers of its devices, by ours.
  std::vector<int32_t> ordinals(const Driver &driver) {
    if (&driver != first.load(std::memory_order_acquire))
      return visibleOrdinals(driver);
    std::vector<int32_t> all(size_t(driver.table.device_count()));
    for (size_t i = 0; i < all.size(); ++i)
      all[i] = int32_t(i);
    return all;
  }
  std::string names() const {
    std::string text;
    for (const auto &driver : drivers)
      text += (text.empty() ? "" : ", ") + std::string(driver->table.name);
    return text.empty() ? "none" : text;
  }
};

// Leaked on purpose: buffers are released by destructors that run after ours.
Registry &registry() {
  static Registry *instance = new Registry;
  return *instance;
}

// A thread of the parent may hold one of these at the moment of the fork; the
// child would wait for it for ever.
void lockAll() {
  registry().mutex.lock();
  for (auto &device : registry().devices) {
    device->streamMutex.lock();
    device->pending.forkMutex().lock();
    device->allocator.forkMutex().lock();
  }
}

void unlockAll() {
  for (auto &device : registry().devices) {
    device->allocator.forkMutex().unlock();
    device->pending.forkMutex().unlock();
    device->streamMutex.unlock();
  }
  registry().mutex.unlock();
}

bool complete(const portico_driver &driver) {
  return driver.name && driver.device_count && driver.device_info && driver.device_open &&
         driver.device_close && driver.device_supports && driver.memory_allocate &&
         driver.memory_release && driver.copy && driver.fill && driver.module_load &&
         driver.module_unload && driver.module_kernel && driver.launch && driver.stream_create &&
         driver.stream_destroy && driver.stream_wait && driver.stream_synchronize &&
         driver.event_create && driver.event_destroy && driver.event_record && driver.event_wait &&
         driver.event_query && driver.synchronize && driver.last_error;
}

} // namespace

portico_code portico_driver_register(const portico_driver *driver, portico_status *status) {
  constexpr size_t required = offsetof(portico_driver, aliases);
  if (!driver || driver->abi != PORTICO_DRIVER_ABI || driver->struct_size < required)
    return fail(status, PORTICO_INVALID_ARGUMENT,
                "[driver] a driver for another runtime; got version %u and a table of %llu bytes; "
                "expected version %d and at least %zu; try rebuilding the driver",
                driver ? driver->abi : 0,
                static_cast<unsigned long long>(driver ? driver->struct_size : 0),
                PORTICO_DRIVER_ABI, required);
  if (!complete(*driver))
    return fail(status, PORTICO_INVALID_ARGUMENT,
                "[driver] a required function is missing in the table of driver '%s'; expected all "
                "above 'optional' in driver.h",
                driver->name ? driver->name : "?");
  Registry &all = registry();
  std::lock_guard<std::mutex> lock(all.mutex);
  if (const Driver *known = *driver->name ? all.find(driver->name) : nullptr) {
    if (known->given == driver)
      return PORTICO_OK;
    return fail(status, PORTICO_INVALID_ARGUMENT, "[driver] there is a driver '%s' already",
                driver->name);
  }
  if (all.drivers.empty())
    pthread_atfork(lockAll, unlockAll, unlockAll);
  all.drivers.push_back(std::make_unique<Driver>(driver));
  if (const auto &table = all.drivers.back()->table; table.use_store)
    table.use_store(driverStore());
  all.first.store(all.drivers.front().get(), std::memory_order_release);
  return PORTICO_OK;
}

const char *portico_driver_name(int32_t index) {
  std::lock_guard<std::mutex> lock(registry().mutex);
  const auto &drivers = registry().drivers;
  return index >= 0 && size_t(index) < drivers.size() ? drivers[index]->table.name : nullptr;
}

const portico_driver *portico_driver_find(const char *name) {
  std::lock_guard<std::mutex> lock(registry().mutex);
  const Driver *driver = registry().find(name ? name : "");
  return driver ? &driver->table : nullptr;
}

int32_t portico_device_count(const char *name) {
  const Driver *driver = nullptr;
  {
    std::lock_guard<std::mutex> lock(registry().mutex);
    driver = name && *name ? registry().find(name) : nullptr;
  }
  return driver ? int32_t(registry().ordinals(*driver).size()) : 0;
}

namespace {

/// What a device string names.
struct Place {
  const Driver *driver = nullptr;
  int32_t ordinal = 0;
};

bool parseOrdinal(const std::string &text, int32_t &ordinal) {
  char *end = nullptr;
  errno = 0;
  long value = strtol(text.c_str(), &end, 10);
  ordinal = int32_t(value);
  return !text.empty() && !*end && value >= 0 && value <= INT32_MAX && !errno;
}

/// The first device that is the machine `name`, as its driver calls it; -1: none is.
int32_t ordinalOfMachine(const Driver &driver, const std::string &name) {
  std::vector<int32_t> ordinals = registry().ordinals(driver);
  for (size_t i = 0; i < ordinals.size() && !name.empty(); ++i) {
    portico_device_info info{};
    info.struct_size = sizeof(info);
    if (driver.table.device_info(ordinals[i], &info) == 0 && name == info.arch)
      return int32_t(i);
  }
  return -1;
}

portico_code parse(const char *name, Place &place, portico_status *status) {
  std::string text = name ? name : "";
  std::string driverName = text.substr(0, text.find(':'));
  Registry &all = registry();
  std::lock_guard<std::mutex> lock(all.mutex);
  const Driver *found = driverName.empty() && !text.empty() ? nullptr : all.find(driverName);
  if (!found)
    return fail(status, PORTICO_UNAVAILABLE,
                "[device] no such device; got '%s'; expected one of the drivers here: %s",
                text.c_str(), all.names().c_str());
  place.driver = found;
  if (driverName.size() == text.size())
    return PORTICO_OK;
  std::string which = text.substr(driverName.size() + 1);
  if (!parseOrdinal(which, place.ordinal) && (place.ordinal = ordinalOfMachine(*found, which)) < 0)
    return fail(status, PORTICO_UNAVAILABLE,
                "[device] not a device; got '%s'; expected 'driver', 'driver:ordinal' or "
                "'driver:machine' with a machine that is there",
                name);
  return PORTICO_OK;
}

/// Also tells the driver's own number of the device.
portico_code describe(const Place &place, portico_device_info &info, int32_t &ordinal,
                      portico_status *status) {
  const portico_driver &driver = place.driver->table;
  std::vector<int32_t> ordinals = registry().ordinals(*place.driver);
  if (size_t(place.ordinal) >= ordinals.size()) {
    int32_t present = driver.device_count();
    std::string expected = "a machine with one";
    if (!ordinals.empty()) {
      expected = std::string("'") + driver.name + ":0'";
      if (ordinals.size() > 1)
        expected +=
            std::string(" to '") + driver.name + ":" + std::to_string(ordinals.size() - 1) + "'";
    }
    if (ordinals.size() < size_t(present))
      expected += " (PORTICO_VISIBLE_DEVICES hides " + std::to_string(present - ordinals.size()) +
                  " of " + std::to_string(present) + ")";
    else if (const char *why =
                 !present && driver.unavailable_reason ? driver.unavailable_reason() : nullptr)
      expected += std::string(" (") + why + ")";
    return fail(status, PORTICO_UNAVAILABLE,
                "[device] no such device; got '%s:%d'; expected %s; try python -m portico devices",
                driver.name, place.ordinal, expected.c_str());
  }
  ordinal = ordinals[place.ordinal];
  info.struct_size = sizeof(info);
  if (driver.device_info(ordinal, &info) != 0)
    return fail(status, PORTICO_UNAVAILABLE, "[device] cannot ask %s:%d: %s", driver.name,
                place.ordinal, driver.last_error());
  return PORTICO_OK;
}

} // namespace

portico_code portico_device_describe(const char *name, portico_device_info *info,
                                     portico_status *status) {
  Place place;
  portico_device_info all{};
  int32_t ordinal;
  portico_code code = parse(name, place, status);
  if (code || (code = describe(place, all, ordinal, status)))
    return code;
  uint64_t size = std::min<uint64_t>(info->struct_size, sizeof(all));
  all.struct_size = info->struct_size;
  memcpy(info, &all, size);
  return PORTICO_OK;
}

portico_code portico_device_get(const char *name, portico_device **result, portico_status *status) {
  Place place;
  if (portico_code code = parse(name, place, status))
    return code;
  const portico_driver *driver = &place.driver->table;
  int32_t ordinal = place.ordinal;
  Registry &all = registry();
  std::lock_guard<std::mutex> lock(all.mutex);
  for (auto &device : all.devices) {
    if (device->driver == driver && device->ordinal == ordinal) {
      *result = device.get();
      return PORTICO_OK;
    }
  }
  portico_device_info info{};
  int32_t own;
  if (portico_code code = describe(place, info, own, status))
    return code;
  void *handle = nullptr;
  if (driver->device_open(own, &handle) != 0)
    return fail(status, PORTICO_UNAVAILABLE, "[device] cannot open %s:%d: %s", driver->name,
                ordinal, driver->last_error());
  all.devices.push_back(std::make_unique<portico_device>(driver, ordinal, own, handle, info));
  *result = all.devices.back().get();
  return PORTICO_OK;
}

const char *portico_device_name(const portico_device *device) { return device->name.c_str(); }

int32_t portico_device_is_host(const portico_device *device) { return device->hostMemory; }

portico_code portico_device_synchronize(portico_device *device, portico_status *status) {
  std::vector<PendingRun> runs = device->pending.take(~StreamSet(0));
  unsigned made = device->streamsMade.load(std::memory_order_acquire);
  std::array<uint64_t, kMaxStreams> handed;
  for (unsigned i = 0; i < made; ++i)
    handed[i] = device->streams[i].handed.load(std::memory_order_acquire);
  if (device->driver->synchronize(device->handle) != 0)
    return fail(status, PORTICO_DEVICE_ERROR, "[device] %s failed: %s", device->name.c_str(),
                device->driver->last_error());
  for (unsigned i = 0; i < made; ++i)
    device->streams[i].waitedFor(handed[i]);
  return finish(*portico_stream_default(device), runs, status);
}

void portico_memory_get_stats(portico_device *device, portico_memory_stats *stats) {
  portico_memory_stats all{};
  device->allocator.getStats(all);
  uint64_t size = stats->struct_size < sizeof(all) ? stats->struct_size : sizeof(all);
  all.struct_size = stats->struct_size;
  memcpy(stats, &all, size);
}

portico_code portico_memory_info(portico_device *device, uint64_t *freeBytes, uint64_t *totalBytes,
                                 portico_status *status) {
  return device->allocator.getInfo(*freeBytes, *totalBytes, status);
}

void portico_memory_reset_peak(portico_device *device) { device->allocator.resetPeak(); }

void portico_memory_release_cached(portico_device *device) { device->allocator.releaseCached(); }

void portico_memory_set_limit(portico_device *device, uint64_t bytes) {
  device->allocator.setLimit(bytes);
}
