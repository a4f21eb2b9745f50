//===- Buffer.cpp - counted pieces of device memory -------------------------===//

#include "Buffer.h"

#include "Device.h"
#include "Status.h"

#include <cstring>
#include <new>

using namespace portico::rt;

portico_code portico_buffer_allocate(portico_device *device, uint64_t bytes,
                                     portico_buffer **result, portico_status *status) {
  Block block;
  if (portico_code code = device->allocator.allocate(bytes, block, status))
    return code;
  auto *buffer = new (std::nothrow) portico_buffer;
  if (!buffer) {
    device->allocator.release(block);
    return fail(status, PORTICO_OUT_OF_MEMORY, "[memory] the host is out of memory");
  }
  buffer->device = device;
  buffer->data = block.memory;
  buffer->bytes = bytes;
  buffer->block = block;
  *result = buffer;
  return PORTICO_OK;
}

portico_code portico_buffer_wrap(portico_device *device, void *data, uint64_t bytes,
                                 void (*deleter)(void *), void *context, portico_buffer **result,
                                 portico_status *status) {
  if (!data && bytes)
    return fail(status, PORTICO_INVALID_ARGUMENT,
                "[memory] cannot wrap a null pointer; got %llu bytes",
                static_cast<unsigned long long>(bytes));
  auto *buffer = new (std::nothrow) portico_buffer;
  if (!buffer)
    return fail(status, PORTICO_OUT_OF_MEMORY, "[memory] the host is out of memory");
  buffer->device = device;
  buffer->data = data;
  buffer->bytes = bytes;
  buffer->deleter = deleter;
  buffer->context = context;
  buffer->external = true;
  device->allocator.addExternal(int64_t(bytes));
  *result = buffer;
  return PORTICO_OK;
}

void portico_buffer_retain(portico_buffer *buffer) {
  buffer->references.fetch_add(1, std::memory_order_relaxed);
}

void portico_buffer_release(portico_buffer *buffer) {
  if (!buffer || buffer->references.fetch_sub(1, std::memory_order_acq_rel) != 1)
    return;
  if (!buffer->external) {
    buffer->device->allocator.release(buffer->block);
  } else {
    buffer->device->allocator.addExternal(-int64_t(buffer->bytes));
    if (buffer->deleter)
      buffer->deleter(buffer->context);
  }
  delete buffer;
}

uint64_t portico_buffer_references(const portico_buffer *buffer) {
  return buffer->references.load(std::memory_order_acquire);
}

void *portico_buffer_data(const portico_buffer *buffer) { return buffer->data; }

uint64_t portico_buffer_bytes(const portico_buffer *buffer) { return buffer->bytes; }

portico_device *portico_buffer_device(const portico_buffer *buffer) { return buffer->device; }

int32_t portico_buffer_is_external(const portico_buffer *buffer) { return buffer->external; }

static portico_code checkRange(const portico_buffer *buffer, uint64_t offset, uint64_t bytes,
                               portico_status *status) {
  if (offset <= buffer->bytes && bytes <= buffer->bytes - offset)
    return PORTICO_OK;
  return fail(status, PORTICO_INVALID_ARGUMENT,
              "[memory] copy past the end of a buffer; got offset %llu and %llu bytes; expected "
              "at most %llu bytes in all",
              static_cast<unsigned long long>(offset), static_cast<unsigned long long>(bytes),
              static_cast<unsigned long long>(buffer->bytes));
}

static portico_code copy(portico_device *device, void *destination, const void *source,
                         uint64_t bytes, portico_copy_kind kind, portico_status *status) {
  if (!bytes)
    return PORTICO_OK;
  if (device->driver->copy(device->handle, destination, source, bytes, kind, nullptr) != 0)
    return fail(status, PORTICO_DEVICE_ERROR, "[memory] copy failed on %s: %s",
                device->name.c_str(), device->driver->last_error());
  return portico_device_synchronize(device, status);
}

portico_code portico_buffer_write(portico_buffer *buffer, uint64_t offset, const void *source,
                                  uint64_t bytes, portico_status *status) {
  if (portico_code code = checkRange(buffer, offset, bytes, status))
    return code;
  return copy(buffer->device, static_cast<char *>(buffer->data) + offset, source, bytes,
              PORTICO_COPY_TO_DEVICE, status);
}

portico_code portico_buffer_read(const portico_buffer *buffer, uint64_t offset, void *destination,
                                 uint64_t bytes, portico_status *status) {
  if (portico_code code = checkRange(buffer, offset, bytes, status))
    return code;
  return copy(buffer->device, destination, static_cast<const char *>(buffer->data) + offset, bytes,
              PORTICO_COPY_TO_HOST, status);
}
