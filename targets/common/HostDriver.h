//===- HostDriver.h - the table of a driver whose devices are the host ------===//
//
// Such devices differ in what they are called and in how a kernel is run. Their
// memory is the host's, their code a shared object loaded from memory, and all work
// has been done when a call returns, so streams and events have nothing to remember.
//
//===----------------------------------------------------------------------===//

#ifndef PORTICO_TARGETS_COMMON_HOSTDRIVER_H
#define PORTICO_TARGETS_COMMON_HOSTDRIVER_H

#include "portico/driver.h"

namespace portico::host {

/// All required functions but `device_count`, `device_supports` and `launch`. A driver
/// adds these, and puts its own in place of any other.
portico_driver driverTable(const char *name);

/// What devices of the host have in common; the caller adds their name. The
/// `device_info` of the table.
int32_t deviceInfo(int32_t ordinal, portico_device_info *info);

/// The `module_kernel` of the table: a symbol of the shared object.
int32_t moduleKernel(void *device, void *module, const char *name, void **kernel);

} // namespace portico::host

#endif // PORTICO_TARGETS_COMMON_HOSTDRIVER_H
