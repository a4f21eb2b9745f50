//===- Arena.h - offsets for values that live at different times ------------===//

#ifndef PORTICO_LOWERING_PROGRAM_ARENA_H
#define PORTICO_LOWERING_PROGRAM_ARENA_H

#include <algorithm>
#include <cstdint>
#include <map>

namespace portico {

/// First fit: the lowest gap that is large enough. Offsets are multiples of 64.
class Arena {
public:
  uint64_t allocate(uint64_t bytes) {
    uint64_t size = roundUp(bytes);
    for (auto gap = gaps.begin(); gap != gaps.end(); ++gap) {
      auto [offset, room] = *gap;
      if (room < size)
        continue;
      gaps.erase(gap);
      if (room > size)
        gaps[offset + size] = room - size;
      return offset;
    }
    // The last gap may touch the end: then only the rest is new.
    uint64_t offset = end;
    if (!gaps.empty()) {
      auto last = std::prev(gaps.end());
      if (last->first + last->second == end) {
        offset = last->first;
        gaps.erase(last);
      }
    }
    end = offset + size;
    return offset;
  }

  void release(uint64_t offset, uint64_t bytes) {
    uint64_t size = roundUp(bytes);
    auto next = gaps.lower_bound(offset);
    if (next != gaps.end() && offset + size == next->first) {
      size += next->second;
      next = gaps.erase(next);
    }
    if (next != gaps.begin()) {
      auto before = std::prev(next);
      if (before->first + before->second == offset) {
        before->second += size;
        return;
      }
    }
    gaps[offset] = size;
  }

  /// The most that was ever in use at a time, gaps included.
  uint64_t bytes() const { return end; }

private:
  static uint64_t roundUp(uint64_t bytes) { return (std::max<uint64_t>(bytes, 1) + 63) / 64 * 64; }

  std::map<uint64_t, uint64_t> gaps;
  uint64_t end = 0;
};

} // namespace portico

#endif // PORTICO_LOWERING_PROGRAM_ARENA_H
