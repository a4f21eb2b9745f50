//===- Emulate.cpp - a device's LLVM IR to code of the host -----------------===//

#include "targets/hostsimt/Emulate.h"
#include "targets/common/HostCode.h"

#include "llvm/IR/DebugInfo.h"
#include "llvm/IR/Verifier.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/Triple.h"

using namespace llvm;
using namespace portico;
using namespace portico::hostsimt;

namespace {

/// The driver refuses older processors (canRunCode). One processor for all hosts:
/// results must not depend on where an emulation runs.
host::Processor processor() {
  host::Processor result;
  result.triple = sys::getDefaultTargetTriple();
  result.name = Triple(result.triple).getArch() == Triple::x86_64 ? "x86-64-v3" : "generic";
  return result;
}

Error checkPrivateMemory(const KernelCode &kernel) {
  constexpr uint32_t kMost = 512 << 10;
  if (kernel.privateBytes <= kMost)
    return Error::success();
  return createStringError("the private arrays of a work-item are too large; got " +
                           Twine(kernel.privateBytes) + " bytes; expected at most " + Twine(kMost));
}

Error verify(const Module &module) {
  std::string text;
  raw_string_ostream os(text);
  if (verifyModule(module, &os))
    return createStringError("the emulated kernel is not valid: " + text);
  return Error::success();
}

} // namespace

Expected<TargetObject> portico::hostsimt::emulate(Module &device, const EmulateOptions &options) {
  Expected<RetargetedModule> retargeted = retarget(device, options.originOf);
  if (!retargeted)
    return retargeted.takeError();
  Module &module = *retargeted->module;
  std::unique_ptr<TargetMachine> machine = host::createTargetMachine(processor());
  if (!machine)
    return createStringError("LLVM has no code generator for " + processor().triple);
  module.setDataLayout(machine->createDataLayout());

  for (KernelCode &kernel : retargeted->kernels) {
    std::string name = kernel.function.getName().str();
    if (auto size = options.groupSizes.find(name); size != options.groupSizes.end())
      kernel.groupSize = size->second;
    if (auto maps = options.tensorMaps.find(name); maps != options.tensorMaps.end())
      kernel.tensorMaps = maps->second;
    addChecks(kernel);
    placeGroupMemory(kernel);
    if (Error error = lowerIntrinsics(kernel))
      return std::move(error);
    if (Error error = checkPrivateMemory(kernel))
      return std::move(error);
    kernel.function.setName(name + ".code");
    addRecord(kernel, options.prefix + name, options.subgroupSize);
  }
  addHalfConversions(module);
  // Sites have taken what they need of it.
  StripDebugInfo(module);
  for (Function &function : make_early_inc_range(module))
    if (function.isDeclaration() && function.use_empty())
      function.eraseFromParent();
  for (GlobalVariable &variable : make_early_inc_range(module.globals()))
    if (isGroupVariable(variable) && variable.use_empty())
      variable.eraseFromParent();
  if (Error error = verify(module))
    return std::move(error);
  return host::emitObject(module, processor(), options.keepStages);
}
