//===- DeviceCode.cpp - LLVM IR for work-items ------------------------------===//

#include "targets/common/DeviceLowering.h"

#include "llvm/IR/Module.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Target/TargetMachine.h"

using namespace llvm;

// A work-item has no vector registers: what strategies written for them left is
// taken apart, and the code generators join neighbouring loads again where that
// pays.
static constexpr const char *kPipeline =
    "function(sroa<modify-cfg>,early-cse<memssa>,simplifycfg,expand-reductions,"
    "scalarize-masked-mem-intrin,scalarizer<load-store>,sroa<modify-cfg>,early-cse<memssa>,"
    "simplifycfg,instcombine<no-verify-fixpoint>,loop-mssa(licm),early-cse,simplifycfg)";

Error portico::optimiseForDevice(Module &module, TargetMachine *machine) {
  LoopAnalysisManager loops;
  FunctionAnalysisManager functions;
  CGSCCAnalysisManager components;
  ModuleAnalysisManager modules;
  PassBuilder builder(machine);
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(components);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, components, modules);
  ModulePassManager passes;
  if (Error error = builder.parsePassPipeline(passes, kPipeline))
    return error;
  passes.run(module, modules);
  return Error::success();
}

std::string portico::printModule(const Module &module) {
  std::string text;
  raw_string_ostream os(text);
  module.print(os, nullptr);
  return text;
}
