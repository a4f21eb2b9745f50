//===- Policy.h - should these groups be one kernel? -----------------------===//
//
// A policy sees candidates that share values and ranks them; what it leaves
// without a rank stays apart, with its reason. It cannot make an illegal kernel:
// legality (Legality.h) is asked afterwards.
//
//===----------------------------------------------------------------------===//

#ifndef PORTICO_FUSION_POLICY_H
#define PORTICO_FUSION_POLICY_H

#include "dialects/portico/Transforms/Fusion/Cost.h"
#include "dialects/portico/Transforms/Fusion/Legality.h"

#include <functional>
#include <memory>

namespace portico {

/// Two groups that could become one: `producer` makes values that `consumer`
/// reads, or (siblings) both read the same values.
struct FusionCandidate {
  llvm::ArrayRef<mlir::Operation *> producer, consumer;
  KernelCategory producerCategory, consumerCategory;
  KernelCategory fusedCategory;
  llvm::ArrayRef<mlir::Value> between; // what the producer hands over; empty for siblings
  Cost before, after;                  // of the two kernels, of the one
  bool siblings = false;
};

/// A rank (higher is tried first), or the reason to leave the two apart.
struct FusionRank {
  std::optional<double> rank;
  std::string reason;

  static FusionRank take(double rank) { return {rank, ""}; }
  static FusionRank leave(std::string reason) { return {std::nullopt, std::move(reason)}; }
};

class FusionPolicy {
public:
  virtual ~FusionPolicy() = default;
  /// Name and version are part of the key of every cached program.
  virtual std::string id() const = 0;
  virtual FusionRank rank(const FusionCandidate &candidate) = 0;
};

using FusionPolicyFactory = std::function<std::unique_ptr<FusionPolicy>()>;
/// Adds a policy under `name`; an equal name replaces it.
void registerFusionPolicy(llvm::StringRef name, FusionPolicyFactory factory);
/// Null when there is none of that name.
std::unique_ptr<FusionPolicy> makeFusionPolicy(llvm::StringRef name);
std::vector<std::string> fusionPolicyNames();

} // namespace portico

#endif // PORTICO_FUSION_POLICY_H
