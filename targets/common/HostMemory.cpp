//===- HostMemory.cpp - memory of devices that are the host -----------------===//

#include "targets/common/HostMemory.h"

#include "portico/runtime.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <sys/mman.h>
#include <unistd.h>

namespace {

constexpr size_t kHugePage = size_t(2) << 20;

/// What a container allows, where it allows less than the machine has.
uint64_t containerLimit() {
  for (const char *path :
       {"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"}) {
    FILE *file = fopen(path, "r");
    if (!file)
      continue;
    unsigned long long bytes = 0;
    int got = fscanf(file, "%llu", &bytes);
    fclose(file);
    if (got == 1 && bytes)
      return bytes;
  }
  return UINT64_MAX;
}

} // namespace

uint64_t portico::host::memoryBytes() {
  uint64_t machine = uint64_t(sysconf(_SC_PHYS_PAGES)) * uint64_t(sysconf(_SC_PAGESIZE));
  return std::min(machine, containerLimit());
}

// Large blocks are whole huge pages: a first touch then costs one fault in 2 MiB
// instead of 512 of them.
void *portico::host::allocate(size_t bytes) {
  size_t alignment = bytes >= kHugePage ? kHugePage : PORTICO_ALIGNMENT;
  size_t rounded = (bytes + alignment - 1) / alignment * alignment;
  if (rounded < bytes)
    return nullptr;
  void *result = aligned_alloc(alignment, rounded);
  if (result && alignment == kHugePage)
    madvise(result, rounded, MADV_HUGEPAGE); // only advice: it may fail
  return result;
}

void portico::host::release(void *memory) { free(memory); }

void portico::host::fill(void *destination, uint64_t pattern, uint32_t patternBytes, size_t bytes) {
  char *at = static_cast<char *>(destination);
  if (patternBytes == 1) {
    memset(at, int(pattern & 0xff), bytes);
    return;
  }
  for (size_t done = 0; done + patternBytes <= bytes; done += patternBytes)
    memcpy(at + done, &pattern, patternBytes);
}
