//===- Device.cpp - devices by small number --------------------------------===//

#include "python/native/graph/Device.h"

#include <vector>

namespace portico::native {

static std::vector<DeviceEntry> &table() {
  static std::vector<DeviceEntry> entries;
  return entries;
}

static bool enter(const std::string &name, DeviceId &id, std::string &error) {
  portico_status status = {};
  status.struct_size = sizeof(status);
  portico_device *device = nullptr;
  if (portico_device_get(name.c_str(), &device, &status) != PORTICO_OK) {
    error = status.message;
    return false;
  }
  for (size_t i = 0; i < table().size(); ++i)
    if (table()[i].device == device) {
      id = i;
      return true;
    }
  std::string full = portico_device_name(device);
  size_t colon = full.find(':');
  id = table().size();
  table().push_back({device, full.substr(0, colon), std::stoi(full.substr(colon + 1))});
  return true;
}

bool findDevice(const std::string &name, DeviceId &id, std::string &error) {
  if (table().empty() && !enter("", id, error)) // the default has number 0
    return false;
  if (name.empty()) {
    id = 0;
    return true;
  }
  return enter(name, id, error);
}

const DeviceEntry &deviceEntry(DeviceId id) {
  if (table().empty()) {
    std::string error;
    DeviceId unused;
    enter("", unused, error);
  }
  return table().at(id);
}

std::string deviceName(DeviceId id) {
  const DeviceEntry &entry = deviceEntry(id);
  return entry.ordinal == 0 ? entry.type : entry.type + ":" + std::to_string(entry.ordinal);
}

Buffer allocate(DeviceId id, uint64_t bytes, std::string &error) {
  portico_status status = {};
  status.struct_size = sizeof(status);
  portico_buffer *buffer = nullptr;
  if (portico_buffer_allocate(deviceEntry(id).device, bytes, &buffer, &status) != PORTICO_OK) {
    error = status.message;
    return {};
  }
  return Buffer::adopt(buffer);
}

} // namespace portico::native
