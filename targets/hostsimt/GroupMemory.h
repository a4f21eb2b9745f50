//===- GroupMemory.h - the memory of a work-group, and who touched it --------===//

#ifndef PORTICO_TARGETS_HOSTSIMT_GROUPMEMORY_H
#define PORTICO_TARGETS_HOSTSIMT_GROUPMEMORY_H

#include "targets/hostsimt/SimtAbi.h"

#include <cstddef>
#include <vector>

namespace portico::hostsimt {

/// The memory that the work-items of a group share. Beside each granule is what
/// happened to it since the last barrier:
///
///   writer  the work-item that wrote it, or all those that did so atomically
///   reader  the work-item that read it, or several
///
/// Two accesses race where the work-items differ, one of them writes and they are
/// not both atomic: a device may then do them in either order.
class GroupMemory {
public:
  /// The other side of a race.
  struct Conflict {
    bool found = false;
    /// What the other work-item did.
    Access earlier = Access::read;
    /// Which it was; -1 where it was one of several.
    int32_t item = -1;
    uint32_t offset = 0;
  };

  ~GroupMemory();

  /// Makes room for a kernel; the bytes are those of no number that a kernel would
  /// be right to expect. False where there is no memory.
  bool prepare(uint32_t bytes, uint32_t granularity);

  /// Everything before is over and done with.
  void nextEpoch();

  /// Who waits for what was written there sees it, barrier or not.
  void settle(uint32_t offset, uint32_t count);

  char *data() const { return memory; }
  uint32_t size() const { return bytes; }

  Conflict touch(uint32_t item, uint32_t offset, uint32_t count, Access access) {
    if (granularity == 4 && count == 4)
      return touchGranule(item, offset, access);
    for (uint32_t at = offset; at < offset + count; at += granularity)
      if (Conflict conflict = touchGranule(item, at, access); conflict.found)
        return conflict;
    return {};
  }

private:
  /// Work-items count from 1 here.
  struct Cell {
    uint32_t epoch = 0;
    uint16_t writer = 0;
    uint16_t reader = 0;
  };
  static constexpr uint16_t kSeveral = 0xffff, kAtomically = 0xfffe;

  Conflict touchGranule(uint32_t item, uint32_t offset, Access access);
  static Conflict conflict(Access earlier, uint16_t who, uint32_t offset);

  char *memory = nullptr;
  uint32_t bytes = 0, capacity = 0, granularity = 1;
  std::vector<Cell> cells;
  uint32_t epoch = 0;
};

inline GroupMemory::Conflict GroupMemory::touchGranule(uint32_t item, uint32_t offset,
                                                       Access access) {
  Cell &cell = cells[offset / granularity];
  uint16_t me = access == Access::atomic ? kAtomically : uint16_t(item + 1);
  if (cell.epoch != epoch)
    cell = {epoch, 0, 0};
  if (cell.writer && cell.writer != me)
    return conflict(cell.writer == kAtomically ? Access::atomic : Access::write, cell.writer,
                    offset);
  if (access == Access::read) {
    cell.reader = !cell.reader || cell.reader == me ? me : kSeveral;
    return {};
  }
  if (cell.reader && cell.reader != uint16_t(item + 1))
    return conflict(Access::read, cell.reader, offset);
  cell.writer = me;
  return {};
}

} // namespace portico::hostsimt

#endif // PORTICO_TARGETS_HOSTSIMT_GROUPMEMORY_H
