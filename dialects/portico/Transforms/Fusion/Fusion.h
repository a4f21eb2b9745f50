//===- Fusion.h - groups ops into kernels ----------------------------------===//

#ifndef PORTICO_FUSION_FUSION_H
#define PORTICO_FUSION_FUSION_H

#include "dialects/portico/Transforms/Fusion/GroupGraph.h"
#include "dialects/portico/Transforms/Fusion/Policy.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

#include "llvm/Support/JSON.h"

namespace portico {

struct FusionOptions {
  std::string policy = "greedy";
  /// Merges that may be made; negative: any number. Bisects a wrong fusion.
  int64_t fuel = -1;
  /// A plan to replay instead of asking the policy (JSON text).
  std::string plan;
};

/// What was decided, as data: groups, refusals with reasons, costs.
struct FusionReport {
  llvm::json::Value plan = nullptr;
  Cost before, after;
  int64_t kernels = 0;
};

/// Puts every op of `function` into a portico.kernel (reshapes between kernels
/// and constants stay outside). Errors are emitted on the function.
llvm::FailureOr<FusionReport> fuse(mlir::func::FuncOp function, const FusionOptions &options);

// The steps of `fuse`, each in its own file.

/// Gives each reader its own copy of ops that cost nothing inside a kernel, so
/// that none of them is written to memory because two kernels read it.
void sinkCheapOps(mlir::Block &block);

struct Refusal {
  int producer, consumer; // groups
  unsigned versions[2];   // of the groups when refused
  const char *by;         // "legality", "policy", "cycle" or "fuel"
  std::string reason;
};
/// Merges groups in the order of the policy's ranks. Returns what was refused
/// between groups that are still as they were.
llvm::SmallVector<Refusal> mergeByPolicy(GroupGraph &graph, FusionPolicy &policy, int64_t fuel);

llvm::json::Value planToJSON(const GroupGraph &graph, llvm::StringRef policy,
                             llvm::ArrayRef<Refusal> refusals);
/// Merges as the plan says; legality still has the last word.
llvm::LogicalResult mergeByPlan(GroupGraph &graph, llvm::StringRef json, mlir::Location loc);

/// Turns each group into a portico.kernel.
void formKernels(GroupGraph &graph, mlir::Block &block);

} // namespace portico

#endif // PORTICO_FUSION_FUSION_H
