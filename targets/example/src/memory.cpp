// memory.cpp - the memory of the virtual accelerator.

#include "memory.h"

#include <sys/mman.h>

using namespace example;

static constexpr size_t kAlignment = 64; // PORTICO_ALIGNMENT

Memory::Memory(size_t bytes) : size(bytes) {
  void *mapped = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (mapped == MAP_FAILED)
    return;
  base = static_cast<char *>(mapped);
  pieces[0] = bytes;
}

Memory::~Memory() {
  if (base)
    munmap(base, size);
}

void *Memory::allocate(size_t bytes) {
  if (bytes > size)
    return nullptr;
  bytes = (bytes + kAlignment - 1) / kAlignment * kAlignment;
  bytes = bytes ? bytes : kAlignment;
  std::lock_guard<std::mutex> lock(mutex);
  for (auto piece = pieces.begin(); piece != pieces.end(); ++piece) {
    auto [offset, free] = *piece;
    if (free < bytes)
      continue;
    pieces.erase(piece);
    if (free > bytes)
      pieces[offset + bytes] = free - bytes;
    taken[offset] = bytes;
    return base + offset;
  }
  return nullptr;
}

void Memory::release(void *memory) {
  if (!memory)
    return;
  std::lock_guard<std::mutex> lock(mutex);
  auto found = taken.find(size_t(static_cast<char *>(memory) - base));
  if (found == taken.end())
    return;
  auto piece = pieces.emplace(*found).first;
  taken.erase(found);
  auto next = std::next(piece);
  if (next != pieces.end() && piece->first + piece->second == next->first) {
    piece->second += next->second;
    pieces.erase(next);
  }
  if (piece != pieces.begin()) {
    auto before = std::prev(piece);
    if (before->first + before->second == piece->first) {
      before->second += piece->second;
      pieces.erase(piece);
    }
  }
}

size_t Memory::freeBytes() {
  std::lock_guard<std::mutex> lock(mutex);
  size_t sum = 0;
  for (auto [offset, bytes] : pieces)
    sum += bytes;
  return sum;
}
