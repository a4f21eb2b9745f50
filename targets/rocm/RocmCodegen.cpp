//===- RocmCodegen.cpp - LLVM IR to code objects ----------------------------===//

#include "targets/rocm/RocmCodegen.h"

#include "targets/common/DeviceLowering.h"
#include "targets/common/HostCode.h"
#include "targets/common/PassPipeline.h"
#include "targets/common/UndefinedSymbols.h"

#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/Verifier.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/Transforms/Utils/Cloning.h"

#include <mutex>

using namespace llvm;
using namespace portico;

namespace {

constexpr const char *kTriple = "amdgcn-amd-amdhsa";
/// Version 5 is what ROCm itself writes since 6.0.
constexpr unsigned kCodeObjectVersion = 500;

Expected<std::unique_ptr<TargetMachine>> createMachine(StringRef processor) {
  static std::once_flag once;
  std::call_once(once, [] {
    LLVMInitializeAMDGPUTargetInfo();
    LLVMInitializeAMDGPUTarget();
    LLVMInitializeAMDGPUTargetMC();
    LLVMInitializeAMDGPUAsmPrinter();
  });
  Triple triple(kTriple);
  std::string problem;
  const llvm::Target *target = TargetRegistry::lookupTarget(triple, problem);
  if (!target)
    return createStringError("LLVM has no code generator for " + std::string(kTriple) + ": " +
                             problem);
  TargetOptions options;
  // A product and a sum stay two operations unless the kernel says `fma`.
  options.AllowFPOpFusion = FPOpFusion::Strict;
  return std::unique_ptr<TargetMachine>(target->createTargetMachine(
      triple, processor, "", options, Reloc::PIC_, std::nullopt, CodeGenOptLevel::Default));
}

void describeMachine(Module &module, const TargetMachine &machine, StringRef processor) {
  module.setDataLayout(machine.createDataLayout());
  module.setTargetTriple(machine.getTargetTriple());
  module.setModuleFlag(Module::Error, "amdhsa_code_object_version", kCodeObjectVersion);
  for (Function &function : module) {
    if (function.isDeclaration())
      continue;
    function.addFnAttr("target-cpu", processor);
    // Denormals are numbers here as on every other target.
    function.addFnAttr("denormal-fp-math", "ieee,ieee");
    function.addFnAttr("denormal-fp-math-f32", "ieee,ieee");
    function.addFnAttr("no-trapping-math", "true");
    function.addFnAttr("uniform-work-group-size", "true");
    function.addFnAttr(Attribute::NoUnwind);
  }
}

Error emit(Module &module, TargetMachine &machine, CodeGenFileType kind, SmallString<0> &bytes) {
  raw_svector_ostream os(bytes);
  legacy::PassManager passes;
  if (machine.addPassesToEmitFile(passes, os, nullptr, kind, /*DisableVerify=*/true))
    return createStringError("LLVM cannot emit code for " + std::string(kTriple));
  passes.run(module);
  return Error::success();
}

} // namespace

Error rocm::optimise(Module &module, StringRef processor) {
  Expected<std::unique_ptr<TargetMachine>> machine = createMachine(processor);
  if (!machine)
    return machine.takeError();
  describeMachine(module, **machine, processor);
  std::string problem;
  raw_string_ostream os(problem);
  if (verifyModule(module, &os))
    return createStringError("the LLVM IR is not valid: " + problem);
  if (Error error = optimiseForDevice(module, machine->get()))
    return error;
  // Finds out which of the values that the hardware and the runtime can pass to a
  // kernel it reads. The others cost registers, and a buffer for calls to the host.
  return runPasses(module, "amdgpu-attributor", machine->get());
}

Expected<TargetObject> rocm::emitObject(Module &module, StringRef processor, bool keepStages) {
  Expected<std::unique_ptr<TargetMachine>> machine = createMachine(processor);
  if (!machine)
    return machine.takeError();
  TargetObject result;
  if (keepStages)
    result.stages.emplace_back("llvm", printModule(module));
  if (Error error = optimise(module, processor))
    return std::move(error);
  if (keepStages) {
    result.stages.emplace_back("llvm-optimised", printModule(module));
    SmallString<0> text;
    if (Error error = emit(*CloneModule(module), **machine, CodeGenFileType::AssemblyFile, text))
      return std::move(error);
    result.stages.emplace_back("isa", text.str().str());
  }
  SmallString<0> object;
  if (Error error = emit(module, **machine, CodeGenFileType::ObjectFile, object))
    return std::move(error);
  if (Error error = checkUndefinedSymbols(object))
    return std::move(error);
  result.bytes = object.str().str();
  return result;
}

Expected<std::string> rocm::linkCodeObject(ArrayRef<StringRef> objects) {
  // As ROCm's compiler has it linked: its loader reads the table of symbols.
  return host::linkElf(objects, {"--no-undefined"});
}
