//===- HostMemory.h - memory of devices that are the host -------------------===//
//
// For drivers whose device memory is the host's. No LLVM.
//
//===----------------------------------------------------------------------===//

#ifndef PORTICO_TARGETS_COMMON_HOSTMEMORY_H
#define PORTICO_TARGETS_COMMON_HOSTMEMORY_H

#include <cstddef>
#include <cstdint>

namespace portico::host {

/// What the machine has, or a container allows where that is less.
uint64_t memoryBytes();

/// Null where there is no more. Aligned to PORTICO_ALIGNMENT at least.
void *allocate(size_t bytes);
void release(void *memory);

/// Repeats a pattern of 1, 2, 4 or 8 bytes.
void fill(void *destination, uint64_t pattern, uint32_t patternBytes, size_t bytes);

} // namespace portico::host

#endif // PORTICO_TARGETS_COMMON_HOSTMEMORY_H
