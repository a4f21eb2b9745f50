//===- DeviceCode.cpp - LLVM IR for work-items ------------------------------===//

#include "targets/common/DeviceLowering.h"
#include "targets/common/PassPipeline.h"

#include "llvm/Analysis/TargetTransformInfo.h"
#include "llvm/Analysis/TargetTransformInfoImpl.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Target/TargetMachine.h"

using namespace llvm;

// A work-item has no vector registers: what strategies written for them left is
// taken apart, and the code generators join neighbouring loads again where that
// pays. How accesses are aligned is noted here, where it can still be seen.
static constexpr const char *kPipeline =
    "function(sroa<modify-cfg>,early-cse<memssa>,simplifycfg,expand-reductions,"
    "scalarize-masked-mem-intrin,scalarizer<load-store>,sroa<modify-cfg>,early-cse<memssa>,"
    "simplifycfg,instcombine<no-verify-fixpoint>,loop-mssa(licm),early-cse,simplifycfg,"
    "infer-alignment)";

namespace {
/// Of a device that LLVM's code generator knows nothing of: its work-items take
/// branches of their own. Otherwise masks become integers of as many bits as a
/// vector has elements, which not every device has.
struct WorkItemCosts : TargetTransformInfoImplCRTPBase<WorkItemCosts> {
  explicit WorkItemCosts(const DataLayout &layout) : TargetTransformInfoImplCRTPBase(layout) {}
  bool hasBranchDivergence(const Function * = nullptr) const override { return true; }
};
} // namespace

Error portico::optimiseForDevice(Module &module, TargetMachine *machine) {
  return runPasses(module, kPipeline, machine, [&](FunctionAnalysisManager &functions) {
    if (!machine)
      functions.registerPass([] {
        return TargetIRAnalysis([](const Function &function) {
          return TargetTransformInfo(std::make_unique<WorkItemCosts>(function.getDataLayout()));
        });
      });
  });
}

std::string portico::printModule(const Module &module) {
  std::string text;
  raw_string_ostream os(text);
  module.print(os, nullptr);
  return text;
}
