//===- MemoryCache.cpp - compiled programs in memory ------------------------===//

#include "lowering/Cache.h"

#include <list>
#include <mutex>
#include <unordered_map>

using namespace portico;

namespace {

constexpr size_t kMaxBytes = size_t(128) << 20;

struct Entry {
  std::string key;
  std::shared_ptr<const CachedProgram> program;
  size_t bytes() const { return key.size() + program->program.size() + program->planJson.size(); }
};

struct Store {
  std::mutex mutex;
  /// The one used last in front.
  std::list<Entry> entries;
  std::unordered_map<std::string, std::list<Entry>::iterator> byKey;
  size_t bytes = 0;
};

Store &store() {
  static Store *instance = new Store;
  return *instance;
}

} // namespace

std::shared_ptr<const CachedProgram> MemoryCache::find(const std::string &key) {
  Store &all = store();
  std::lock_guard<std::mutex> lock(all.mutex);
  auto found = all.byKey.find(key);
  if (found == all.byKey.end())
    return nullptr;
  all.entries.splice(all.entries.begin(), all.entries, found->second);
  return found->second->program;
}

void MemoryCache::insert(const std::string &key, std::shared_ptr<const CachedProgram> program) {
  Store &all = store();
  std::lock_guard<std::mutex> lock(all.mutex);
  if (all.byKey.count(key))
    return;
  all.entries.push_front({key, std::move(program)});
  all.byKey[key] = all.entries.begin();
  all.bytes += all.entries.front().bytes();
  while (all.bytes > kMaxBytes && all.entries.size() > 1) {
    all.bytes -= all.entries.back().bytes();
    all.byKey.erase(all.entries.back().key);
    all.entries.pop_back();
  }
}
