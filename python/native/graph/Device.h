//===- Device.h - devices by small number ----------------------------------===//

#ifndef PORTICO_NATIVE_GRAPH_DEVICE_H
#define PORTICO_NATIVE_GRAPH_DEVICE_H

#include "python/native/graph/Buffer.h"

#include <string>

namespace portico::native {

/// Index into the table of devices that were ever named; 0 is the default.
using DeviceId = uint8_t;

struct DeviceEntry {
  portico_device *device;
  std::string type; // the word before the colon
  int ordinal;
};

/// The number of the device with this name ("" is the default). False and an
/// error message where there is none.
bool findDevice(const std::string &name, DeviceId &id, std::string &error);
const DeviceEntry &deviceEntry(DeviceId id);
/// As the user writes it: "type" for ordinal 0, else "type:ordinal".
std::string deviceName(DeviceId id);
/// Uninitialised memory. Null and an error message when there is not enough.
Buffer allocate(DeviceId id, uint64_t bytes, std::string &error);

} // namespace portico::native

#endif // PORTICO_NATIVE_GRAPH_DEVICE_H
