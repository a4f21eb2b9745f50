//===- Services.cpp - what code may call: barriers and memory checks --------===//

#include "targets/hostsimt/Group.h"
#include "targets/hostsimt/GroupMultiply.h"
#include "targets/hostsimt/Lanes.h"

using namespace portico::hostsimt;

namespace {

const char *verb(Access access) {
  switch (access) {
  case Access::read:
    return "reads";
  case Access::write:
    return "writes";
  case Access::atomic:
    return "updates";
  }
  return "touches";
}

std::string describe(const WorkItem &item) {
  return format("work-item (%u, %u, %u) of group (%u, %u, %u)", item.localId[0], item.localId[1],
                item.localId[2], item.groupId[0], item.groupId[1], item.groupId[2]);
}

std::string describe(int32_t memory) {
  switch (memory) {
  case kGroupMemory:
    return "the memory of the group";
  case kPrivateMemory:
    return "a private array";
  case kConstantMemory:
    return "a constant";
  default:
    return "buffer " + std::to_string(memory);
  }
}

void barrier(Item *item, const Site *site) {
  WorkItem &self = WorkItem::of(item);
  self.group->waitAtBarrier(self, site);
}

[[noreturn]] void missed(WorkItem &self, int64_t offset, uint64_t bytes, Access access,
                         const std::string &memory, uint64_t size, const Site *site) {
  self.group->fail(self,
                   format("out of bounds; got %s, which %s %llu bytes at offset %lld of ",
                          describe(self).c_str(), verb(access),
                          static_cast<unsigned long long>(bytes), static_cast<long long>(offset)) +
                       memory +
                       format("; expected an offset from 0 to below %llu",
                              static_cast<unsigned long long>(size)),
                   site);
}

} // namespace

void portico::hostsimt::groupAccess(Item *item, uint32_t offset, uint32_t bytes, Access access,
                                    const Site *site) {
  WorkItem &self = WorkItem::of(item);
  GroupMemory &memory = self.group->memory;
  if (offset > memory.size() || bytes > memory.size() - offset)
    missed(self, offset, bytes, access, describe(kGroupMemory), memory.size(), site);
  GroupMemory::Conflict conflict = memory.touch(self.number(), offset, bytes, access);
  if (!conflict.found)
    return;
  std::string other =
      conflict.item < 0 ? "other work-items have " : format("work-item %d has ", conflict.item);
  static constexpr const char *kDone[] = {"read", "written", "updated"};
  self.group->fail(self,
                   "race on the memory of the group; got " + describe(self) + ", which " +
                       verb(access) + format(" offset %u, which ", conflict.offset) + other +
                       kDone[uint32_t(conflict.earlier)] +
                       " since the last barrier; expected one work-item, or reads only; try a "
                       "barrier between the two",
                   site);
}

namespace {

void access(Item *item, const void *address, uint64_t bytes, Access how, const Site *site) {
  WorkItem &self = WorkItem::of(item);
  const Group &group = *self.group;
  auto at = reinterpret_cast<uintptr_t>(address);
  auto base = reinterpret_cast<uintptr_t>(group.memory.data());
  if (at >= base && at < base + group.memory.size())
    return groupAccess(item, uint32_t(at - base), uint32_t(bytes), how, site);
  const GroupLaunch &launch = group.current();
  for (uint32_t i = 0; i < launch.record->words; ++i) {
    uint64_t offset = at - launch.words[i];
    if (offset < launch.bytes[i] && bytes <= launch.bytes[i] - offset)
      return;
  }
  if (!group.isPrivate(address, bytes))
    self.group->fail(self,
                     format("out of bounds; got %s, which %s %llu bytes at %p; expected an address "
                            "in one of the kernel's buffers",
                            describe(self).c_str(), verb(how),
                            static_cast<unsigned long long>(bytes), address),
                     site);
}

void outOfBounds(Item *item, const void *address, uint64_t bytes, Access how, int32_t memory,
                 const Site *site) {
  WorkItem &self = WorkItem::of(item);
  const GroupLaunch &launch = self.group->current();
  if (memory >= 0)
    missed(self, int64_t(reinterpret_cast<uintptr_t>(address) - launch.words[memory]), bytes, how,
           describe(memory), launch.bytes[memory], site);
  if (memory == kGroupMemory)
    missed(self, static_cast<const char *>(address) - self.groupMemory, bytes, how,
           describe(memory), self.group->memory.size(), site);
  self.group->fail(self,
                   "out of bounds; got " + describe(self) + ", which " + verb(how) +
                       format(" %llu bytes beside ", static_cast<unsigned long long>(bytes)) +
                       describe(memory) + "; expected an index below its size",
                   site);
}

} // namespace

const Services portico::hostsimt::services = {
    barrier,         subgroupBarrier,
    shuffle,         readLane,
    sendToLane,      dpp,
    swizzle,         vote,
    reduce,          matrix,
    initSignal,      expectBytes,
    awaitSignal,     copyTile,
    groupMultiply,   commitMultiplies,
    awaitMultiplies, groupAccess,
    access,          outOfBounds,
};
