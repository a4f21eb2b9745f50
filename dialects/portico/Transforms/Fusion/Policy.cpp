//===- Policy.cpp - the policies that ship with Portico --------------------===//

#include "dialects/portico/Transforms/Fusion/Policy.h"

#include "llvm/ADT/STLExtras.h"

#include <map>
#include <mutex>

using namespace mlir;
using namespace portico;

namespace {

/// Every op is its own kernel: the yardstick for the others, and the way to
/// find out whether fusion has broken something.
class NonePolicy : public FusionPolicy {
public:
  std::string id() const override { return "none/1"; }
  FusionRank rank(const FusionCandidate &) override {
    return FusionRank::leave("policy none fuses nothing");
  }
};

/// Takes what saves the most memory traffic first, and leaves apart what would
/// trade it for repeated work or for access patterns that do not vectorise.
class GreedyPolicy : public FusionPolicy {
public:
  std::string id() const override { return "greedy/1"; }

  FusionRank rank(const FusionCandidate &c) override {
    // Register pressure and compile time grow with the kernel, gains do not.
    if (c.producer.size() + c.consumer.size() > maxOps)
      return FusionRank::leave("the kernel would have more than 64 ops");
    for (Operation *op : c.producer)
      if (const char *why = staysApart(op, /*producer=*/true))
        return FusionRank::leave(why);
    for (Operation *op : c.consumer)
      if (const char *why = staysApart(op, /*producer=*/false))
        return FusionRank::leave(why);
    if (const char *why = repeatsWork(c))
      return FusionRank::leave(why);
    if (const char *why = serialises(c))
      return FusionRank::leave(why);
    int64_t saved = c.before.bytes() - c.after.bytes();
    if (c.siblings && saved <= 0)
      return FusionRank::leave("siblings share nothing worth a common kernel");
    return FusionRank::take(static_cast<double>(saved) + launchBytes);
  }

private:
  static constexpr size_t maxOps = 64;
  // A launch saved is worth about as much as moving this many bytes.
  static constexpr double launchBytes = 4096;
  // Rows fewer than this, each longer than that, would leave cores idle.
  static constexpr int64_t fewRows = 8, longRow = 1 << 15;

  static const char *staysApart(Operation *op, bool producer) {
    if (isa<ReshapeOp>(op) && !isUnitReshape(op))
      return "a reshape between kernels is free, inside it costs index arithmetic";
    if (isa<ConcatOp, PadOp, UpdateSliceOp, DynamicUpdateSliceOp>(op))
      return "is a block copy of its own";
    if (auto permute = dyn_cast<PermuteOp>(op)) {
      ArrayRef<int64_t> order = permute.getPermutation();
      if (!order.empty() && order.back() != static_cast<int64_t>(order.size()) - 1)
        return "a transposed read does not vectorise; the blocked transpose kernel does";
    }
    if (isa<RandomBitsOp>(op) && producer && !op->hasOneUse())
      return "random bits with several readers are made once";
    return nullptr;
  }

  /// Fusing into a broadcast or a gather computes the producer anew for every
  /// element that reads it.
  static const char *repeatsWork(const FusionCandidate &c) {
    if (c.siblings || c.fusedCategory == KernelCategory::Row)
      return nullptr;
    bool works = llvm::any_of(
        c.producer, [](Operation *op) { return op->hasTrait<portico::OpTrait::Elementwise>(); });
    if (!works)
      return nullptr;
    for (Value value : c.between) {
      if (numElements(value) <= 1)
        continue;
      for (Operation *user : value.getUsers()) {
        if (!llvm::is_contained(c.consumer, user))
          continue;
        if (isa<BroadcastOp>(user) && numElements(user->getResult(0)) > numElements(value))
          return "would be computed again for every element of a broadcast";
        if (isa<GatherOp>(user) && user->getOperand(0) == value)
          return "would be computed again for every gathered element";
      }
    }
    return nullptr;
  }

  /// A full reduction followed by work on the full shape would run as one long
  /// row on one core.
  static const char *serialises(const FusionCandidate &c) {
    if (c.fusedCategory != KernelCategory::Row)
      return nullptr;
    int64_t full = 0, rows = INT64_MAX;
    bool hasFullResultAfter = false;
    for (ArrayRef<Operation *> ops : {c.producer, c.consumer})
      for (Operation *op : ops)
        if (isa<ReduceOp, ArgReduceOp>(op)) {
          full = numElements(op->getOperand(0));
          rows = std::min(rows, numElements(op->getResult(0)));
        }
    if (c.producerCategory == KernelCategory::Row && !c.siblings)
      for (Operation *op : c.consumer)
        hasFullResultAfter |= numElements(op->getResult(0)) == full;
    if (hasFullResultAfter && rows < fewRows && full / std::max<int64_t>(rows, 1) > longRow)
      return "few long rows are reduced in parallel only when nothing follows on them";
    return nullptr;
  }
};

struct Registry {
  std::mutex mutex;
  std::map<std::string, FusionPolicyFactory> factories{
      {"none", [] { return std::make_unique<NonePolicy>(); }},
      {"greedy", [] { return std::make_unique<GreedyPolicy>(); }},
  };
};

Registry &registry() {
  static Registry instance;
  return instance;
}

} // namespace

void portico::registerFusionPolicy(llvm::StringRef name, FusionPolicyFactory factory) {
  std::lock_guard<std::mutex> lock(registry().mutex);
  registry().factories[name.str()] = std::move(factory);
}

std::unique_ptr<FusionPolicy> portico::makeFusionPolicy(llvm::StringRef name) {
  std::lock_guard<std::mutex> lock(registry().mutex);
  auto it = registry().factories.find(name.str());
  return it == registry().factories.end() ? nullptr : it->second();
}

std::vector<std::string> portico::fusionPolicyNames() {
  std::lock_guard<std::mutex> lock(registry().mutex);
  std::vector<std::string> names;
  for (const auto &entry : registry().factories)
    names.push_back(entry.first);
  return names;
}
