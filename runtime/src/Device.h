//===- Device.h - drivers and their devices ---------------------------------===//

#ifndef PORTICO_RUNTIME_DEVICE_H
#define PORTICO_RUNTIME_DEVICE_H

#include "Allocator.h"
#include "portico/driver.h"
#include "portico/runtime.h"

#include <string>

/// An opened device. Never closed: buffers may outlive every other object.
struct portico_device {
  portico_device(const portico_driver *driver, int32_t ordinal, void *handle,
                 const portico_device_info &info);

  const portico_driver *driver;
  int32_t ordinal;
  void *handle;
  bool hostMemory;
  std::string name;
  portico::rt::Allocator allocator;
};

#endif // PORTICO_RUNTIME_DEVICE_H
