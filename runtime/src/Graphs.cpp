//===- Graphs.cpp - runs that are the same again ----------------------------===//

#include "Graphs.h"

#include "portico/checksum.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

using namespace portico::rt;

void Graphs::enable(const portico_driver &driver, size_t commands) {
  const char *wish = getenv("PORTICO_GRAPHS");
  on = driver.graph_begin && driver.graph_end && driver.graph_launch && driver.graph_destroy &&
       commands >= kFewestCommands && !(wish && strcmp(wish, "0") == 0);
}

void *Graphs::find(void *const *addresses, size_t count, bool &record) {
  std::lock_guard<std::mutex> lock(mutex);
  record = false;
  for (const Entry &entry : entries)
    if (std::equal(entry.addresses.begin(), entry.addresses.end(), addresses, addresses + count))
      return entry.graph;
  if (entries.size() == kMost)
    return nullptr;
  uint64_t hash = portico_checksum(addresses, count * sizeof(void *));
  record = std::find(seen.begin(), seen.end(), hash) != seen.end();
  if (record)
    return nullptr;
  if (seen.size() < kRemembered)
    seen.push_back(hash);
  else
    seen[nextSeen++ % kRemembered] = hash;
  return nullptr;
}

void Graphs::keep(void *const *addresses, size_t count, void *graph) {
  std::lock_guard<std::mutex> lock(mutex);
  entries.push_back({std::vector<void *>(addresses, addresses + count), graph});
}

size_t Graphs::size() {
  std::lock_guard<std::mutex> lock(mutex);
  return entries.size();
}

void Graphs::destroy(const portico_driver &driver, void *device) {
  for (const Entry &entry : entries)
    driver.graph_destroy(device, entry.graph);
  entries.clear();
}
