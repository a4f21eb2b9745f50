//===- Search.cpp - merges groups in the order of a policy's ranks ---------===//

#include "dialects/portico/Transforms/Fusion/Fusion.h"

#include "llvm/ADT/SetVector.h"

#include <queue>

using namespace mlir;
using namespace portico;

namespace {

struct Entry {
  double rank;
  int producer, consumer;
  unsigned versions[2];
  KernelCategory category;

  // Equal ranks are taken in block order, so that a plan is reproducible.
  bool operator<(const Entry &other) const {
    if (rank != other.rank)
      return rank < other.rank;
    if (producer != other.producer)
      return producer > other.producer;
    return consumer > other.consumer;
  }
};

class Search {
public:
  Search(GroupGraph &graph, FusionPolicy &policy, int64_t fuel)
      : graph(graph), policy(policy), fuel(fuel) {}

  SmallVector<Refusal> run() {
    for (size_t id = 0; id < graph.size(); ++id) {
      for (int consumer : graph.consumers(id))
        consider(id, consumer, /*siblings=*/false);
      considerSiblings(id, /*onlyLater=*/true);
    }
    while (!queue.empty()) {
      Entry entry = queue.top();
      queue.pop();
      if (stale(entry.producer, entry.consumer, entry.versions))
        continue;
      if (graph.wouldCycle(entry.producer, entry.consumer)) {
        refuse(entry.producer, entry.consumer, "cycle", "another kernel runs between the two");
        continue;
      }
      if (fuel == 0) {
        refuse(entry.producer, entry.consumer, "fuel", "no fuel left");
        continue;
      }
      --fuel;
      graph.merge(entry.producer, entry.consumer, entry.category);
      considerAround(entry.producer);
    }
    llvm::erase_if(refusals, [&](const Refusal &refusal) {
      return stale(refusal.producer, refusal.consumer, refusal.versions);
    });
    return std::move(refusals);
  }

private:
  // Sharing less than this is not worth a common kernel of two strangers.
  static constexpr int64_t minSharedBytes = 4096;
  // A value with more readers than this is not searched for siblings.
  static constexpr unsigned maxReaders = 16;

  bool stale(int a, int b, const unsigned (&versions)[2]) const {
    return !graph.alive(a) || !graph.alive(b) || graph.group(a).version != versions[0] ||
           graph.group(b).version != versions[1];
  }

  void refuse(int producer, int consumer, const char *by, std::string reason) {
    refusals.push_back({producer,
                        consumer,
                        {graph.group(producer).version, graph.group(consumer).version},
                        by,
                        std::move(reason)});
  }

  void considerAround(int id) {
    for (int producer : graph.producers(id))
      consider(producer, id, /*siblings=*/false);
    for (int consumer : graph.consumers(id))
      consider(id, consumer, /*siblings=*/false);
    considerSiblings(id, /*onlyLater=*/false);
  }

  void considerSiblings(int id, bool onlyLater) {
    if (graph.group(id).category != KernelCategory::Row)
      return;
    llvm::SetVector<int> siblings;
    for (Value input : GroupGraph::inputsOf(graph.group(id).ops)) {
      if (numBytes(input) < minSharedBytes || input.hasNUsesOrMore(maxReaders))
        continue;
      for (Operation *user : input.getUsers())
        if (int other = graph.groupOf(user); other >= 0 && other != id)
          siblings.insert(other);
    }
    for (int other : siblings)
      if (graph.group(other).category == KernelCategory::Row && (!onlyLater || other > id))
        consider(std::min(id, other), std::max(id, other), /*siblings=*/true);
  }

  void consider(int producer, int consumer, bool siblings) {
    SmallVector<Operation *> both = graph.merged(producer, consumer);
    SmallVector<Value> inputs = GroupGraph::inputsOf(both), results = GroupGraph::resultsOf(both);
    if (results.empty())
      return; // dead code
    Verdict verdict = classify(both, results);
    if (!verdict)
      return refuse(producer, consumer, "legality", verdict.reason);

    SmallVector<Value> between;
    const GroupGraph::Group &from = graph.group(producer), &to = graph.group(consumer);
    for (Value result : GroupGraph::resultsOf(from.ops))
      if (llvm::any_of(result.getUsers(),
                       [&](Operation *user) { return graph.groupOf(user) == consumer; }))
        between.push_back(result);

    FusionCandidate candidate;
    candidate.producer = from.ops;
    candidate.consumer = to.ops;
    candidate.producerCategory = from.category;
    candidate.consumerCategory = to.category;
    candidate.fusedCategory = *verdict.category;
    candidate.between = between;
    candidate.siblings = siblings && between.empty();
    Cost a = graph.cost(producer), b = graph.cost(consumer);
    candidate.before = {a.bytesRead + b.bytesRead, a.bytesWritten + b.bytesWritten,
                        a.flops + b.flops, 2};
    candidate.after = costOfKernel(both, inputs, results);
    FusionRank rank = policy.rank(candidate);
    if (!rank.rank)
      return refuse(producer, consumer, "policy", rank.reason);
    queue.push({*rank.rank, producer, consumer, {from.version, to.version}, *verdict.category});
  }

  GroupGraph &graph;
  FusionPolicy &policy;
  int64_t fuel;
  std::priority_queue<Entry> queue;
  SmallVector<Refusal> refusals;
};

} // namespace

SmallVector<Refusal> portico::mergeByPolicy(GroupGraph &graph, FusionPolicy &policy, int64_t fuel) {
  return Search(graph, policy, fuel).run();
}
