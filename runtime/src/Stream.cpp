//===- Stream.cpp - the order of work on a device ---------------------------===//

#include "Stream.h"

#include "Device.h"
#include "Pending.h"
#include "Status.h"

#include <atomic>
#include <chrono>
#include <new>

using namespace portico::rt;

//===----------------------------------------------------------------------===//
// Streams
//===----------------------------------------------------------------------===//

namespace {

/// The streams that a thread has chosen, for the few devices it works with.
struct Choice {
  portico_device *device;
  portico_stream *stream;
};
thread_local std::vector<Choice> choices;

portico_code driverFailed(const portico_device &device, const char *what, portico_status *status) {
  return fail(status, PORTICO_DEVICE_ERROR, "[stream] %s failed on %s: %s", what,
              device.name.c_str(), device.driver->last_error());
}

} // namespace

portico_code portico::rt::orderAfter(portico_stream &stream, StreamSet others,
                                     portico_status *status) {
  others &= ~only(stream);
  if (!others)
    return PORTICO_OK;
  portico_device &device = *stream.device;
  const portico_driver &driver = *device.driver;
  void *event = nullptr;
  if (driver.event_create(device.handle, &event) != 0)
    return driverFailed(device, "event_create", status);
  portico_code code = PORTICO_OK;
  for (unsigned number = 0; number < kMaxStreams && !code; ++number) {
    if (!(others >> number & 1))
      continue;
    portico_stream &other = *device.streamAt(number);
    std::shared_lock<std::shared_mutex> first(other.recording), second(stream.recording);
    if (driver.event_record(device.handle, event, other.handle) != 0 ||
        driver.stream_wait(device.handle, stream.handle, event) != 0)
      code = driverFailed(device, "stream_wait", status);
    stream.handedOver();
  }
  driver.event_destroy(device.handle, event);
  return code;
}

portico_code portico_stream_next(portico_device *device, portico_stream **stream,
                                 portico_status *status) {
  std::lock_guard<std::mutex> lock(device->streamMutex);
  unsigned made = device->streamsMade.load(std::memory_order_relaxed);
  if (made < kMaxStreams) {
    void *handle = nullptr;
    if (device->driver->stream_create(device->handle, &handle) != 0)
      return driverFailed(*device, "stream_create", status);
    device->streams[made].device = device;
    device->streams[made].handle = handle;
    device->streams[made].number = uint8_t(made);
    device->streamsMade.store(made + 1, std::memory_order_release);
    *stream = &device->streams[made];
    return PORTICO_OK;
  }
  *stream = &device->streams[1 + device->nextStream++ % (kMaxStreams - 1)];
  return PORTICO_OK;
}

portico_stream *portico_stream_default(portico_device *device) { return &device->streams[0]; }

portico_stream *portico_stream_current(portico_device *device) {
  for (const Choice &choice : choices)
    if (choice.device == device)
      return choice.stream;
  return &device->streams[0];
}

void portico_stream_set_current(portico_stream *stream) {
  for (Choice &choice : choices) {
    if (choice.device == stream->device) {
      choice.stream = stream;
      return;
    }
  }
  choices.push_back({stream->device, stream});
}

int32_t portico_stream_number(const portico_stream *stream) { return stream->number; }

portico_device *portico_stream_device(const portico_stream *stream) { return stream->device; }

portico_code portico_stream_synchronize(portico_stream *stream, portico_status *status) {
  portico_device &device = *stream->device;
  std::vector<PendingRun> runs = device.pending.take(only(*stream));
  uint64_t handed = stream->handed.load(std::memory_order_acquire);
  std::shared_lock<std::shared_mutex> use(stream->recording);
  if (device.driver->stream_synchronize(device.handle, stream->handle) != 0)
    return driverFailed(device, "stream_synchronize", status);
  stream->waitedFor(handed);
  return finish(*stream, runs, status);
}

portico_code portico_stream_query(portico_stream *stream, int32_t *done, portico_status *status) {
  portico_device &device = *stream->device;
  const portico_driver &driver = *device.driver;
  uint64_t handed = stream->handed.load(std::memory_order_acquire);
  *done = stream->finished.load(std::memory_order_acquire) >= handed;
  if (*done)
    return PORTICO_OK;
  // One event for as long as nothing more is handed over: asking again and again must
  // not put off the answer.
  std::lock_guard<std::mutex> lock(stream->queryMutex);
  std::shared_lock<std::shared_mutex> use(stream->recording);
  if (!stream->queryEvent && driver.event_create(device.handle, &stream->queryEvent) != 0)
    return driverFailed(device, "event_create", status);
  if (stream->queried != handed) {
    if (driver.event_record(device.handle, stream->queryEvent, stream->handle) != 0)
      return driverFailed(device, "event_record", status);
    stream->queried = handed;
  }
  if (driver.event_query(device.handle, stream->queryEvent, done) != 0)
    return driverFailed(device, "event_query", status);
  if (*done)
    stream->waitedFor(handed);
  return PORTICO_OK;
}

//===----------------------------------------------------------------------===//
// Events
//===----------------------------------------------------------------------===//

struct portico_event {
  portico_device *device = nullptr;
  void *handle = nullptr;
  /// Null until it is recorded.
  portico_stream *stream = nullptr;
  /// What may have failed before it happens.
  std::vector<PendingRun> runs;
  std::chrono::steady_clock::time_point recorded;
};

portico_code portico_event_create(portico_device *device, portico_event **result,
                                  portico_status *status) {
  auto *event = new (std::nothrow) portico_event;
  if (!event)
    return fail(status, PORTICO_OUT_OF_MEMORY, "[event] the host is out of memory");
  event->device = device;
  if (device->driver->event_create(device->handle, &event->handle) != 0) {
    delete event;
    return driverFailed(*device, "event_create", status);
  }
  *result = event;
  return PORTICO_OK;
}

void portico_event_destroy(portico_event *event) {
  if (!event)
    return;
  event->device->driver->event_destroy(event->device->handle, event->handle);
  delete event;
}

portico_code portico_event_record(portico_event *event, portico_stream *stream,
                                  portico_status *status) {
  if (event->device != stream->device)
    return fail(status, PORTICO_INVALID_ARGUMENT,
                "[event] an event of another device; got a stream of %s; expected %s",
                stream->device->name.c_str(), event->device->name.c_str());
  event->stream = stream;
  event->runs = event->device->pending.copy(only(*stream));
  std::shared_lock<std::shared_mutex> use(stream->recording);
  if (event->device->driver->event_record(event->device->handle, event->handle, stream->handle) !=
      0)
    return driverFailed(*event->device, "event_record", status);
  event->recorded = std::chrono::steady_clock::now();
  return PORTICO_OK;
}

portico_code portico_event_wait(portico_event *event, portico_stream *stream,
                                portico_status *status) {
  std::shared_lock<std::shared_mutex> use(stream->recording);
  if (event->stream &&
      event->device->driver->stream_wait(event->device->handle, stream->handle, event->handle) != 0)
    return driverFailed(*event->device, "stream_wait", status);
  stream->handedOver();
  return PORTICO_OK;
}

portico_code portico_event_synchronize(portico_event *event, portico_status *status) {
  if (!event->stream)
    return PORTICO_OK;
  if (event->device->driver->event_wait(event->device->handle, event->handle) != 0)
    return driverFailed(*event->device, "event_wait", status);
  return finish(*event->stream, event->runs, status);
}

portico_code portico_event_query(portico_event *event, int32_t *done, portico_status *status) {
  *done = 1;
  if (event->stream &&
      event->device->driver->event_query(event->device->handle, event->handle, done) != 0)
    return driverFailed(*event->device, "event_query", status);
  return PORTICO_OK;
}

portico_code portico_event_elapsed(portico_event *start, portico_event *end, double *milliseconds,
                                   portico_status *status) {
  int32_t started = 0, ended = 0;
  if (portico_code code = portico_event_query(start, &started, status))
    return code;
  if (portico_code code = portico_event_query(end, &ended, status))
    return code;
  if (!start->stream || !end->stream || !started || !ended || start->device != end->device)
    return fail(status, PORTICO_INVALID_ARGUMENT,
                "[event] no time between these events; got one that has not happened, or events "
                "of two devices; expected two that have; try end.synchronize()");
  const portico_device &device = *start->device;
  if (device.driver->event_elapsed) {
    if (device.driver->event_elapsed(device.handle, start->handle, end->handle, milliseconds) != 0)
      return driverFailed(device, "event_elapsed", status);
    return PORTICO_OK;
  }
  if (!device.hostMemory)
    return fail(status, PORTICO_UNAVAILABLE, "[event] the driver of %s cannot time events",
                device.name.c_str());
  // Everything before an event had been done when it was recorded.
  *milliseconds =
      std::chrono::duration<double, std::milli>(end->recorded - start->recorded).count();
  return PORTICO_OK;
}
