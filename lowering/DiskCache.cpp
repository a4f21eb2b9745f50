//===- DiskCache.cpp - compiled programs on disk ----------------------------===//

#include "lowering/Cache.h"

#include "runtime/store/FileStore.h"

#include <cstring>
#include <mutex>
#include <set>

using namespace portico;

namespace {

/// The start of what is kept; plan and program follow.
struct Header {
  uint64_t planBytes;
  int64_t kernels;
};

} // namespace

std::string DiskCache::root() { return FileStore::root(); }

FileStore DiskCache::store() {
  return FileStore("programs", ".portico", [this](const std::string &what) {
    static std::mutex *mutex = new std::mutex;
    static auto *said = new std::set<std::string>;
    std::lock_guard<std::mutex> lock(*mutex);
    if (said->insert(what).second)
      warnings.push_back(what);
  });
}

std::optional<CachedProgram> DiskCache::find(llvm::StringRef key) {
  std::optional<std::string> kept = store().find(key);
  Header header;
  if (!kept || kept->size() < sizeof(header))
    return std::nullopt;
  memcpy(&header, kept->data(), sizeof(header));
  llvm::StringRef bytes = llvm::StringRef(*kept).drop_front(sizeof(header));
  if (header.planBytes > bytes.size())
    return std::nullopt;
  CachedProgram result;
  result.planJson = bytes.take_front(header.planBytes).str();
  bytes = bytes.drop_front(header.planBytes);
  result.program.assign(bytes.bytes_begin(), bytes.bytes_end());
  result.kernels = int(header.kernels);
  return result;
}

void DiskCache::insert(llvm::StringRef key, const CachedProgram &program) {
  Header header{program.planJson.size(), program.kernels};
  std::string value(reinterpret_cast<const char *>(&header), sizeof(header));
  value += program.planJson;
  value.append(reinterpret_cast<const char *>(program.program.data()), program.program.size());
  store().insert(key, value);
}
