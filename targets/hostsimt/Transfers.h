//===- Transfers.h - what goes on by itself in a work-group -----------------===//
//
// Copies that a signal (PTX's mbarrier) tells of, and products that read group memory.
// A device may do them early or late. Here a copy is done as late as may be: when
// somebody waits for its signal; who looks earlier finds what was there before.
//
//===----------------------------------------------------------------------===//

#ifndef PORTICO_TARGETS_HOSTSIMT_TRANSFERS_H
#define PORTICO_TARGETS_HOSTSIMT_TRANSFERS_H

#include "targets/cuda/TensorMap.h"
#include "targets/hostsimt/GroupMemory.h"

#include <cstdint>
#include <vector>

namespace portico::hostsimt {

/// A tensor map with the address that a launch gives it: what a kernel gets as a parameter.
struct BoundMap {
  const cuda::TensorMap *map;
  const char *base;
};

/// Bytes of group memory.
struct Range {
  uint32_t begin, end;
  bool meets(const Range &other) const { return begin < other.end && other.begin < end; }
};

struct TileCopy {
  const BoundMap *source;
  int32_t position[cuda::TensorMap::kMostRank];
  Range to;
  uint32_t signal;
};

/// The state of one group; offsets are those of its memory.
class Transfers {
public:
  /// A new group: nothing is under way.
  void reset();

  void initSignal(uint32_t offset, uint32_t arrivals);
  /// Whether there is a signal.
  bool known(uint32_t offset) const { return find(offset) >= 0; }
  /// One arrival, after which `bytes` more have to come.
  void expect(uint32_t offset, uint32_t bytes);
  void start(const TileCopy &copy) { copies.push_back(copy); }
  /// Whether the round of that parity is over, after the copies that it waits for.
  bool over(uint32_t offset, uint32_t parity, GroupMemory &memory);

  /// A subgroup has started a product that reads `range`.
  void startMultiply(uint32_t subgroup, Range range);
  /// What it started since the last one of these is one set.
  void commitMultiplies(uint32_t subgroup);
  /// All but its latest `pending` sets are over.
  void finishMultiplies(uint32_t subgroup, uint32_t pending);

  /// A copy that has not come yet, or a product that still reads.
  bool isBrought(Range range) const;
  bool isMultiplied(Range range) const;
  bool anyCopy() const { return !copies.empty(); }

private:
  struct Signal {
    uint32_t offset, arrivals, pending;
    int64_t bytes;
    uint32_t round;
  };
  struct Multiply {
    uint32_t subgroup;
    /// The number of its set; kOpen: not committed yet.
    uint32_t set;
    Range range;
  };
  static constexpr uint32_t kOpen = ~0u;

  int find(uint32_t offset) const;
  static void perform(const TileCopy &copy, char *memory);

  std::vector<Signal> signals;
  std::vector<TileCopy> copies;
  std::vector<Multiply> multiplies;
  /// How many sets each subgroup has committed.
  std::vector<uint32_t> sets;
};

} // namespace portico::hostsimt

#endif // PORTICO_TARGETS_HOSTSIMT_TRANSFERS_H
