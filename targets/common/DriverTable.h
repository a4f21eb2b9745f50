//===- DriverTable.h - the required part of a driver's table ----------------===//

#ifndef PORTICO_TARGETS_COMMON_DRIVERTABLE_H
#define PORTICO_TARGETS_COMMON_DRIVERTABLE_H

#include "portico/driver.h"

/// A table with every function that driver.h requires and none of the optional ones. Each
/// is the one that goes by its field's name in camel case where this stands: several of
/// them are of one type, and a list in the order of the fields would take one for another.
#define PORTICO_DRIVER_TABLE(driverName)                                                           \
  []() -> portico_driver {                                                                         \
    portico_driver table{};                                                                        \
    table.struct_size = sizeof(table);                                                             \
    table.abi = PORTICO_DRIVER_ABI;                                                                \
    table.name = driverName;                                                                       \
    table.device_count = deviceCount;                                                              \
    table.device_info = deviceInfo;                                                                \
    table.device_open = deviceOpen;                                                                \
    table.device_close = deviceClose;                                                              \
    table.device_supports = deviceSupports;                                                        \
    table.memory_allocate = memoryAllocate;                                                        \
    table.memory_release = memoryRelease;                                                          \
    table.copy = copy;                                                                             \
    table.fill = fill;                                                                             \
    table.module_load = moduleLoad;                                                                \
    table.module_unload = moduleUnload;                                                            \
    table.module_kernel = moduleKernel;                                                            \
    table.launch = launch;                                                                         \
    table.stream_create = streamCreate;                                                            \
    table.stream_destroy = streamDestroy;                                                          \
    table.stream_wait = streamWait;                                                                \
    table.stream_synchronize = streamSynchronize;                                                  \
    table.event_create = eventCreate;                                                              \
    table.event_destroy = eventDestroy;                                                            \
    table.event_record = eventRecord;                                                              \
    table.event_wait = eventWait;                                                                  \
    table.event_query = eventQuery;                                                                \
    table.synchronize = synchronize;                                                               \
    table.last_error = lastError;                                                                  \
    return table;                                                                                  \
  }()

#endif // PORTICO_TARGETS_COMMON_DRIVERTABLE_H
