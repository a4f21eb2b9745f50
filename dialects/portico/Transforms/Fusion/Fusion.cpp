//===- Fusion.cpp - groups ops into kernels --------------------------------===//

#include "dialects/portico/Transforms/Fusion/Fusion.h"

#include "dialects/portico/Transforms/Passes.h"

#include "mlir/IR/Dominance.h"
#include "mlir/Transforms/CSE.h"
#include "mlir/Transforms/RegionUtils.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace portico;

namespace portico {
#define GEN_PASS_DEF_PORTICOFUSE
#include "portico/Passes.h.inc"
} // namespace portico

static Cost total(const GroupGraph &graph) {
  Cost sum;
  for (size_t id = 0; id < graph.size(); ++id) {
    if (!graph.alive(id) || graph.group(id).category == KernelCategory::Alias)
      continue;
    Cost cost = graph.cost(id);
    sum.bytesRead += cost.bytesRead;
    sum.bytesWritten += cost.bytesWritten;
    sum.flops += cost.flops;
    sum.launches += cost.launches;
  }
  return sum;
}

FailureOr<FusionReport> portico::fuse(func::FuncOp function, const FusionOptions &options) {
  if (!function.getBody().hasOneBlock())
    return function.emitError("[portico-fuse] only functions of one block can be fused");
  Block &block = function.getBody().front();
  IRRewriter rewriter(function.getContext());
  sinkCheapOps(block);
  (void)runRegionDCE(rewriter, function->getRegions());

  GroupGraph graph(block);
  FusionReport report;
  report.before = total(graph);
  SmallVector<Refusal> refusals;
  std::string policyId = "plan";
  if (!options.plan.empty()) {
    if (failed(mergeByPlan(graph, options.plan, function.getLoc())))
      return failure();
  } else {
    std::unique_ptr<FusionPolicy> policy = makeFusionPolicy(options.policy);
    if (!policy)
      return function.emitError() << "[portico-fuse] unknown policy; got '" << options.policy
                                  << "'; expected one of " << llvm::join(fusionPolicyNames(), ", ");
    policyId = policy->id();
    refusals = mergeByPolicy(graph, *policy, options.fuel);
  }
  report.after = total(graph);
  report.kernels = report.after.launches;
  report.plan = planToJSON(graph, policyId, refusals);
  formKernels(graph, block);

  // Copies of cheap ops that met again in one kernel become one.
  DominanceInfo dominance(function);
  eliminateCommonSubExpressions(rewriter, dominance, function);
  return report;
}

namespace {

struct FusePass : public portico::impl::PorticoFuseBase<FusePass> {
  using PorticoFuseBase::PorticoFuseBase;

  void runOnOperation() override {
    FusionOptions options;
    options.policy = policy;
    options.fuel = fuel;
    if (!plan.empty()) {
      auto file = llvm::MemoryBuffer::getFileOrSTDIN(plan);
      if (!file) {
        getOperation().emitError() << "[portico-fuse] cannot read the plan '" << plan
                                   << "': " << file.getError().message();
        return signalPassFailure();
      }
      options.plan = (*file)->getBuffer().str();
    }
    FailureOr<FusionReport> report = fuse(getOperation(), options);
    if (failed(report))
      return signalPassFailure();
    kernels = report->kernels;
    if (!dumpPlan.empty() && failed(write(report->plan)))
      return signalPassFailure();
  }

  LogicalResult write(const llvm::json::Value &value) {
    std::error_code error;
    llvm::raw_fd_ostream out(dumpPlan, error);
    if (error)
      return getOperation().emitError()
             << "[portico-fuse] cannot write the plan '" << dumpPlan << "': " << error.message();
    out << llvm::formatv("{0:2}\n", value);
    return success();
  }
};

} // namespace
