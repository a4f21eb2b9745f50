//===- Graphs.h - runs that are the same again ------------------------------===//
//
// A program in a loop runs with the same addresses again and again: parameters stay
// where they are, and the allocator hands out what was given back. The second time
// that a set of addresses is seen, the commands are recorded by the driver as they
// are handed over; from then on one call does all of them.
//
//===----------------------------------------------------------------------===//

#ifndef PORTICO_RUNTIME_GRAPHS_H
#define PORTICO_RUNTIME_GRAPHS_H

#include "portico/driver.h"

#include <atomic>
#include <cstdint>
#include <mutex>
#include <vector>

namespace portico::rt {

class Graphs {
public:
  /// Fewer commands are not worth a graph; more sets of addresses are no steady state.
  static constexpr size_t kFewestCommands = 4, kMost = 8, kRemembered = 32;

  /// Whether the driver records graphs at all, and nobody switched that off.
  void enable(const portico_driver &driver, size_t commands);
  bool enabled() const { return on.load(std::memory_order_relaxed); }
  void disable() { on.store(false, std::memory_order_relaxed); }

  /// The graph for these addresses, or null; then `record` says whether to make one.
  void *find(void *const *addresses, size_t count, bool &record);
  /// Takes over a graph. Another thread may have made one of the same addresses.
  void keep(void *const *addresses, size_t count, void *graph);
  size_t size();
  void destroy(const portico_driver &driver, void *device);

private:
  struct Entry {
    std::vector<void *> addresses;
    void *graph;
  };
  std::atomic<bool> on{false};
  std::mutex mutex;
  std::vector<Entry> entries;
  /// Hashes of addresses that were seen once, in a ring.
  std::vector<uint64_t> seen;
  size_t nextSeen = 0;
};

} // namespace portico::rt

#endif // PORTICO_RUNTIME_GRAPHS_H
