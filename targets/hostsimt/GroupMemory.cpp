//===- GroupMemory.cpp - the memory of a work-group, and who touched it ------===//

#include "targets/hostsimt/GroupMemory.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

using namespace portico::hostsimt;

namespace {

// The low 18 bits of an address are its place in the memory, as matrix descriptors want.
constexpr size_t kAlignment = 256 << 10;

// As f16, bf16, f32 and f64 a NaN, as integers far out of any range.
constexpr int kNeverWritten = 0xff;

} // namespace

GroupMemory::~GroupMemory() { free(memory); }

bool GroupMemory::prepare(uint32_t wanted, uint32_t granule) {
  if (wanted > capacity) {
    free(memory);
    size_t rounded = (wanted + kAlignment - 1) / kAlignment * kAlignment;
    memory = static_cast<char *>(aligned_alloc(kAlignment, rounded));
    capacity = memory ? uint32_t(rounded) : 0;
    if (!memory)
      return false;
  }
  bytes = wanted;
  granularity = granule ? granule : 1;
  if (cells.size() < (bytes + granularity - 1) / granularity)
    cells.resize((bytes + granularity - 1) / granularity);
  if (bytes)
    memset(memory, kNeverWritten, bytes);
  nextEpoch();
  return true;
}

void GroupMemory::nextEpoch() {
  if (++epoch)
    return;
  // After four billion barriers: what is left from an epoch of that number is no news.
  std::fill(cells.begin(), cells.end(), Cell());
  epoch = 1;
}

void GroupMemory::settle(uint32_t offset, uint32_t count) {
  for (uint32_t at = offset; at < offset + count; at += granularity)
    cells[at / granularity] = Cell();
}

GroupMemory::Conflict GroupMemory::conflict(Access earlier, uint16_t who, uint32_t offset) {
  return {true, earlier, who >= kAtomically ? -1 : int32_t(who) - 1, offset};
}
