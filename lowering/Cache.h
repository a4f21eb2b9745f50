//===- Cache.h - compiled programs, in memory and on disk -------------------===//
//
// A program is found by everything that decides what it is: its own text, the
// build of the compiler, LLVM, the machine, the options. The whole of that text is
// compared, never only its hash.
//
// How files are kept is the business of runtime/store/FileStore.h.
//
//===----------------------------------------------------------------------===//

#ifndef PORTICO_LOWERING_CACHE_H
#define PORTICO_LOWERING_CACHE_H

#include "llvm/ADT/StringRef.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace portico {

class FileStore;

/// What is kept of a compilation.
struct CachedProgram {
  std::vector<uint8_t> program;
  int kernels = 0;
  std::string planJson;
};

/// The cache in memory, for the same program met again in this process.
class MemoryCache {
public:
  static std::shared_ptr<const CachedProgram> find(const std::string &key);
  static void insert(const std::string &key, std::shared_ptr<const CachedProgram> program);
};

/// The cache on disk. What it cannot do it says once per process, in `warnings`;
/// it never fails.
class DiskCache {
public:
  explicit DiskCache(std::vector<std::string> &warnings) : warnings(warnings) {}

  std::optional<CachedProgram> find(llvm::StringRef key);
  void insert(llvm::StringRef key, const CachedProgram &program);

  /// $PORTICO_CACHE_DIR, or the user's cache folder; empty where there is none.
  static std::string root();

private:
  FileStore store();

  std::vector<std::string> &warnings;
};

} // namespace portico

#endif // PORTICO_LOWERING_CACHE_H
