//===- Memory.cpp - memory that the host must not touch ---------------------===//

#include "Memory.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <sys/mman.h>

using namespace portico::mock;

static char *reserve(size_t bytes, int protection) {
  void *pages =
      mmap(nullptr, bytes, protection, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (pages == MAP_FAILED)
    abort();
  return static_cast<char *>(pages);
}

Memory::Memory(size_t capacity)
    : size((capacity + 4095) / 4096 * 4096), front(reserve(size, PROT_NONE)),
      back(reserve(size, PROT_READ | PROT_WRITE)) {
  freePieces[0] = size;
}

void *Memory::allocate(size_t bytes) {
  bytes = (std::max<size_t>(bytes, 1) + 63) / 64 * 64;
  std::lock_guard<std::mutex> lock(mutex);
  for (auto piece = freePieces.begin(); piece != freePieces.end(); ++piece) {
    auto [offset, length] = *piece;
    if (length < bytes)
      continue;
    freePieces.erase(piece);
    if (length > bytes)
      freePieces[offset + bytes] = length - bytes;
    usedPieces[offset] = bytes;
    // Whoever relies on fresh memory being zero finds out.
    memset(back + offset, 0xa5, std::min<size_t>(bytes, 1 << 16));
    return front + offset;
  }
  return nullptr;
}

void Memory::release(void *address) {
  std::lock_guard<std::mutex> lock(mutex);
  auto used = usedPieces.find(size_t(static_cast<char *>(address) - front));
  if (used == usedPieces.end())
    abort(); // released twice, or never ours
  auto [offset, length] = *used;
  usedPieces.erase(used);
  memset(back + offset, 0x5a, std::min<size_t>(length, 1 << 16));
  auto after = freePieces.lower_bound(offset);
  if (after != freePieces.end() && after->first == offset + length) {
    length += after->second;
    after = freePieces.erase(after);
  }
  if (after != freePieces.begin()) {
    auto before = std::prev(after);
    if (before->first + before->second == offset) {
      before->second += length;
      return;
    }
  }
  freePieces[offset] = length;
}

size_t Memory::freeBytes() {
  std::lock_guard<std::mutex> lock(mutex);
  size_t bytes = 0;
  for (auto [offset, length] : freePieces)
    bytes += length;
  return bytes;
}
