//===- DiskCache.cpp - compiled programs on disk ----------------------------===//
//
// Every access goes through a descriptor of the folder, opened without following
// links and checked, so that nothing can be swapped between the check and the use.
//
//===----------------------------------------------------------------------===//

#include "lowering/Cache.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/xxhash.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <mutex>
#include <set>
#include <sys/stat.h>
#include <unistd.h>

using namespace portico;

namespace {

constexpr char kMagic[8] = {'P', 'R', 'T', 'C', 'A', 'C', 'H', '1'};
constexpr const char *kFolder = "programs";
constexpr const char *kSuffix = ".portico";
constexpr uint64_t kDefaultBytes = uint64_t(1) << 30;

/// The start of a file; key, plan and program follow, in this order.
struct Header {
  char magic[8];
  uint64_t keyBytes;
  uint64_t planBytes;
  uint64_t programBytes;
  int64_t kernels;
  /// Of everything after the header.
  uint64_t checksum;
};

class Descriptor {
public:
  explicit Descriptor(int value) : value(value) {}
  Descriptor(const Descriptor &) = delete;
  ~Descriptor() {
    if (value >= 0)
      close(value);
  }
  operator int() const { return value; }

private:
  int value;
};

std::string fileName(llvm::StringRef key) {
  llvm::XXH128_hash_t hash =
      llvm::xxh3_128bits(llvm::ArrayRef(reinterpret_cast<const uint8_t *>(key.data()), key.size()));
  return llvm::utohexstr(hash.high64, true, 16) + llvm::utohexstr(hash.low64, true, 16) + kSuffix;
}

uint64_t checksumOf(llvm::StringRef bytes) { return llvm::xxh3_64bits(bytes); }

uint64_t maxBytes() {
  const char *text = getenv("PORTICO_CACHE_SIZE");
  uint64_t bytes = 0;
  if (!text || llvm::StringRef(text).getAsInteger(10, bytes))
    return kDefaultBytes;
  return bytes;
}

bool readAll(int file, std::string &bytes, size_t size) {
  bytes.resize(size);
  for (size_t done = 0; done < size;) {
    ssize_t got = read(file, bytes.data() + done, size - done);
    if (got < 0 && errno == EINTR)
      continue;
    if (got <= 0)
      return false;
    done += size_t(got);
  }
  return true;
}

bool writeAll(int file, llvm::StringRef bytes) {
  while (!bytes.empty()) {
    ssize_t written = write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR)
      continue;
    if (written <= 0)
      return false;
    bytes = bytes.drop_front(size_t(written));
  }
  return true;
}

/// mkdir -p, private to the user.
bool makeFolders(const std::string &path) {
  for (size_t slash = 0; slash != std::string::npos;) {
    slash = path.find('/', slash + 1);
    std::string part = path.substr(0, slash);
    if (mkdir(part.c_str(), 0700) != 0 && errno != EEXIST)
      return false;
  }
  return true;
}

/// Removes the files used longest ago until what is left is within the bound.
void evict(int folder, uint64_t bound) {
  struct Entry {
    std::string name;
    uint64_t bytes;
    timespec used;
  };
  int copy = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *directory = copy >= 0 ? fdopendir(copy) : nullptr;
  if (!directory) {
    if (copy >= 0)
      close(copy);
    return;
  }
  std::vector<Entry> entries;
  uint64_t total = 0;
  while (const dirent *item = readdir(directory)) {
    struct stat info;
    if (fstatat(folder, item->d_name, &info, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(info.st_mode))
      continue;
    entries.push_back({item->d_name, uint64_t(info.st_size), info.st_mtim});
    total += uint64_t(info.st_size);
  }
  closedir(directory);
  std::sort(entries.begin(), entries.end(), [](const Entry &a, const Entry &b) {
    return std::make_pair(a.used.tv_sec, a.used.tv_nsec) <
           std::make_pair(b.used.tv_sec, b.used.tv_nsec);
  });
  for (const Entry &entry : entries) {
    if (total <= bound)
      return;
    if (unlinkat(folder, entry.name.c_str(), 0) == 0)
      total -= entry.bytes;
  }
}

} // namespace

std::string DiskCache::root() {
  if (const char *folder = getenv("PORTICO_CACHE_DIR"); folder && *folder)
    return folder;
  // As the XDG rules say, a path that is not absolute does not count.
  if (const char *folder = getenv("XDG_CACHE_HOME"); folder && *folder == '/')
    return std::string(folder) + "/portico";
  if (const char *home = getenv("HOME"); home && *home == '/')
    return std::string(home) + "/.cache/portico";
  return "";
}

void DiskCache::warnOnce(const std::string &what) {
  static std::mutex *mutex = new std::mutex;
  static auto *said = new std::set<std::string>;
  std::lock_guard<std::mutex> lock(*mutex);
  if (said->insert(what).second)
    warnings.push_back(what);
}

int DiskCache::openFolder() {
  std::string base = root();
  if (base.empty() || maxBytes() == 0)
    return -1;
  std::string path = base + "/" + kFolder;
  auto refuse = [&](const std::string &why) {
    warnOnce("[cache] the folder '" + path + "' cannot be used: " + why +
             "; programs are compiled anew in each process; try another PORTICO_CACHE_DIR");
    return -1;
  };
  if (!makeFolders(path))
    return refuse(strerror(errno));
  int folder = open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (folder < 0)
    return refuse(errno == ELOOP || errno == ENOTDIR ? "it is a link or no folder"
                                                     : strerror(errno));
  struct stat info;
  std::string why;
  if (fstat(folder, &info) != 0)
    why = strerror(errno);
  else if (info.st_uid != geteuid())
    why = "it belongs to another user";
  else if (info.st_mode & 022)
    why = "others may write to it";
  if (why.empty())
    return folder;
  close(folder);
  return refuse(why);
}

std::optional<CachedProgram> DiskCache::find(llvm::StringRef key) {
  Descriptor folder(openFolder());
  if (folder < 0)
    return std::nullopt;
  std::string name = fileName(key);
  Descriptor file(openat(folder, name.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
  if (file < 0) {
    if (errno != ENOENT)
      warnOnce("[cache] cannot read from '" + root() + "': " + strerror(errno));
    return std::nullopt;
  }
  auto damaged = [&](const char *why) {
    warnOnce("[cache] a file in '" + root() + "' is " + why + "; it is replaced");
    unlinkat(folder, name.c_str(), 0);
    return std::nullopt;
  };
  struct stat info;
  if (fstat(file, &info) != 0 || !S_ISREG(info.st_mode) || info.st_uid != geteuid())
    return damaged("not one of ours");
  Header header;
  std::string start, rest;
  if (size_t(info.st_size) < sizeof(header) || !readAll(file, start, sizeof(header)))
    return damaged("truncated");
  memcpy(&header, start.data(), sizeof(header));
  if (memcmp(header.magic, kMagic, sizeof(kMagic)) != 0)
    return damaged("not one of ours");
  uint64_t left = uint64_t(info.st_size) - sizeof(header);
  if (header.keyBytes > left || header.planBytes > left - header.keyBytes ||
      header.programBytes != left - header.keyBytes - header.planBytes ||
      !readAll(file, rest, left))
    return damaged("truncated");
  if (checksumOf(rest) != header.checksum)
    return damaged("damaged");
  llvm::StringRef bytes = rest;
  // Two keys of one hash: not found, and the newer one will take the place.
  if (bytes.take_front(header.keyBytes) != key)
    return std::nullopt;
  bytes = bytes.drop_front(header.keyBytes);
  CachedProgram result;
  result.planJson = bytes.take_front(header.planBytes).str();
  bytes = bytes.drop_front(header.planBytes);
  result.program.assign(bytes.bytes_begin(), bytes.bytes_end());
  result.kernels = int(header.kernels);
  futimens(file, nullptr); // used now: see evict()
  return result;
}

void DiskCache::insert(llvm::StringRef key, const CachedProgram &program) {
  Descriptor folder(openFolder());
  if (folder < 0)
    return;
  std::string rest = key.str() + program.planJson;
  rest.append(reinterpret_cast<const char *>(program.program.data()), program.program.size());
  Header header;
  memcpy(header.magic, kMagic, sizeof(kMagic));
  header.keyBytes = key.size();
  header.planBytes = program.planJson.size();
  header.programBytes = program.program.size();
  header.kernels = program.kernels;
  header.checksum = checksumOf(rest);

  static std::atomic<uint64_t> counter{0};
  std::string name = fileName(key);
  std::string temporary =
      "." + name + "." + std::to_string(getpid()) + "." + std::to_string(counter++);
  bool written;
  {
    Descriptor file(openat(folder, temporary.c_str(),
                           O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    written = file >= 0 &&
              writeAll(file, llvm::StringRef(reinterpret_cast<char *>(&header), sizeof(header))) &&
              writeAll(file, rest);
  }
  if (!written || renameat(folder, temporary.c_str(), folder, name.c_str()) != 0) {
    warnOnce("[cache] cannot write to '" + root() + "': " + strerror(errno) +
             "; programs are compiled anew in each process");
    unlinkat(folder, temporary.c_str(), 0);
    return;
  }
  evict(folder, maxBytes());
}
