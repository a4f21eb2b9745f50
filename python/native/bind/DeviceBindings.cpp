//===- DeviceBindings.cpp - drivers, devices and their memory --------------===//

#include "python/native/bind/Bindings.h"
#include "python/native/bind/TensorObject.h"
#include "python/native/bind/Types.h"
#include "python/native/graph/Flush.h"
#include "python/native/graph/Transfer.h"
#include "python/native/ir/Bridge.h"

#include "portico/driver.h"

#include <nanobind/stl/string.h>

#include <dlfcn.h>

namespace nb = nanobind;
using namespace nb::literals;

namespace portico::native {

//===----------------------------------------------------------------------===//
// Drivers
//===----------------------------------------------------------------------===//

/// A driver in a shared library of its own, which stays loaded.
static std::string loadDriver(const std::string &path) {
  void *library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!library)
    raise(ErrorKind::runtime, std::string("[load_driver] cannot load the library; got ") +
                                  dlerror() + "; expected a driver");
  using Entry = const portico_driver *(*)();
  auto entry = reinterpret_cast<Entry>(dlsym(library, "portico_target_driver"));
  if (!entry)
    raise(ErrorKind::runtime, "[load_driver] not a driver; got " + path +
                                  "; expected a library with portico_target_driver()");
  const portico_driver *driver = entry();
  portico_status status = {};
  status.struct_size = sizeof(status);
  if (portico_driver_register(driver, &status) != PORTICO_OK)
    raise(ErrorKind::runtime, status.message);
  return driver->name;
}

static nb::list archsOf(const std::string &target) {
  nb::list list;
  for (const std::string &arch : targetArchs(target))
    list.append(arch);
  return list;
}

static nb::list drivers() {
  nb::list list;
  for (int32_t i = 0; const char *name = portico_driver_name(i); ++i) {
    const portico_driver *driver = portico_driver_find(name);
    nb::dict d;
    d["name"] = name;
    d["aliases"] = driver->aliases ? driver->aliases : "";
    d["count"] = portico_device_count(name);
    d["present"] = driver->device_count();
    const char *reason = driver->unavailable_reason ? driver->unavailable_reason() : nullptr;
    d["reason"] = reason ? reason : "";
    d["archs"] = archsOf(driver->code_target ? driver->code_target : name);
    list.append(d);
  }
  return list;
}

static nb::dict describe(const std::string &name) {
  portico_device_info info = {};
  info.struct_size = sizeof(info);
  waitFor([&](portico_status &status) {
    return portico_device_describe(name.c_str(), &info, &status);
  });
  nb::dict d;
  d["name"] = info.name;
  d["total_memory"] = info.memory_bytes;
  d["host_memory"] = bool(info.host_memory);
  d["arch"] = info.arch;
  d["multi_processor_count"] = info.compute_units;
  d["driver_version"] = info.driver_version;
  d["major"] = info.version_major;
  d["minor"] = info.version_minor;
  return d;
}

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

static nb::dict memoryStats(nb::handle device) {
  portico_memory_stats memory = {};
  memory.struct_size = sizeof(memory);
  portico_memory_get_stats(openDevice(deviceFrom(device)), &memory);
  nb::dict d;
  d["live_bytes"] = memory.live_bytes;
  d["peak_bytes"] = memory.peak_bytes;
  d["cached_bytes"] = memory.cached_bytes;
  d["external_bytes"] = memory.external_bytes;
  d["limit_bytes"] = memory.limit_bytes;
  d["live_buffers"] = memory.live_buffers;
  d["allocations"] = memory.allocations;
  d["cache_hits"] = memory.cache_hits;
  d["retries"] = memory.retries;
  d["peak_reserved_bytes"] = memory.peak_reserved_bytes;
  return d;
}

static nb::tuple memoryInfo(nb::handle device) {
  uint64_t freeBytes = 0, totalBytes = 0;
  portico_device *opened = openDevice(deviceFrom(device));
  waitFor([&](portico_status &status) {
    return portico_memory_info(opened, &freeBytes, &totalBytes, &status);
  });
  return nb::make_tuple(freeBytes, totalBytes);
}

//===----------------------------------------------------------------------===//
// Tensors
//===----------------------------------------------------------------------===//

/// A copy on another device, without history; the same tensor's value where it is there.
static Tensor toDevice(TensorArg x, nb::handle device) {
  DeviceId id = deviceFrom(device);
  openDevice(id);
  return Tensor::of({moved(x->read().value, id), {}, nullptr});
}

/// Gives a new tensor of values that are at home everywhere a device of its own.
static nb::object settle(nb::handle tensor) {
  Storage &storage = *tensorOf(tensor.ptr()).storage;
  if (storage.value->device == anywhere) {
    Ref<Node> value = std::move(storage.value);
    storage.setValue(settled(std::move(value), defaultDevice()));
  }
  return nb::borrow(tensor);
}

void bindDevices(nb::module_ &m) {
  m.def("load_driver", &loadDriver, "path"_a,
        "Adds the driver of a shared library; returns its name.");
  m.def("drivers", &drivers, "The drivers of this build and those that were loaded.");
  m.def(
      "driver_name",
      [](const std::string &word) -> nb::object {
        const portico_driver *driver = word.empty() ? nullptr : portico_driver_find(word.c_str());
        return driver ? nb::object(nb::str(driver->name)) : nb::none();
      },
      "The driver that answers to a word, or None.");
  m.def("describe_device", &describe, "name"_a, "What a device is, without opening it.");
  m.def("device_count",
        [](const std::string &driver) { return portico_device_count(driver.c_str()); });
  m.def("accelerator", &acceleratorType, "The first kind of device that is no host, or ''.");
  m.def("current_ordinal", [](const std::string &type) { return currentOrdinal(type); });
  m.def("set_current_ordinal",
        [](const std::string &type, int ordinal) { setCurrentOrdinal(type, ordinal); });
  m.def("default_device", [] { return nb::steal(deviceObject(defaultDevice())); });
  m.def(
      "set_default_device",
      [](nb::handle device) {
        DeviceId id = device.is_none() ? hostDevice : deviceFrom(device);
        openDevice(id); // a device that is not here is an error of this line, not of the next flush
        setDefaultDevice(id);
      },
      "device"_a.none());
  m.def("is_host", [](nb::handle device) { return isHost(deviceFrom(device)); });
  m.def("memory_stats", &memoryStats);
  m.def("memory_info", &memoryInfo);
  m.def("reset_device_peak",
        [](nb::handle device) { portico_memory_reset_peak(openDevice(deviceFrom(device))); });
  m.def("set_device_memory_limit", [](nb::handle device, uint64_t bytes) {
    portico_memory_set_limit(openDevice(deviceFrom(device)), bytes);
  });
  m.def("release_device_cache",
        [](nb::handle device) { portico_memory_release_cached(openDevice(deviceFrom(device))); });
  m.def("to_device", &toDevice, "x"_a, "device"_a,
        "A copy of a tensor on another device, without history.");
  m.def("settle", &settle, "x"_a,
        "The tensor itself, at home on the default device if it was nowhere before.");
  m.def(
      "note_host_call",
      [](const std::string &name, nb::handle device) {
        FlushRecord record;
        record.why = name;
        record.line = Location::here().text();
        record.result = "host library";
        record.device = deviceName(deviceFrom(device));
        logFlush(std::move(record));
      },
      "Tells `explain` that a function of the host's was called.");
}

} // namespace portico::native
