//===- SpirvStore.cpp - what devices' compilers have built, on disk ----------===//

#include "targets/spirv/SpirvStore.h"

#include <atomic>

using namespace portico;

static std::atomic<const portico_store *> current{nullptr};

void spirv::useStore(const portico_store *store) { current = store; }

std::optional<std::string> spirv::findKept(const std::string &key) {
  const portico_store *store = current;
  std::string bytes;
  auto take = [](void *argument, const void *data, size_t size) {
    static_cast<std::string *>(argument)->assign(static_cast<const char *>(data), size);
  };
  if (!store || !store->find(key.data(), key.size(), take, &bytes))
    return std::nullopt;
  return bytes;
}

void spirv::keep(const std::string &key, const std::string &bytes) {
  if (const portico_store *store = current)
    store->keep(key.data(), key.size(), bytes.data(), bytes.size());
}
