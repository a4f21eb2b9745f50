//===- SpirvCodeCache.cpp - modules that a device has built ------------------===//

#include "targets/spirv/SpirvCodeCache.h"

using namespace portico::spirv;

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
  std::call_once(entry->once, [&] { entry->code = device.build(spirv); });
  return entry->code;
}
