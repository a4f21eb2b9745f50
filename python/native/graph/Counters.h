//===- Counters.h - what has happened so far -------------------------------===//

#ifndef PORTICO_NATIVE_GRAPH_COUNTERS_H
#define PORTICO_NATIVE_GRAPH_COUNTERS_H

#include <cstdint>

namespace portico::native {

/// Behind `pt.stats()`.
struct Counters {
  uint64_t opsRecorded = 0;
  /// Recorded and neither run nor dropped.
  uint64_t pendingOps = 0;
  uint64_t flushes = 0;
  uint64_t compiles = 0;
  uint64_t memoryHits = 0;
  uint64_t diskHits = 0;
  uint64_t kernelsCompiled = 0;
  uint64_t kernelsLaunched = 0;
  double compileMs = 0;
  uint64_t gradientHits = 0;
  uint64_t gradientsBuilt = 0;
};

inline Counters &counters() {
  static Counters instance;
  return instance;
}

} // namespace portico::native

#endif // PORTICO_NATIVE_GRAPH_COUNTERS_H
