//===- Location.h - where the user recorded something ----------------------===//

#ifndef PORTICO_NATIVE_GRAPH_LOCATION_H
#define PORTICO_NATIVE_GRAPH_LOCATION_H

#include "python/native/graph/Frame.h"
#include "python/native/graph/SourceLine.h"

#include <utility>

namespace portico::native {

/// The user's frame at the time of an op, decoded only when somebody asks.
class Location {
public:
  Location() = default;
  static Location here() {
    Location location;
    location.frame = portico_user_frame();
    return location;
  }
  Location(const Location &other) : frame(other.frame) { Py_XINCREF(frame.code); }
  Location(Location &&other) noexcept : frame(std::exchange(other.frame, {nullptr, 0})) {}
  Location &operator=(Location other) noexcept {
    std::swap(frame, other.frame);
    return *this;
  }
  ~Location() { Py_XDECREF(frame.code); }

  explicit operator bool() const { return frame.code; }
  /// The same instruction of the user's.
  bool operator==(const Location &other) const {
    return frame.code == other.frame.code && frame.offset == other.frame.offset;
  }
  SourceLine decode() const;
  /// "file.py:12", or "" where not known.
  std::string text() const;

private:
  portico_frame frame = {nullptr, 0};
};

} // namespace portico::native

#endif // PORTICO_NATIVE_GRAPH_LOCATION_H
