//===- FileStore.h - what one process keeps on disk for the next -------------===//
//
// Bytes by key, in a folder below the user's cache. The whole key is compared, never
// only its hash. The folder belongs to one user (mode 0700) and is refused when it
// could have been tampered with. Files appear by rename, whole or not at all; one
// that is damaged or foreign is taken away. When the files are more than
// PORTICO_CACHE_SIZE bytes, those used longest ago go. Nothing here fails: what
// cannot be kept is made anew, and `warn` hears why.
//
//===----------------------------------------------------------------------===//

#ifndef PORTICO_RUNTIME_STORE_FILESTORE_H
#define PORTICO_RUNTIME_STORE_FILESTORE_H

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace portico {

class FileStore {
public:
  using Warn = std::function<void(const std::string &)>;

  /// Files `*suffix` in `folder` of `root()`.
  FileStore(std::string folder, std::string suffix, Warn warn)
      : folder(std::move(folder)), suffix(std::move(suffix)), warn(std::move(warn)) {}

  std::optional<std::string> find(std::string_view key) const;
  void insert(std::string_view key, std::string_view value) const;

  /// $PORTICO_CACHE_DIR, or the user's cache folder; empty where there is none.
  static std::string root();

private:
  int open() const;
  std::string nameOf(std::string_view key) const;

  std::string folder, suffix;
  Warn warn;
};

} // namespace portico

#endif // PORTICO_RUNTIME_STORE_FILESTORE_H
