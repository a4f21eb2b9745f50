//===- Buffer.h - a reference to the runtime's memory ----------------------===//

#ifndef PORTICO_NATIVE_GRAPH_BUFFER_H
#define PORTICO_NATIVE_GRAPH_BUFFER_H

#include "portico/runtime.h"

#include <utility>

namespace portico::native {

class Buffer {
public:
  Buffer() = default;
  Buffer(const Buffer &other) : p(other.p) {
    if (p)
      portico_buffer_retain(p);
  }
  Buffer(Buffer &&other) noexcept : p(std::exchange(other.p, nullptr)) {}
  Buffer &operator=(Buffer other) noexcept {
    std::swap(p, other.p);
    return *this;
  }
  ~Buffer() {
    if (p)
      portico_buffer_release(p);
  }
  static Buffer adopt(portico_buffer *p) {
    Buffer buffer;
    buffer.p = p;
    return buffer;
  }

  portico_buffer *get() const { return p; }
  portico_buffer *release() { return std::exchange(p, nullptr); }
  explicit operator bool() const { return p; }
  char *data() const { return static_cast<char *>(portico_buffer_data(p)); }
  uint64_t bytes() const { return portico_buffer_bytes(p); }
  uint64_t references() const { return portico_buffer_references(p); }

private:
  portico_buffer *p = nullptr;
};

} // namespace portico::native

#endif // PORTICO_NATIVE_GRAPH_BUFFER_H
