//===- SpirvCodeCache.h - modules that a device has built --------------------===//
//
// The device's own compiler takes a tenth of a second and more for a kernel, much
// longer than anything before it. Programs share kernels, and come and go: what was
// built is kept for the process, the least recently used given up first.
//
//===----------------------------------------------------------------------===//

#ifndef PORTICO_TARGETS_SPIRV_SPIRVCODECACHE_H
#define PORTICO_TARGETS_SPIRV_SPIRVCODECACHE_H

#include "targets/spirv/SpirvDevice.h"

#include <list>
#include <map>
#include <mutex>

namespace portico::spirv {

class CodeCache {
public:
  explicit CodeCache(Device &device) : device(device) {}

  std::shared_ptr<Code> get(std::string_view spirv);

private:
  // Some 20 KB each.
  static constexpr size_t kLimit = 2048;

  struct Entry {
    std::once_flag once;
    std::shared_ptr<Code> code;
    std::list<std::string_view>::iterator use;
  };

  Device &device;
  std::mutex mutex;
  std::map<std::string, std::shared_ptr<Entry>, std::less<>> entries;
  /// The most recently used first; views of the keys above.
  std::list<std::string_view> uses;
};

} // namespace portico::spirv

#endif // PORTICO_TARGETS_SPIRV_SPIRVCODECACHE_H
