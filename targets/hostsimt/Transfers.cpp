//===- Transfers.cpp - what goes on by itself in a work-group ---------------===//

#include "targets/hostsimt/Transfers.h"
#include "targets/hostsimt/Swizzle.h"

#include <algorithm>
#include <cstring>

using namespace portico::hostsimt;
using portico::cuda::TensorMap;

void Transfers::reset() {
  signals.clear();
  copies.clear();
  multiplies.clear();
  sets.clear();
}

int Transfers::find(uint32_t offset) const {
  for (size_t i = 0; i < signals.size(); ++i)
    if (signals[i].offset == offset)
      return int(i);
  return -1;
}

void Transfers::initSignal(uint32_t offset, uint32_t arrivals) {
  int known = find(offset);
  if (known < 0)
    signals.push_back({});
  (known < 0 ? signals.back() : signals[size_t(known)]) = {offset, arrivals, arrivals, 0, 0};
}

void Transfers::expect(uint32_t offset, uint32_t bytes) {
  Signal &signal = signals[size_t(find(offset))];
  signal.bytes += bytes;
  --signal.pending;
}

/// A box of the tensor, run by run; what lies outside is 0.
void Transfers::perform(const TileCopy &copy, char *memory) {
  const TensorMap &map = *copy.source->map;
  int64_t index[TensorMap::kMostRank] = {};
  int64_t runBytes = map.box[0] * map.elementBytes;
  for (uint32_t to = copy.to.begin; to < copy.to.end; to += uint32_t(runBytes)) {
    bool inside = true;
    const char *row = copy.source->base;
    for (int64_t d = 1; d < map.rank; ++d) {
      int64_t at = copy.position[d] + index[d];
      inside &= at >= 0 && at < map.size[d];
      row += at * map.stride[d];
    }
    for (int64_t i = 0; i < map.box[0]; ++i) {
      int64_t at = copy.position[0] + i;
      char *element = memory + swizzled(to + uint32_t(i * map.elementBytes));
      if (inside && at >= 0 && at < map.size[0])
        memcpy(element, row + at * map.elementBytes, size_t(map.elementBytes));
      else
        memset(element, 0, size_t(map.elementBytes));
    }
    for (int64_t d = 1; d < map.rank && ++index[d] == map.box[d]; ++d)
      index[d] = 0;
  }
}

bool Transfers::over(uint32_t offset, uint32_t parity, GroupMemory &memory) {
  Signal &signal = signals[size_t(find(offset))];
  if ((signal.round & 1) != parity)
    return true;
  for (size_t i = 0; i < copies.size();) {
    if (copies[i].signal != offset) {
      ++i;
      continue;
    }
    const Range &to = copies[i].to;
    perform(copies[i], memory.data());
    memory.settle(to.begin, to.end - to.begin);
    signal.bytes -= to.end - to.begin;
    copies.erase(copies.begin() + ptrdiff_t(i));
  }
  if (signal.pending || signal.bytes)
    return false;
  signal.pending = signal.arrivals;
  ++signal.round;
  return true;
}

void Transfers::startMultiply(uint32_t subgroup, Range range) {
  multiplies.push_back({subgroup, kOpen, range});
}

void Transfers::commitMultiplies(uint32_t subgroup) {
  if (sets.size() <= subgroup)
    sets.resize(subgroup + 1);
  for (Multiply &multiply : multiplies)
    if (multiply.subgroup == subgroup && multiply.set == kOpen)
      multiply.set = sets[subgroup];
  ++sets[subgroup];
}

void Transfers::finishMultiplies(uint32_t subgroup, uint32_t pending) {
  uint32_t committed = subgroup < sets.size() ? sets[subgroup] : 0;
  auto finished = [&](const Multiply &multiply) {
    return multiply.subgroup == subgroup && multiply.set != kOpen &&
           multiply.set + pending < committed;
  };
  multiplies.erase(std::remove_if(multiplies.begin(), multiplies.end(), finished),
                   multiplies.end());
}

bool Transfers::isBrought(Range range) const {
  return std::any_of(copies.begin(), copies.end(),
                     [&](const TileCopy &copy) { return copy.to.meets(range); });
}

bool Transfers::isMultiplied(Range range) const {
  return std::any_of(multiplies.begin(), multiplies.end(),
                     [&](const Multiply &multiply) { return multiply.range.meets(range); });
}
