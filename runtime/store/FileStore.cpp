//===- FileStore.cpp - what one process keeps on disk for the next -----------===//
//
// Every access goes through a descriptor of the folder, opened without following
// links and checked, so that nothing can be swapped between the check and the use.
//
//===----------------------------------------------------------------------===//

#include "runtime/store/FileStore.h"

#include "portico/checksum.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

using namespace portico;

namespace {

constexpr char kMagic[8] = {'P', 'R', 'T', 'C', 'A', 'C', 'H', '2'};
constexpr uint64_t kDefaultBytes = uint64_t(1) << 30;

/// The start of a file; key and value follow.
struct Header {
  char magic[8];
  uint64_t keyBytes;
  uint64_t valueBytes;
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

uint64_t maxBytes() {
  const char *text = getenv("PORTICO_CACHE_SIZE");
  if (!text || *text < '0' || *text > '9')
    return kDefaultBytes;
  char *end = nullptr;
  errno = 0;
  uint64_t bytes = strtoull(text, &end, 10);
  return *end || errno ? kDefaultBytes : bytes;
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

bool writeAll(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    ssize_t written = write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR)
      continue;
    if (written <= 0)
      return false;
    bytes.remove_prefix(size_t(written));
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

std::string FileStore::root() {
  if (const char *folder = getenv("PORTICO_CACHE_DIR"); folder && *folder)
    return folder;
  // As the XDG rules say, a path that is not absolute does not count.
  if (const char *folder = getenv("XDG_CACHE_HOME"); folder && *folder == '/')
    return std::string(folder) + "/portico";
  if (const char *home = getenv("HOME"); home && *home == '/')
    return std::string(home) + "/.cache/portico";
  return "";
}

std::string FileStore::nameOf(std::string_view key) const {
  char text[17];
  snprintf(text, sizeof(text), "%016llx",
           static_cast<unsigned long long>(portico_checksum(key.data(), key.size())));
  return text + suffix;
}

int FileStore::open() const {
  std::string base = root();
  if (base.empty() || maxBytes() == 0)
    return -1;
  std::string path = base + "/" + folder;
  auto refuse = [&](const std::string &why) {
    warn("[cache] the folder '" + path + "' cannot be used: " + why +
         "; programs are compiled anew in each process; try another PORTICO_CACHE_DIR");
    return -1;
  };
  if (!makeFolders(path))
    return refuse(strerror(errno));
  int opened = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (opened < 0)
    return refuse(errno == ELOOP || errno == ENOTDIR ? "it is a link or no folder"
                                                     : strerror(errno));
  struct stat info;
  std::string why;
  if (fstat(opened, &info) != 0)
    why = strerror(errno);
  else if (info.st_uid != geteuid())
    why = "it belongs to another user";
  else if (info.st_mode & 022)
    why = "others may write to it";
  if (why.empty())
    return opened;
  close(opened);
  return refuse(why);
}

std::optional<std::string> FileStore::find(std::string_view key) const {
  Descriptor place(open());
  if (place < 0)
    return std::nullopt;
  std::string name = nameOf(key);
  Descriptor file(openat(place, name.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
  if (file < 0) {
    if (errno != ENOENT)
      warn("[cache] cannot read from '" + root() + "': " + strerror(errno));
    return std::nullopt;
  }
  auto damaged = [&](const char *why) {
    warn("[cache] a file in '" + root() + "' is " + why + "; it is replaced");
    unlinkat(place, name.c_str(), 0);
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
  if (header.keyBytes > left || header.valueBytes != left - header.keyBytes ||
      !readAll(file, rest, left))
    return damaged("truncated");
  if (portico_checksum(rest.data(), rest.size()) != header.checksum)
    return damaged("damaged");
  // Two keys of one hash: not found, and the newer one will take the place.
  if (std::string_view(rest).substr(0, header.keyBytes) != key)
    return std::nullopt;
  futimens(file, nullptr); // used now: see evict()
  return rest.substr(header.keyBytes);
}

void FileStore::insert(std::string_view key, std::string_view value) const {
  Descriptor place(open());
  if (place < 0)
    return;
  std::string rest(key);
  rest.append(value);
  Header header;
  memcpy(header.magic, kMagic, sizeof(kMagic));
  header.keyBytes = key.size();
  header.valueBytes = value.size();
  header.checksum = portico_checksum(rest.data(), rest.size());

  static std::atomic<uint64_t> counter{0};
  std::string name = nameOf(key);
  std::string temporary =
      "." + name + "." + std::to_string(getpid()) + "." + std::to_string(counter++);
  bool written;
  {
    Descriptor file(openat(place, temporary.c_str(),
                           O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    written = file >= 0 &&
              writeAll(file, {reinterpret_cast<const char *>(&header), sizeof(header)}) &&
              writeAll(file, rest);
  }
  if (!written || renameat(place, temporary.c_str(), place, name.c_str()) != 0) {
    warn("[cache] cannot write to '" + root() + "': " + strerror(errno) +
         "; programs are compiled anew in each process");
    unlinkat(place, temporary.c_str(), 0);
    return;
  }
  // To look through the folder takes long where it has thousands of files. One insertion in
  // 32 does, and those that are large: what is over the bound meanwhile is small.
  uint64_t bound = maxBytes(), bytes = sizeof(header) + rest.size();
  if (header.checksum % 32 == 0 || bytes > bound / 32)
    evict(place, bound);
}
