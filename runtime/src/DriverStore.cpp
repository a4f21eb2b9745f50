//===- DriverStore.cpp - what drivers keep for other processes ---------------===//
//
// Why something cannot be kept is for the cache of programs to say, which is in the
// same place: a driver goes on without.
//
//===----------------------------------------------------------------------===//

#include "DriverStore.h"

#include "runtime/store/FileStore.h"

#include <new>

using namespace portico::rt;

namespace {

portico::FileStore files() {
  return portico::FileStore("built", ".bin", [](const std::string &) {});
}

std::string_view view(const void *bytes, size_t size) {
  return {static_cast<const char *>(bytes), size};
}

int32_t find(const void *key, size_t keyBytes,
             void (*take)(void *argument, const void *bytes, size_t size), void *argument) {
  try {
    std::optional<std::string> kept = files().find(view(key, keyBytes));
    if (!kept)
      return 0;
    take(argument, kept->data(), kept->size());
    return 1;
  } catch (const std::bad_alloc &) {
    return 0;
  }
}

void keep(const void *key, size_t keyBytes, const void *bytes, size_t size) {
  try {
    files().insert(view(key, keyBytes), view(bytes, size));
  } catch (const std::bad_alloc &) {
  }
}

const portico_store store = {sizeof(portico_store), find, keep};

} // namespace

const portico_store *portico::rt::driverStore() { return &store; }
