//===- HostDriver.cpp - the table of a driver whose devices are the host ----===//

#include "targets/common/HostDriver.h"
#include "targets/common/DriverError.h"
#include "targets/common/HostMemory.h"
#include "targets/common/SharedObject.h"

#include "portico/parallel.h"

#include <cstring>

using namespace portico;

namespace {

int32_t deviceOpen(int32_t, void **device) {
  *device = nullptr;
  return 0;
}
void deviceClose(void *) {}
int32_t synchronize(void *) { return 0; }

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

int32_t memoryAllocate(void *, size_t bytes, void **memory) {
  *memory = host::allocate(bytes);
  return *memory ? 0 : failed("the system gives no more memory");
}

void memoryRelease(void *, void *memory, size_t) { host::release(memory); }

int32_t copyMemory(void *, void *destination, const void *source, size_t bytes, portico_copy_kind,
                   void *) {
  memcpy(destination, source, bytes);
  return 0;
}

int32_t fillMemory(void *, void *destination, uint64_t pattern, uint32_t patternBytes, size_t bytes,
                   void *) {
  host::fill(destination, pattern, patternBytes, bytes);
  return 0;
}

//===----------------------------------------------------------------------===//
// Code
//===----------------------------------------------------------------------===//

int32_t moduleLoad(void *, const void *blob, size_t bytes, void **module) {
  std::string error;
  *module = host::loadObject(blob, bytes, error);
  return *module ? 0 : failed(std::move(error));
}

void moduleUnload(void *, void *module) { host::unloadObject(module); }

//===----------------------------------------------------------------------===//
// Streams and events: nothing is ever left to wait for
//===----------------------------------------------------------------------===//

int32_t create(void *, void **handle) {
  *handle = nullptr;
  return 0;
}
void destroy(void *, void *) {}
int32_t wait(void *, void *) { return 0; }
int32_t order(void *, void *, void *) { return 0; }
int32_t query(void *, void *, int32_t *done) {
  *done = 1;
  return 0;
}

} // namespace

int32_t portico::host::deviceInfo(int32_t, portico_device_info *info) {
  info->memory_bytes = memoryBytes();
  info->host_memory = 1;
  info->compute_units = uint32_t(portico_get_num_threads());
  return 0;
}

int32_t portico::host::moduleKernel(void *, void *module, const char *name, void **kernel) {
  std::string error;
  *kernel = findSymbol(module, name, error);
  return *kernel ? 0 : failed(std::move(error));
}

portico_driver portico::host::driverTable(const char *name) {
  portico_driver table{};
  table.struct_size = sizeof(table);
  table.abi = PORTICO_DRIVER_ABI;
  table.name = name;
  table.device_info = deviceInfo;
  table.device_open = deviceOpen;
  table.device_close = deviceClose;
  table.memory_allocate = memoryAllocate;
  table.memory_release = memoryRelease;
  table.copy = copyMemory;
  table.fill = fillMemory;
  table.module_load = moduleLoad;
  table.module_unload = moduleUnload;
  table.module_kernel = moduleKernel;
  table.stream_create = table.event_create = create;
  table.stream_destroy = table.event_destroy = destroy;
  table.stream_synchronize = table.event_wait = wait;
  table.stream_wait = table.event_record = order;
  table.event_query = query;
  table.synchronize = synchronize;
  table.last_error = lastError;
  return table;
}
