//===- Lanes.cpp - what lanes of a subgroup tell each other -----------------===//
//
// Every exchange is a collective: lanes leave what they bring on their stacks and
// wait; when the last has come, `complete` fills in what each takes away.
//
//===----------------------------------------------------------------------===//

#include "targets/hostsimt/Lanes.h"
#include "targets/hostsimt/Group.h"

#include <algorithm>

using namespace portico::hostsimt;

namespace {

// What a lane gets where the instruction leaves it open: as a float a NaN.
constexpr uint32_t kUndefined = 0xffffffff;

uint64_t allLanes() { return ~uint64_t(0); }

/// A value that each lane brings; each takes that of the lane it names.
struct Exchange : Collective {
  uint32_t value;
  /// The lane to take from; kNone: take nothing, keep `result`.
  uint32_t source;
  uint32_t result;
  static constexpr uint32_t kNone = ~0u;

  static void completeAll(Collective *const *lanes) {
    for (uint32_t i = 0; i < kMaxSubgroup; ++i) {
      auto *lane = static_cast<Exchange *>(lanes[i]);
      if (!lane || lane->source == kNone)
        continue;
      if (auto *source = static_cast<Exchange *>(lanes[lane->source]))
        lane->result = source->value;
    }
  }
};

/// Takes the value of lane `source`, or `otherwise` where nobody is there.
uint32_t exchange(WorkItem &self, uint64_t mask, uint32_t value, uint32_t source,
                  uint32_t otherwise, const char *name, const Site *site) {
  Exchange mine;
  mine.name = name;
  mine.complete = Exchange::completeAll;
  mine.value = value;
  mine.source = source < self.subgroupSize ? source : Exchange::kNone;
  mine.result = otherwise;
  self.group->waitFor(self, mine, mask, site);
  return mine.result;
}

} // namespace

//===----------------------------------------------------------------------===//
// PTX
//===----------------------------------------------------------------------===//

void portico::hostsimt::subgroupBarrier(Item *item, uint64_t mask, const Site *site) {
  WorkItem &self = WorkItem::of(item);
  exchange(self, mask, 0, Exchange::kNone, 0, "subgroup barrier", site);
}

// The formulas are those of shfl.sync in the PTX manual: `clamp` holds the last
// lane of a segment in bits 0 to 4 and what lanes of a segment share in 8 to 12.
uint64_t portico::hostsimt::shuffle(Item *item, Shuffle mode, uint64_t mask, uint32_t value,
                                    uint32_t distance, uint32_t clamp, const Site *site) {
  WorkItem &self = WorkItem::of(item);
  uint32_t segment = clamp >> 8 & 31, lane = self.lane;
  uint32_t by = distance & 31;
  uint32_t last = (lane & segment) | (clamp & 31 & ~segment);
  uint32_t source = lane;
  bool inside = true;
  switch (mode) {
  case Shuffle::up:
    source = lane - by;
    inside = int32_t(source) >= int32_t(last);
    break;
  case Shuffle::down:
    source = lane + by;
    inside = source <= last;
    break;
  case Shuffle::butterfly:
    source = lane ^ by;
    inside = source <= last;
    break;
  case Shuffle::index:
    source = (lane & segment) | (by & ~segment);
    inside = source <= last;
    break;
  }
  uint32_t got = exchange(self, mask, value, inside ? source : lane, kUndefined, "shuffle", site);
  return got | uint64_t(inside) << 32;
}

namespace {

struct Ballot : Collective {
  uint32_t value;
  uint64_t set, present;

  static void completeAll(Collective *const *lanes) {
    uint64_t set = 0, present = 0;
    for (uint32_t i = 0; i < kMaxSubgroup; ++i)
      if (auto *lane = static_cast<Ballot *>(lanes[i])) {
        present |= uint64_t(1) << i;
        set |= uint64_t(lane->value != 0) << i;
      }
    for (uint32_t i = 0; i < kMaxSubgroup; ++i)
      if (auto *lane = static_cast<Ballot *>(lanes[i])) {
        lane->set = set;
        lane->present = present;
      }
  }
};

struct Reduce : Collective {
  Reduction kind;
  uint32_t value, result;

  static uint32_t combine(Reduction kind, uint32_t a, uint32_t b) {
    switch (kind) {
    case Reduction::add:
      return a + b;
    case Reduction::umin:
      return std::min(a, b);
    case Reduction::umax:
      return std::max(a, b);
    case Reduction::smin:
      return uint32_t(std::min(int32_t(a), int32_t(b)));
    case Reduction::smax:
      return uint32_t(std::max(int32_t(a), int32_t(b)));
    case Reduction::bitAnd:
      return a & b;
    case Reduction::bitOr:
      return a | b;
    case Reduction::bitXor:
      return a ^ b;
    }
    return a;
  }

  static void completeAll(Collective *const *lanes) {
    bool first = true;
    uint32_t total = 0;
    for (uint32_t i = 0; i < kMaxSubgroup; ++i)
      if (auto *lane = static_cast<Reduce *>(lanes[i])) {
        total = first ? lane->value : combine(lane->kind, total, lane->value);
        first = false;
      }
    for (uint32_t i = 0; i < kMaxSubgroup; ++i)
      if (auto *lane = static_cast<Reduce *>(lanes[i]))
        lane->result = total;
  }
};

} // namespace

uint64_t portico::hostsimt::vote(Item *item, Vote kind, uint64_t mask, uint32_t predicate,
                                 const Site *site) {
  WorkItem &self = WorkItem::of(item);
  Ballot mine;
  mine.name = "vote";
  mine.complete = Ballot::completeAll;
  mine.value = predicate;
  self.group->waitFor(self, mine, mask, site);
  switch (kind) {
  case Vote::any:
    return mine.set != 0;
  case Vote::all:
    return mine.set == mine.present;
  case Vote::uniform:
    return mine.set == mine.present || mine.set == 0;
  case Vote::ballot:
    return mine.set;
  }
  return 0;
}

uint32_t portico::hostsimt::reduce(Item *item, Reduction kind, uint64_t mask, uint32_t value,
                                   const Site *site) {
  WorkItem &self = WorkItem::of(item);
  Reduce mine;
  mine.name = "reduction of a subgroup";
  mine.complete = Reduce::completeAll;
  mine.kind = kind;
  mine.value = value;
  self.group->waitFor(self, mine, mask, site);
  return mine.result;
}

//===----------------------------------------------------------------------===//
// AMD
//===----------------------------------------------------------------------===//

// On the device, lanes that branched off are left out; here they are missed: our
// kernels exchange values only where all lanes are.

uint32_t portico::hostsimt::readLane(Item *item, uint32_t value, uint32_t lane, const Site *site) {
  WorkItem &self = WorkItem::of(item);
  return exchange(self, allLanes(), value, lane % self.subgroupSize, 0, "shuffle", site);
}

namespace {

struct Send : Collective {
  uint32_t value, target, result;

  static void completeAll(Collective *const *lanes) {
    for (uint32_t i = 0; i < kMaxSubgroup; ++i)
      if (auto *lane = static_cast<Send *>(lanes[i]))
        if (auto *target = static_cast<Send *>(lanes[lane->target]))
          target->result = lane->value;
  }
};

// The kinds of `control`, by their encodings in the instruction set's manual.
constexpr uint32_t kRow = 16;

/// The lane whose value lane `lane` takes; -1 where it would be outside.
int32_t dppSource(uint32_t lane, uint32_t control, uint32_t lanes) {
  uint32_t row = lane / kRow * kRow, in = lane % kRow, by = control & 15;
  auto inRow = [&](int32_t position) {
    return position < 0 || position >= int32_t(kRow) ? -1 : int32_t(row) + position;
  };
  auto inWave = [&](int32_t position) {
    return position < 0 || position >= int32_t(lanes) ? -1 : position;
  };
  if (control <= 0xff) // quad_perm
    return int32_t(lane / 4 * 4 + (control >> 2 * (lane % 4) & 3));
  switch (control & 0x1f0) {
  case 0x100: // row_shl
    return inRow(int32_t(in + by));
  case 0x110: // row_shr
    return inRow(int32_t(in) - int32_t(by));
  case 0x120: // row_ror
    return int32_t(row + (in + kRow - by) % kRow);
  case 0x150: // row_share, row_newbcast
    return int32_t(row + by);
  case 0x160: // row_xmask
    return int32_t(row + (in ^ by));
  }
  switch (control) {
  case 0x130: // wave_shl:1
    return inWave(int32_t(lane + 1));
  case 0x134: // wave_rol:1
    return int32_t((lane + 1) % lanes);
  case 0x138: // wave_shr:1
    return inWave(int32_t(lane) - 1);
  case 0x13c: // wave_ror:1
    return int32_t((lane + lanes - 1) % lanes);
  case 0x140: // row_mirror
    return int32_t(row + kRow - 1 - in);
  case 0x141: // row_half_mirror
    return int32_t(lane / 8 * 8 + 7 - lane % 8);
  case 0x142: // row_bcast:15
    return inWave(int32_t(row) - 1);
  case 0x143: // row_bcast:31
    return lane < 32 ? -1 : 31;
  }
  return -1;
}

} // namespace

uint32_t portico::hostsimt::sendToLane(Item *item, uint32_t value, uint32_t lane,
                                       const Site *site) {
  WorkItem &self = WorkItem::of(item);
  Send mine;
  mine.name = "shuffle";
  mine.complete = Send::completeAll;
  mine.value = value;
  mine.target = lane % self.subgroupSize;
  mine.result = 0;
  self.group->waitFor(self, mine, allLanes(), site);
  return mine.result;
}

uint32_t portico::hostsimt::dpp(Item *item, uint32_t old, uint32_t value, uint32_t control,
                                uint32_t rowMask, uint32_t bankMask, uint32_t boundControl,
                                const Site *site) {
  WorkItem &self = WorkItem::of(item);
  bool enabled = (rowMask >> self.lane / kRow % 4 & 1) && (bankMask >> self.lane / 4 % 4 & 1);
  int32_t source = dppSource(self.lane, control, self.subgroupSize);
  uint32_t got =
      exchange(self, allLanes(), value, uint32_t(source), boundControl ? 0 : old, "shuffle", site);
  return enabled ? got : old;
}

uint32_t portico::hostsimt::swizzle(Item *item, uint32_t value, uint32_t pattern,
                                    const Site *site) {
  WorkItem &self = WorkItem::of(item);
  uint32_t lane = self.lane, source;
  if (pattern & 0x8000) // quad_perm
    source = lane / 4 * 4 + (pattern >> 2 * (lane % 4) & 3);
  else // bit masks within 32 lanes: and, or, xor
    source = lane / 32 * 32 +
             ((((lane % 32) & (pattern & 31)) | (pattern >> 5 & 31)) ^ (pattern >> 10 & 31));
  return exchange(self, allLanes(), value, source, 0, "shuffle", site);
}
