//===- StreamBindings.cpp - streams and events -----------------------------===//
//
// Ops are recorded, not run, at their call. So that they run on the stream that was
// current then, whatever chooses a stream, marks a point in one, or waits for one
// first hands over what is pending.
//
//===----------------------------------------------------------------------===//

#include "python/native/bind/Bindings.h"
#include "python/native/bind/Types.h"
#include "python/native/graph/Failure.h"
#include "python/native/graph/Flush.h"

#include <nanobind/stl/string.h>

namespace nb = nanobind;
using namespace nb::literals;

namespace portico::native {

namespace {

struct Stream {
  portico_stream *stream;
  DeviceId device;
};

class Event {
public:
  explicit Event(DeviceId device) : device(device) {
    waitFor([&](portico_status &status) {
      return portico_event_create(openDevice(device), &event, &status);
    });
  }
  Event(const Event &) = delete;
  ~Event() { portico_event_destroy(event); }

  portico_event *event = nullptr;
  DeviceId device;
};

} // namespace

static void bindStream(nb::module_ &m) {
  nb::class_<Stream>(m, "Stream", "A sequence of work of a device.")
      .def_prop_ro("device", [](Stream &s) { return nb::steal(deviceObject(s.device)); })
      .def_prop_ro("number", [](Stream &s) { return portico_stream_number(s.stream); })
      .def("__eq__",
           [](Stream &a, nb::handle other) {
             Stream *b;
             return nb::try_cast(other, b) && b && a.stream == b->stream;
           })
      .def("__hash__", [](Stream &s) { return reinterpret_cast<size_t>(s.stream); })
      .def("synchronize",
           [](Stream &s) {
             flushAll("synchronize");
             waitFor([&](portico_status &status) {
               return portico_stream_synchronize(s.stream, &status);
             });
           })
      .def("query",
           [](Stream &s) {
             flushAll("query");
             int32_t done = 0;
             waitFor([&](portico_status &status) {
               return portico_stream_query(s.stream, &done, &status);
             });
             return done != 0;
           })
      .def(
          "make_current",
          [](Stream &s) {
            if (portico_stream_current(openDevice(s.device)) == s.stream)
              return;
            flushAll("another stream");
            portico_stream_set_current(s.stream);
          },
          "Sends what this thread runs from now on to this stream.");
  m.def("next_stream", [](nb::handle device) {
    Stream made{nullptr, deviceFrom(device)};
    portico_device *opened = openDevice(made.device);
    waitFor(
        [&](portico_status &status) { return portico_stream_next(opened, &made.stream, &status); });
    return made;
  });
  m.def("default_stream", [](nb::handle device) {
    DeviceId id = deviceFrom(device);
    return Stream{portico_stream_default(openDevice(id)), id};
  });
  m.def("current_stream", [](nb::handle device) {
    DeviceId id = deviceFrom(device);
    return Stream{portico_stream_current(openDevice(id)), id};
  });
  m.def("synchronize", [](nb::handle device) {
    flushAll("synchronize");
    portico_device *opened = openDevice(deviceFrom(device));
    waitFor([&](portico_status &status) { return portico_device_synchronize(opened, &status); });
  });
}

static void bindEvent(nb::module_ &m) {
  nb::class_<Event>(m, "Event", "A point in the work of a stream.")
      .def("__init__", [](Event *self, nb::handle device) { new (self) Event(deviceFrom(device)); })
      .def_prop_ro("device", [](Event &e) { return nb::steal(deviceObject(e.device)); })
      .def("record",
           [](Event &e, Stream &s) {
             flushAll("an event");
             waitFor([&](portico_status &status) {
               return portico_event_record(e.event, s.stream, &status);
             });
           })
      .def("wait",
           [](Event &e, Stream &s) {
             flushAll("an event");
             waitFor([&](portico_status &status) {
               return portico_event_wait(e.event, s.stream, &status);
             });
           })
      .def("synchronize",
           [](Event &e) {
             waitFor([&](portico_status &status) {
               return portico_event_synchronize(e.event, &status);
             });
           })
      .def("query",
           [](Event &e) {
             int32_t done = 0;
             waitFor([&](portico_status &status) {
               return portico_event_query(e.event, &done, &status);
             });
             return done != 0;
           })
      .def("elapsed", [](Event &start, Event &end) {
        double milliseconds = 0;
        waitFor([&](portico_status &status) {
          return portico_event_elapsed(start.event, end.event, &milliseconds, &status);
        });
        return milliseconds;
      });
}

void bindStreams(nb::module_ &m) {
  bindStream(m);
  bindEvent(m);
}

} // namespace portico::native
