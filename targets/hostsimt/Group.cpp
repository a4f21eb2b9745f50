//===- Group.cpp - runs the work-items of a work-group ----------------------===//
//
// The work-items of a group take turns on one thread, each until it has to wait:
// lane after lane, subgroup after subgroup. So a launch does the same thing every
// time, and a mistake is found every time. Where code waits for nobody, work-items
// are plain calls one after the other.
//
//===----------------------------------------------------------------------===//

#include "targets/hostsimt/Group.h"

#include <algorithm>
#include <sys/mman.h>

using namespace portico::hostsimt;

namespace {

// Beside its private arrays a work-item needs room for what registers do not hold,
// and the services for what they call.
constexpr size_t kStackBeside = 48 << 10;

// Stacks at a power of two from each other would share a few sets of the caches.
constexpr size_t kStackSkew = 320;

} // namespace

Group::~Group() {
  if (stacks)
    munmap(stacks, stacksBytes);
}

bool Group::isPrivate(const void *address, uint64_t bytes) const {
  auto *at = static_cast<const char *>(address);
  return at >= stacks && at < stacks + stacksBytes && bytes <= size_t(stacks + stacksBytes - at);
}

bool Group::prepare(GroupLaunch &with) {
  launch = &with;
  failed = false;
  const Record &record = *with.record;
  size_t count = size_t(with.block[0]) * with.block[1] * with.block[2];
  bool together = record.flags & kSynchronises;

  size_t each = (record.privateBytes + kStackBeside + 4095) / 4096 * 4096 + kStackSkew;
  size_t all = each * (together ? count : 1);
  if (all > stacksBytes) {
    if (stacks)
      munmap(stacks, stacksBytes);
    void *fresh = mmap(nullptr, all, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    stacks = fresh == MAP_FAILED ? nullptr : static_cast<char *>(fresh);
    stacksBytes = stacks ? all : 0;
  }
  stackBytes = each;
  if (!stacks || !memory.prepare(record.groupMemoryBytes, record.groupGranularity)) {
    with.failure.report("no memory for the stacks of a work-group; got " + std::to_string(count) +
                            " work-items; expected room for each; try a smaller group",
                        nullptr);
    return false;
  }

  if (items.size() < count)
    items.resize(count);
  for (uint32_t number = 0; number < count; ++number) {
    WorkItem &item = items[number];
    item.services = &services;
    item.groupMemory = memory.data();
    item.bytes = with.bytes;
    item.implicitArguments = with.implicitArguments;
    item.localId[0] = number % with.block[0];
    item.localId[1] = number / with.block[0] % with.block[1];
    item.localId[2] = number / with.block[0] / with.block[1];
    std::copy(with.block, with.block + 3, item.groupSize);
    std::copy(with.grid, with.grid + 3, item.gridSize);
    item.subgroupSize = record.subgroupSize;
    item.lane = number % record.subgroupSize;
    item.subgroup = number / record.subgroupSize;
    item.group = this;
  }
  items.resize(count);
  return true;
}

void Group::enterGroup(int64_t number) {
  uint32_t id[3] = {uint32_t(number % launch->grid[0]),
                    uint32_t(number / launch->grid[0] % launch->grid[1]),
                    uint32_t(number / launch->grid[0] / launch->grid[1])};
  for (WorkItem &item : items)
    std::copy(id, id + 3, item.groupId);
  transfers.reset();
}

void Group::run(GroupLaunch &with, int64_t begin, int64_t end) {
  if (with.failure.happened() || !prepare(with))
    return;
  if (!(with.record->flags & kSynchronises))
    return runApart(begin, end);
  for (int64_t number = begin; number < end && !with.failure.happened(); ++number) {
    if (number != begin)
      memory.prepare(with.record->groupMemoryBytes, with.record->groupGranularity);
    enterGroup(number);
    runTogether();
  }
}

//===----------------------------------------------------------------------===//
// Work-items that wait for nobody
//===----------------------------------------------------------------------===//

// All on one fiber, which a failure leaves where it is.
void Group::runApart(int64_t begin, int64_t end) {
  firstGroup = begin;
  lastGroup = end;
  WorkItem &first = items.front();
  first.fiber.start(stacks, stackBytes, enterAll, this);
  Fiber::switchTo(scheduler, first.fiber);
}

void Group::enterAll(void *argument) {
  auto &group = *static_cast<Group *>(argument);
  GroupLaunch &launch = *group.launch;
  const Record &record = *launch.record;
  for (int64_t number = group.firstGroup; number < group.lastGroup; ++number) {
    if (launch.failure.happened())
      break;
    if (number != group.firstGroup && record.groupMemoryBytes)
      group.memory.prepare(record.groupMemoryBytes, record.groupGranularity);
    group.enterGroup(number);
    for (WorkItem &item : group.items)
      record.code(&item, launch.words);
  }
  group.switchToScheduler(group.items.front());
}

//===----------------------------------------------------------------------===//
// Work-items that wait for each other
//===----------------------------------------------------------------------===//

void Group::enterItem(void *argument) {
  auto &item = *static_cast<WorkItem *>(argument);
  const GroupLaunch &launch = item.group->current();
  launch.record->code(&item, launch.words);
  item.state = ItemState::done;
  item.group->switchToScheduler(item);
}

void Group::runTogether() {
  for (size_t i = 0; i < items.size(); ++i) {
    WorkItem &item = items[i];
    item.state = ItemState::ready;
    item.fiber.start(stacks + i * stackBytes, stackBytes, enterItem, &item);
  }
  uint32_t count = uint32_t(items.size());
  uint32_t width = launch->record->subgroupSize;
  for (;;) {
    for (uint32_t first = 0; first < count; first += width)
      if (!runSubgroup(first, std::min(first + width, count)))
        return;
    if (wakeForSignals())
      continue;
    // Everyone waits, or is done.
    uint32_t waiting = 0;
    const Site *site = nullptr;
    bool same = true;
    for (WorkItem &item : items) {
      if (item.state != ItemState::atBarrier)
        continue;
      same &= !waiting || item.site == site;
      site = item.site;
      ++waiting;
    }
    if (!waiting)
      return reportSilence();
    if (waiting != count || !same)
      return reportDivergence(0, count);
    memory.nextEpoch();
    for (WorkItem &item : items)
      item.state = ItemState::ready;
  }
}

/// Whether somebody can go on whose signal has come meanwhile.
bool Group::wakeForSignals() {
  bool any = false;
  for (WorkItem &item : items)
    if (item.state == ItemState::atSignal && transfers.over(item.signal, item.parity, memory)) {
      item.state = ItemState::ready;
      any = true;
    }
  return any;
}

/// Nobody waits at a barrier and nobody can go on: all are done, or wait for what does not come.
void Group::reportSilence() {
  for (const WorkItem &item : items)
    if (item.state == ItemState::atSignal)
      return launch->failure.report(
          format("a wait without end; got work-item %u of group (%u, %u, %u) at the signal at "
                 "offset %u",
                 item.number(), item.groupId[0], item.groupId[1], item.groupId[2], item.signal) +
              "; expected arrivals and as many bytes as were announced",
          item.site);
  if (transfers.anyCopy())
    launch->failure.report("a copy to the memory of the group is under way when the group ends; "
                           "expected somebody to wait for it",
                           nullptr);
}

/// Lets the work-items [first, last) go on until none can. False after a failure.
bool Group::runSubgroup(uint32_t first, uint32_t last) {
  for (;;) {
    bool collective = false, signal = false;
    for (uint32_t i = first; i < last; ++i) {
      WorkItem &item = items[i];
      if (item.state == ItemState::ready) {
        Fiber::switchTo(scheduler, item.fiber);
        if (failed)
          return false;
      }
      collective |= item.state == ItemState::atCollective;
      signal |= item.state == ItemState::atSignal;
    }
    if (!collective)
      return true;
    if (!completeCollectives(first, last)) {
      // The others may come once their signal does.
      if (signal)
        return true;
      reportDivergence(first, last);
      return false;
    }
  }
}

/// Does those collectives whose lanes are all there. False where there are none.
bool Group::completeCollectives(uint32_t first, uint32_t last) {
  uint64_t present = last - first == 64 ? ~uint64_t(0) : (uint64_t(1) << (last - first)) - 1;
  bool any = false;
  for (uint32_t i = first; i < last; ++i) {
    if (items[i].state != ItemState::atCollective)
      continue;
    uint64_t wanted = items[i].mask & present;
    Collective *lanes[kMaxSubgroup] = {};
    bool all = true;
    for (uint32_t lane = 0; lane < last - first && all; ++lane) {
      if (!(wanted >> lane & 1))
        continue;
      const WorkItem &other = items[first + lane];
      all = other.state == ItemState::atCollective && other.site == items[i].site &&
            other.mask == items[i].mask;
      lanes[lane] = other.collective;
    }
    if (!all)
      continue;
    items[i].collective->complete(lanes);
    for (uint32_t lane = 0; lane < last - first; ++lane)
      if (wanted >> lane & 1)
        items[first + lane].state = ItemState::ready;
    any = true;
  }
  return any;
}

/// Some of [first, last) wait for others that will not come.
void Group::reportDivergence(uint32_t first, uint32_t last) {
  // The one that waits the longest way from the end is what the report is about.
  const WorkItem *one = nullptr;
  for (uint32_t i = first; i < last; ++i)
    if (items[i].state == ItemState::atCollective ||
        (items[i].state == ItemState::atBarrier && !one))
      if (!one || one->state != ItemState::atCollective)
        one = &items[i];
  bool barrier = one->state == ItemState::atBarrier;
  uint32_t here = 0, done = 0, elsewhere = 0;
  const Site *other = nullptr;
  for (uint32_t i = first; i < last; ++i) {
    if (items[i].state == ItemState::done) {
      ++done;
    } else if (items[i].site == one->site) {
      ++here;
    } else {
      ++elsewhere;
      other = items[i].site;
    }
  }
  std::string got = format("%u of %u work-items of group (%u, %u, %u) wait", here, last - first,
                           one->groupId[0], one->groupId[1], one->groupId[2]);
  if (done)
    got += format(", %u have finished", done);
  if (elsewhere)
    got += format(", %u wait elsewhere", elsewhere) +
           (other->where[0] ? std::string(" (") + other->where + ")" : "");
  launch->failure.report(
      std::string("divergent ") + (barrier ? "barrier" : one->collective->name) + "; got " + got +
          "; expected all of the " + (barrier ? "group" : "subgroup") +
          "; try to move it out of the branch or the loop that not all of them take",
      one->site);
}

//===----------------------------------------------------------------------===//
// From inside a work-item
//===----------------------------------------------------------------------===//

void Group::switchToScheduler(WorkItem &item) { Fiber::switchTo(item.fiber, scheduler); }

void Group::waitAtBarrier(WorkItem &item, const Site *site) {
  item.state = ItemState::atBarrier;
  item.site = site;
  switchToScheduler(item);
}

void Group::waitFor(WorkItem &item, Collective &collective, uint64_t mask, const Site *site) {
  item.state = ItemState::atCollective;
  item.site = site;
  item.collective = &collective;
  item.mask = mask;
  switchToScheduler(item);
}

void Group::waitForSignal(WorkItem &item, uint32_t signal, uint32_t parity, const Site *site) {
  if (transfers.over(signal, parity, memory))
    return;
  item.state = ItemState::atSignal;
  item.site = site;
  item.signal = signal;
  item.parity = parity;
  switchToScheduler(item);
}

void Group::fail(WorkItem &item, std::string what, const Site *site) {
  launch->failure.report(std::move(what), site);
  failed = true;
  switchToScheduler(launch->record->flags & kSynchronises ? item : items.front());
  __builtin_unreachable();
}
