//===- Buffer.cpp - counted pieces of device memory -------------------------===//

#include "Buffer.h"

#include "Device.h"
#include "Status.h"

#include <cstring>
#include <new>

using namespace portico::rt;

//===----------------------------------------------------------------------===//
// The order of uses
//===----------------------------------------------------------------------===//

portico_code portico_buffer::beforeRead(portico_stream &stream, portico_status *status) {
  if (device->hostMemory)
    return PORTICO_OK;
  stream.handedOver();
  if (device->oneStream())
    return PORTICO_OK;
  users.fetch_or(only(stream), std::memory_order_acq_rel);
  return orderAfter(stream, StreamSet(1) << writer.load(std::memory_order_acquire), status);
}

portico_code portico_buffer::beforeWrite(portico_stream &stream, portico_status *status) {
  if (device->hostMemory)
    return PORTICO_OK;
  stream.handedOver();
  if (device->oneStream())
    return PORTICO_OK;
  StreamSet before = users.fetch_or(only(stream), std::memory_order_acq_rel) |
                     StreamSet(1) << writer.load(std::memory_order_acquire);
  writer.store(stream.number, std::memory_order_release);
  return orderAfter(stream, before, status);
}

/// The memory goes back to its stream, whose next use of it comes after all of these.
static void giveBack(portico_buffer &buffer) {
  portico_device &device = *buffer.device;
  if (!device.oneStream() &&
      orderAfter(*device.streamAt(buffer.block.stream), buffer.users.load(), nullptr) != PORTICO_OK)
    device.driver->synchronize(device.handle);
  device.allocator.release(buffer.block);
}

//===----------------------------------------------------------------------===//
// Buffers
//===----------------------------------------------------------------------===//

portico_code portico_buffer_allocate(portico_device *device, uint64_t bytes,
                                     portico_buffer **result, portico_status *status) {
  Block block;
  uint8_t stream = portico_stream_current(device)->number;
  if (portico_code code = device->allocator.allocate(bytes, stream, block, status))
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
  buffer->writer = stream;
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
    giveBack(*buffer);
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

//===----------------------------------------------------------------------===//
// Copies
//===----------------------------------------------------------------------===//

static portico_code failed(const portico_device &device, const char *what, portico_status *status) {
  return fail(status, PORTICO_DEVICE_ERROR, "[memory] %s failed on %s: %s", what,
              device.name.c_str(), device.driver->last_error());
}

portico_code portico_buffer_write(portico_buffer *buffer, uint64_t offset, const void *source,
                                  uint64_t bytes, portico_status *status) {
  if (portico_code code = checkRange(buffer, offset, bytes, status))
    return code;
  if (!bytes)
    return PORTICO_OK;
  portico_device &device = *buffer->device;
  portico_stream &stream = *portico_stream_current(&device);
  if (portico_code code = buffer->beforeWrite(stream, status))
    return code;
  std::shared_lock<std::shared_mutex> use(stream.recording);
  void *destination = static_cast<char *>(buffer->data) + offset;
  if (device.staging.write(destination, source, bytes, stream.handle))
    return PORTICO_OK;
  uint64_t handed = stream.handed.load(std::memory_order_acquire);
  if (device.driver->copy(device.handle, destination, source, bytes, PORTICO_COPY_TO_DEVICE,
                          stream.handle) != 0 ||
      device.driver->stream_synchronize(device.handle, stream.handle) != 0)
    return failed(device, "copy", status);
  stream.waitedFor(handed);
  return PORTICO_OK;
}

portico_code portico_buffer_read(const portico_buffer *buffer, uint64_t offset, void *destination,
                                 uint64_t bytes, portico_status *status) {
  if (portico_code code = checkRange(buffer, offset, bytes, status))
    return code;
  if (!bytes)
    return PORTICO_OK;
  portico_device &device = *buffer->device;
  portico_stream &stream = *portico_stream_current(&device);
  // Taken before the wait: what is handed over meanwhile is not waited for.
  std::vector<PendingRun> runs = device.pending.take(
      only(stream) | StreamSet(1) << buffer->writer.load(std::memory_order_acquire));
  if (portico_code code = const_cast<portico_buffer *>(buffer)->beforeRead(stream, status))
    return code;
  std::shared_lock<std::shared_mutex> use(stream.recording);
  uint64_t handed = stream.handed.load(std::memory_order_acquire);
  if (device.driver->copy(device.handle, destination,
                          static_cast<const char *>(buffer->data) + offset, bytes,
                          PORTICO_COPY_TO_HOST, stream.handle) != 0 ||
      device.driver->stream_synchronize(device.handle, stream.handle) != 0)
    return failed(device, "copy", status);
  stream.waitedFor(handed);
  return finish(stream, runs, status);
}

portico_code portico_buffer_fill(portico_buffer *buffer, uint64_t pattern, uint32_t patternBytes,
                                 portico_status *status) {
  bool power = patternBytes == 1 || patternBytes == 2 || patternBytes == 4 || patternBytes == 8;
  if (!power || buffer->bytes % patternBytes)
    return fail(status, PORTICO_INVALID_ARGUMENT,
                "[memory] a pattern that does not fit; got %u bytes for a buffer of %llu; expected "
                "1, 2, 4 or 8 bytes that divide it",
                patternBytes, static_cast<unsigned long long>(buffer->bytes));
  if (!buffer->bytes)
    return PORTICO_OK;
  portico_device &device = *buffer->device;
  portico_stream &stream = *portico_stream_current(&device);
  if (portico_code code = buffer->beforeWrite(stream, status))
    return code;
  std::shared_lock<std::shared_mutex> use(stream.recording);
  if (device.driver->fill(device.handle, buffer->data, pattern, patternBytes, buffer->bytes,
                          stream.handle) != 0)
    return failed(device, "fill", status);
  return PORTICO_OK;
}
