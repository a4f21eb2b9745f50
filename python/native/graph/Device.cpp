//===- Device.cpp - devices by small number --------------------------------===//

#include "python/native/graph/Device.h"
#include "python/native/graph/Failure.h"

#include "portico/driver.h"

#include <charconv>
#include <deque>
#include <map>

namespace portico::native {

// Entries stay where they are: others hold references while one is added.
static std::deque<DeviceEntry> &table() {
  static auto *entries = [] {
    auto *made = new std::deque<DeviceEntry>();
    const portico_driver *driver = portico_driver_find("");
    made->push_back({driver ? driver->name : "", 0, true, nullptr});
    return made;
  }();
  return *entries;
}

static std::string knownTypes() {
  std::string names;
  for (int32_t i = 0; const char *name = portico_driver_name(i); ++i)
    names += (i ? ", " : "") + std::string(name);
  return names;
}

/// The ordinal in "type:ordinal" or, as drivers call their machines, "type:machine";
/// -1 where it is neither.
static int ordinalFrom(const std::string &type, const std::string &text) {
  int ordinal = 0;
  const char *last = text.data() + text.size();
  auto [end, wrong] = std::from_chars(text.data(), last, ordinal);
  if (wrong == std::errc() && end == last && ordinal >= 0)
    return ordinal;
  for (int i = 0; i < portico_device_count(type.c_str()) && !text.empty(); ++i) {
    portico_device_info info = {};
    info.struct_size = sizeof(info);
    std::string full = type + ":" + std::to_string(i);
    if (portico_device_describe(full.c_str(), &info, nullptr) == PORTICO_OK && text == info.arch)
      return i;
  }
  return -1;
}

bool findDevice(const std::string &name, DeviceId &id, std::string &error) {
  id = hostDevice;
  if (name.empty())
    return true;
  size_t colon = name.find(':');
  const portico_driver *driver =
      colon == 0 ? nullptr : portico_driver_find(name.substr(0, colon).c_str());
  if (!driver) {
    error = "Expected one of " + knownTypes() + " device type at start of device string: " + name +
            "; got '" + name + "'; expected 'type' or 'type:index'";
    return false;
  }
  std::string type = driver->name;
  int ordinal = 0;
  if (colon == std::string::npos) {
    ordinal = currentOrdinal(type);
  } else {
    ordinal = ordinalFrom(type, name.substr(colon + 1));
    if (ordinal < 0) {
      error = "Invalid device string: '" + name + "'; got '" + name +
              "'; expected 'type' or 'type:index'";
      return false;
    }
  }
  for (size_t i = 0; i < table().size(); ++i)
    if (table()[i].type == type && table()[i].ordinal == ordinal) {
      id = i;
      return true;
    }
  if (table().size() >= anywhere) {
    error = "too many devices were named; got '" + name + "'";
    return false;
  }
  portico_device_info info = {};
  info.struct_size = sizeof(info);
  std::string full = type + ":" + std::to_string(ordinal);
  bool present = portico_device_describe(full.c_str(), &info, nullptr) == PORTICO_OK;
  id = table().size();
  table().push_back({type, ordinal, present && info.host_memory, nullptr});
  return true;
}

const DeviceEntry &deviceEntry(DeviceId id) {
  return table().at(id == anywhere ? defaultDevice() : id);
}

portico_device *openDevice(DeviceId id) {
  auto &entry = const_cast<DeviceEntry &>(deviceEntry(id));
  if (entry.device)
    return entry.device;
  portico_status status = {};
  status.struct_size = sizeof(status);
  std::string name = entry.type + ":" + std::to_string(entry.ordinal);
  if (portico_device_get(name.c_str(), &entry.device, &status) != PORTICO_OK)
    raise(ErrorKind::runtime, status.message);
  return entry.device;
}

std::vector<portico_device *> openDevices() {
  std::vector<portico_device *> devices;
  for (const DeviceEntry &entry : table())
    if (entry.device)
      devices.push_back(entry.device);
  return devices;
}

std::string deviceName(DeviceId id) {
  const DeviceEntry &entry = deviceEntry(id);
  // A host device is simply "the" device, as PyTorch's CPU is.
  return entry.host && entry.ordinal == 0 ? entry.type
                                          : entry.type + ":" + std::to_string(entry.ordinal);
}

static thread_local DeviceId chosenDefault = hostDevice;
DeviceId defaultDevice() { return chosenDefault; }
void setDefaultDevice(DeviceId id) { chosenDefault = id; }

static std::map<std::string, int> &currentOrdinals() {
  static thread_local std::map<std::string, int> ordinals;
  return ordinals;
}
int currentOrdinal(const std::string &type) {
  auto found = currentOrdinals().find(type);
  return found == currentOrdinals().end() ? 0 : found->second;
}
void setCurrentOrdinal(const std::string &type, int ordinal) { currentOrdinals()[type] = ordinal; }

std::string acceleratorType() {
  for (int32_t i = 0; const char *name = portico_driver_name(i); ++i) {
    portico_device_info info = {};
    info.struct_size = sizeof(info);
    if (portico_device_describe(name, &info, nullptr) == PORTICO_OK && !info.host_memory)
      return name;
  }
  return "";
}

Buffer allocate(DeviceId id, uint64_t bytes) {
  portico_status status = {};
  status.struct_size = sizeof(status);
  portico_buffer *buffer = nullptr;
  portico_code code = portico_buffer_allocate(openDevice(id), bytes, &buffer, &status);
  if (code != PORTICO_OK)
    raise(code == PORTICO_OUT_OF_MEMORY ? ErrorKind::memory : ErrorKind::runtime, status.message);
  return Buffer::adopt(buffer);
}

} // namespace portico::native
