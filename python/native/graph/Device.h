//===- Device.h - devices by small number ----------------------------------===//

#ifndef PORTICO_NATIVE_GRAPH_DEVICE_H
#define PORTICO_NATIVE_GRAPH_DEVICE_H

#include "python/native/graph/Buffer.h"

#include <string>
#include <vector>

namespace portico::native {

/// Index into the table of devices that were ever named.
using DeviceId = uint8_t;
/// The default device of the runtime, whose memory is the host's.
constexpr DeviceId hostDevice = 0;
/// The device of what is at home everywhere: numbers, ranges, small tables of the
/// library's own. An op on such values and on others takes the device of the others.
constexpr DeviceId anywhere = 255;

struct DeviceEntry {
  std::string type; // the word before the colon
  int ordinal = 0;
  /// Its memory is the host's.
  bool host = false;
  /// Null until something needs the device: a name alone opens nothing.
  portico_device *device = nullptr;
};

/// The number of the device with this name: "" is the default device of the runtime, a
/// type alone its current device. False and an error message where no such type is
/// known; whether the device is there shows when it is opened.
bool findDevice(const std::string &name, DeviceId &id, std::string &error);
const DeviceEntry &deviceEntry(DeviceId id);
inline bool isHost(DeviceId id) { return id == hostDevice || deviceEntry(id).host; }
/// Opens the device the first time; raises where it is not there.
portico_device *openDevice(DeviceId id);
/// Those that were opened so far.
std::vector<portico_device *> openDevices();
/// As the user writes it: "type" for the host, else "type:ordinal".
std::string deviceName(DeviceId id);

/// Where tensors are made when nobody says; of the calling thread.
DeviceId defaultDevice();
void setDefaultDevice(DeviceId id);
/// Which device a type alone means; of the calling thread.
int currentOrdinal(const std::string &type);
void setCurrentOrdinal(const std::string &type, int ordinal);

/// The first type with a device that is no host; "" where there is none.
std::string acceleratorType();

/// Uninitialised memory. Raises where there is not enough, or the device gives none.
Buffer allocate(DeviceId id, uint64_t bytes);

} // namespace portico::native

#endif // PORTICO_NATIVE_GRAPH_DEVICE_H
