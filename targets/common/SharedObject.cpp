//===- SharedObject.cpp - code of the host, loaded from memory --------------===//

#include "targets/common/SharedObject.h"

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <dlfcn.h>
#include <sys/mman.h>
#include <unistd.h>

namespace {

// The dynamic linker takes two equal paths for one library, and descriptors are
// used again: each load spells the path in a way of its own.
std::string uniquePath(int file) {
  static std::atomic<uint64_t> loads{0};
  std::string path = "/proc/self/fd";
  for (uint64_t rest = ++loads; rest; rest >>= 1)
    path += rest & 1 ? "/." : "//";
  return path + "/" + std::to_string(file);
}

} // namespace

// The dynamic linker wants a file: an anonymous one, gone with the mapping.
void *portico::host::loadObject(const void *blob, size_t bytes, std::string &error) {
  int file = memfd_create("portico", MFD_CLOEXEC);
  if (file < 0) {
    error = std::string("memfd_create: ") + strerror(errno);
    return nullptr;
  }
  const char *at = static_cast<const char *>(blob);
  for (size_t left = bytes; left;) {
    ssize_t written = write(file, at, left);
    if (written < 0 && errno == EINTR)
      continue;
    if (written <= 0) {
      error = std::string("write: ") + strerror(errno);
      close(file);
      return nullptr;
    }
    at += written;
    left -= size_t(written);
  }
  void *handle = dlopen(uniquePath(file).c_str(), RTLD_NOW | RTLD_LOCAL);
  close(file);
  if (!handle)
    error = dlerror();
  return handle;
}

void portico::host::unloadObject(void *object) { dlclose(object); }

void *portico::host::findSymbol(void *object, const char *name, std::string &error) {
  void *symbol = dlsym(object, name);
  if (!symbol)
    error = dlerror();
  return symbol;
}
