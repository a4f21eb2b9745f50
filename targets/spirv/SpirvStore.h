//===- SpirvStore.h - what devices' compilers have built, on disk ------------===//

#ifndef PORTICO_TARGETS_SPIRV_SPIRVSTORE_H
#define PORTICO_TARGETS_SPIRV_SPIRVSTORE_H

#include "portico/driver.h"

#include <optional>
#include <string>

namespace portico::spirv {

/// Where to keep things; null, as it is at first: nowhere.
void useStore(const portico_store *store);

std::optional<std::string> findKept(const std::string &key);
void keep(const std::string &key, const std::string &bytes);

} // namespace portico::spirv

#endif // PORTICO_TARGETS_SPIRV_SPIRVSTORE_H
