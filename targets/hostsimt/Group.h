//===- Group.h - runs the work-items of a work-group ------------------------===//

#ifndef PORTICO_TARGETS_HOSTSIMT_GROUP_H
#define PORTICO_TARGETS_HOSTSIMT_GROUP_H

#include "targets/hostsimt/Failure.h"
#include "targets/hostsimt/Fiber.h"
#include "targets/hostsimt/GroupMemory.h"
#include "targets/hostsimt/SimtAbi.h"
#include "targets/hostsimt/Transfers.h"

#include <memory>
#include <vector>

namespace portico::hostsimt {

class Group;

/// Something that lanes of a subgroup do together: each brings its operands, and
/// once all are there `complete` sees them all.
struct Collective {
  /// For messages: "shuffle", "matrix instruction", ...
  const char *name;
  /// `lanes` has an entry for each lane of the subgroup, null where that lane does
  /// not take part.
  void (*complete)(Collective *const *lanes);
};

enum class ItemState : uint8_t { ready, atBarrier, atCollective, atSignal, done };

struct WorkItem : Item {
  Group *group;
  Fiber fiber;
  ItemState state;
  /// Where it waits, for what and for whom.
  const Site *site;
  Collective *collective;
  uint64_t mask;
  /// The signal, by its offset, and the parity of its round.
  uint32_t signal, parity;

  static WorkItem &of(Item *item) { return *static_cast<WorkItem *>(item); }
  uint32_t number() const {
    return localId[0] + groupSize[0] * (localId[1] + groupSize[1] * localId[2]);
  }
};

/// One launch, as all groups of it see it.
struct GroupLaunch {
  const Record *record = nullptr;
  const uint64_t *words = nullptr;
  const uint64_t *bytes = nullptr;
  uint32_t grid[3], block[3];
  const void *implicitArguments = nullptr;
  Failure failure;
};

/// What a thread needs to run groups, one after the other; kept between launches.
class Group {
public:
  ~Group();

  /// Runs the groups [begin, end) of the launch, or stops at a failure.
  void run(GroupLaunch &launch, int64_t begin, int64_t end);

  // For the services, from inside a work-item:

  /// Gives way until all live work-items of the group are at `site`.
  void waitAtBarrier(WorkItem &item, const Site *site);
  /// Gives way until the lanes of `mask` are at `site`, and `collective` is done.
  void waitFor(WorkItem &item, Collective &collective, uint64_t mask, const Site *site);
  /// Gives way until the round of that parity is over; see Transfers.
  void waitForSignal(WorkItem &item, uint32_t signal, uint32_t parity, const Site *site);
  /// Reports; does not return.
  [[noreturn]] void fail(WorkItem &item, std::string what, const Site *site);

  GroupMemory memory;
  Transfers transfers;
  const GroupLaunch &current() const { return *launch; }
  /// Whether [address, address + bytes) is on the stack of a work-item of this group.
  bool isPrivate(const void *address, uint64_t bytes) const;

private:
  bool prepare(GroupLaunch &launch);
  void enterGroup(int64_t number);
  void runApart(int64_t begin, int64_t end);
  void runTogether();
  bool runSubgroup(uint32_t first, uint32_t last);
  bool completeCollectives(uint32_t first, uint32_t last);
  bool wakeForSignals();
  void reportSilence();
  void reportDivergence(uint32_t first, uint32_t last);
  void switchToScheduler(WorkItem &item);
  static void enterItem(void *item);
  static void enterAll(void *group);

  GroupLaunch *launch = nullptr;
  std::vector<WorkItem> items;
  Fiber scheduler;
  bool failed = false;
  /// What runApart's fiber has to do.
  int64_t firstGroup = 0, lastGroup = 0;

  char *stacks = nullptr;
  size_t stackBytes = 0, stacksBytes = 0;
};

extern const Services services;

} // namespace portico::hostsimt

#endif // PORTICO_TARGETS_HOSTSIMT_GROUP_H
