//===- GroupMultiply.cpp - products whose operands lie in group memory ------===//
//
// PTX's wgmma.mma_async and the copies that feed it, by the PTX manual's sections "Matrix
// Descriptor Format" and "Asynchronous Warpgroup Level Matrix Shared Memory Layout".
//
//===----------------------------------------------------------------------===//

#include "targets/hostsimt/GroupMultiply.h"
#include "targets/hostsimt/Group.h"
#include "targets/hostsimt/Swizzle.h"

#include <cstring>

using namespace portico::hostsimt;
using portico::cuda::TensorMap;

namespace {

uint32_t offsetOf(const WorkItem &self, const void *address) {
  return uint32_t(static_cast<const char *>(address) - self.groupMemory);
}

std::string numbered(const WorkItem &self) {
  return format("work-item %u of group (%u, %u, %u)", self.number(), self.groupId[0],
                self.groupId[1], self.groupId[2]);
}

uint32_t signalOf(WorkItem &self, const void *signal, const Site *site) {
  uint32_t offset = offsetOf(self, signal);
  if (!self.group->transfers.known(offset))
    self.group->fail(self,
                     "no signal; got " + numbered(self) + format(" at offset %u", offset) +
                         " of the group's memory; expected one that was initialised before the "
                         "last barrier",
                     site);
  return offset;
}

/// What a matrix descriptor says: offsets in bytes from the start of group memory.
struct Descriptor {
  uint32_t start, leading, stride;
  bool rowsOf128, aligned;

  explicit Descriptor(uint64_t bits)
      : start(uint32_t(bits & 0x3fff) << 4), leading(uint32_t(bits >> 16 & 0x3fff) << 4),
        stride(uint32_t(bits >> 32 & 0x3fff) << 4), rowsOf128(bits >> 62 == 1),
        aligned((bits >> 49 & 7) == 0) {}

  /// Element (row, k), of 16 bits, where `across` says that rows lie side by side.
  uint32_t at(uint32_t row, uint32_t k, bool across) const {
    uint32_t plain = across
                         ? start + row / 64 * leading + row % 64 * 2 + k / 8 * stride + k % 8 * 128
                         : start + row / 8 * stride + row % 8 * 128 + k * 2;
    return swizzled(plain);
  }

  /// All that `rows` rows of 16 summands may touch, from row `first` on.
  Range hull(uint32_t first, uint32_t rows, bool across) const {
    uint32_t begin = start & ~1023u;
    if (across)
      return {begin, begin + (rows - 1) / 64 * leading + 2 * stride};
    return {begin + first / 8 * stride, begin + (first + rows + 7) / 8 * stride};
  }
};

float toFloat(uint16_t bits, MatrixElement element) {
  if (element == MatrixElement::f16) {
    _Float16 half;
    memcpy(&half, &bits, sizeof(half));
    return float(half);
  }
  uint32_t wide = uint32_t(bits) << 16;
  float value;
  memcpy(&value, &wide, sizeof(value));
  return value;
}

void nothing(Collective *const *) {}

} // namespace

void portico::hostsimt::initSignal(Item *item, const void *signal, uint32_t arrivals,
                                   const Site *site) {
  WorkItem &self = WorkItem::of(item);
  uint32_t offset = offsetOf(self, signal);
  groupAccess(item, offset, 8, Access::write, site);
  self.group->transfers.initSignal(offset, arrivals);
}

// An arrival that says how many bytes belong to the round.
void portico::hostsimt::expectBytes(Item *item, const void *signal, uint32_t bytes,
                                    const Site *site) {
  WorkItem &self = WorkItem::of(item);
  uint32_t offset = signalOf(self, signal, site);
  groupAccess(item, offset, 8, Access::atomic, site);
  self.group->transfers.expect(offset, bytes);
}

void portico::hostsimt::awaitSignal(Item *item, const void *signal, uint32_t parity,
                                    const Site *site) {
  WorkItem &self = WorkItem::of(item);
  uint32_t offset = signalOf(self, signal, site);
  groupAccess(item, offset, 8, Access::atomic, site);
  self.group->waitForSignal(self, offset, parity, site);
}

void portico::hostsimt::copyTile(Item *item, const void *to, const void *signal, const void *map,
                                 const int32_t *position, const Site *site) {
  WorkItem &self = WorkItem::of(item);
  Group &group = *self.group;
  TileCopy copy = {static_cast<const BoundMap *>(map), {}, {}, signalOf(self, signal, site)};
  const TensorMap &shape = *copy.source->map;
  int64_t bytes = shape.elementBytes;
  for (int64_t d = 0; d < shape.rank; ++d) {
    copy.position[d] = position[d];
    bytes *= shape.box[d];
  }
  uint32_t offset = offsetOf(self, to);
  if (offset % 128 != 0)
    group.fail(self,
               "misaligned copy; got " + numbered(self) + format(", to offset %u", offset) +
                   " of the group's memory; expected a multiple of 128",
               site);
  copy.to = {offset, offset + uint32_t(bytes)};
  groupAccess(item, offset, uint32_t(bytes), Access::write, site);
  if (group.transfers.isMultiplied(copy.to) || group.transfers.isBrought(copy.to))
    group.fail(self,
               "race on the memory of the group; got " + numbered(self) +
                   format(", which has bytes copied to offset %u", offset) +
                   " while a product reads or another copy writes them; expected none under way; "
                   "try to wait for it before",
               site);
  group.transfers.start(copy);
}

// The lanes of a subgroup are there together; each computes its own sums, and the first looks
// after the memory for all.
void portico::hostsimt::groupMultiply(Item *item, const GroupMatrixShape *shape, uint64_t aBits,
                                      uint64_t bBits, float *sums, const Site *site) {
  WorkItem &self = WorkItem::of(item);
  Group &group = *self.group;
  Collective together = {"matrix instruction", nothing};
  group.waitFor(self, together, ~uint64_t(0), site);

  Descriptor a(aBits), b(bBits);
  uint32_t firstRow = self.subgroup % 4 * 16;
  if (self.lane == 0) {
    if (!a.rowsOf128 || !b.rowsOf128 || !a.aligned || !b.aligned)
      group.fail(self,
                 "operands of another layout; got " + numbered(self) +
                     format(" with descriptors %#llx and %#llx",
                            static_cast<unsigned long long>(aBits),
                            static_cast<unsigned long long>(bBits)) +
                     "; expected rows of 128 swizzled bytes from a multiple of 1024",
                 site);
    for (Range range :
         {a.hull(firstRow, 16, shape->aAcross), b.hull(0, shape->n, shape->bAcross)}) {
      groupAccess(item, range.begin, range.end - range.begin, Access::read, site);
      if (group.transfers.isBrought(range))
        group.fail(self,
                   "race on the memory of the group; got " + numbered(self) +
                       format(", which multiplies what lies at offset %u", range.begin) +
                       " while a copy there is under way; expected it to be over; try to wait for "
                       "its signal",
                   site);
      group.transfers.startMultiply(self.subgroup, range);
    }
  }

  auto element = [&](uint32_t at) {
    uint16_t bits;
    memcpy(&bits, self.groupMemory + at, sizeof(bits));
    return toFloat(bits, shape->input);
  };
  constexpr uint32_t kSummands = 16;
  uint32_t row = firstRow + self.lane / 4;
  float left[2][kSummands];
  for (uint32_t k = 0; k < kSummands; ++k) {
    left[0][k] = element(a.at(row, k, shape->aAcross));
    left[1][k] = element(a.at(row + 8, k, shape->aAcross));
  }
  for (uint32_t block = 0; block < shape->n / 8; ++block)
    for (uint32_t c = 0; c < 2; ++c) {
      uint32_t column = block * 8 + self.lane % 4 * 2 + c;
      float *upper = sums + block * 4 + c, *lower = upper + 2;
      for (uint32_t k = 0; k < kSummands; ++k) {
        float right = element(b.at(column, k, shape->bAcross));
        *upper += left[0][k] * right;
        *lower += left[1][k] * right;
      }
    }
}

void portico::hostsimt::commitMultiplies(Item *item) {
  WorkItem &self = WorkItem::of(item);
  if (self.lane == 0)
    self.group->transfers.commitMultiplies(self.subgroup);
}

void portico::hostsimt::awaitMultiplies(Item *item, uint32_t pending, const Site *site) {
  WorkItem &self = WorkItem::of(item);
  Collective together = {"wait for matrix instructions", nothing};
  self.group->waitFor(self, together, ~uint64_t(0), site);
  if (self.lane == 0)
    self.group->transfers.finishMultiplies(self.subgroup, pending);
}
