//===- SpirvCodeCache.cpp - modules that a device has built ------------------===//

#include "targets/spirv/SpirvCodeCache.h"

#include "portico/checksum.h"

#include <cstdio>
#include <cstdlib>

using namespace portico::spirv;

/// For other tools to look at: every module that is built goes into the folder
/// PORTICO_SPIRV_DUMP, under a name made of what it contains.
static void dump(std::string_view spirv) {
  const char *folder = getenv("PORTICO_SPIRV_DUMP");
  if (!folder || !*folder)
    return;
  char name[32];
  snprintf(name, sizeof(name), "/%016llx.spv",
           static_cast<unsigned long long>(portico_checksum(spirv.data(), spirv.size())));
  std::string path = std::string(folder) + name;
  FILE *file = fopen(path.c_str(), "wb");
  bool written = file && fwrite(spirv.data(), 1, spirv.size(), file) == spirv.size();
  if ((file && fclose(file) != 0) || !written)
    throw Error("cannot write " + path + ", as PORTICO_SPIRV_DUMP asks");
}

std::shared_ptr<Code> CodeCache::get(std::string_view spirv) {
  std::shared_ptr<Entry> entry;
  {
    std::lock_guard<std::mutex> lock(mutex);
    auto known = entries.find(spirv);
    if (known == entries.end()) {
      known = entries.emplace(std::string(spirv), std::make_shared<Entry>()).first;
      uses.push_front(known->first);
      known->second->use = uses.begin();
      if (entries.size() > kLimit) {
        auto oldest = entries.find(uses.back());
        uses.pop_back();
        entries.erase(oldest);
      }
    } else {
      uses.splice(uses.begin(), uses, known->second->use);
    }
    entry = known->second;
  }
  // Different modules are built at the same time; one module once. A failure is
  // thrown to every caller, each of whom tries.
  std::call_once(entry->once, [&] {
    dump(spirv);
    entry->code = device.build(spirv);
  });
  return entry->code;
}
