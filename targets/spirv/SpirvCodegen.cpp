//===- SpirvCodegen.cpp - LLVM IR to a SPIR-V module -------------------------===//

#include "targets/spirv/SpirvCodegen.h"
#include "targets/spirv/SpirvCheck.h"
#include "targets/spirv/SpirvExpand.h"
#include "targets/spirv/SpirvIdentifiers.h"
#include "targets/spirv/SpirvMachineFunctions.h"

#include "targets/Recovery.h"
#include "targets/common/DeviceLowering.h"

#include "llvm/IR/LegacyPassManager.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Target/TargetMachine.h"

#include <mutex>

extern "C" {
void LLVMInitializeSPIRVTargetInfo();
void LLVMInitializeSPIRVTarget();
void LLVMInitializeSPIRVTargetMC();
void LLVMInitializeSPIRVAsmPrinter();
}

using namespace llvm;
using namespace portico;

namespace {

const llvm::Target *findTarget(const Triple &triple) {
  static const bool once = [] {
    LLVMInitializeSPIRVTargetInfo();
    LLVMInitializeSPIRVTarget();
    LLVMInitializeSPIRVTargetMC();
    LLVMInitializeSPIRVAsmPrinter();
    return true;
  }();
  (void)once;
  std::string unused;
  return TargetRegistry::lookupTarget(triple, unused);
}

// The back end keeps what it learns of a module in static variables.
std::mutex emission;

} // namespace

Expected<TargetObject> spirv::emitModule(Module &module, StringRef prefix, const Machine &machine,
                                         bool keepStages) {
  Triple triple("spirv64v1.4-unknown-unknown");
  const llvm::Target *target = findTarget(triple);
  if (!target)
    return createStringError("LLVM was built without its SPIR-V back end");
  // Without passes of its own: loop strength reduction makes integers of odd widths
  // (i4), whose truncations the back end forgets. Whoever loads SPIR-V optimises it.
  std::unique_ptr<TargetMachine> code(target->createTargetMachine(
      triple, "", "", TargetOptions(), std::nullopt, std::nullopt, CodeGenOptLevel::None));
  module.setTargetTriple(triple);
  module.setDataLayout(code->createDataLayout());
  for (Function &function : module)
    if (!function.isDeclaration())
      function.setName(prefix + function.getName());

  TargetObject result;
  if (keepStages)
    result.stages.emplace_back("llvm", printModule(module));
  expandMaskReductions(module);
  // The back end says of its machine that work-items do not diverge.
  if (Error error = optimiseForDevice(module, /*machine=*/nullptr))
    return std::move(error);
  expandIntrinsics(module);
  if (keepStages)
    result.stages.emplace_back("llvm-optimised", printModule(module));
  if (Error error = checkModule(module, machine))
    return std::move(error);

  SmallVector<char, 0> bytes;
  raw_svector_ostream os(bytes);
  {
    RecoverableLock<std::unique_lock<std::mutex>> lock(emission);
    legacy::PassManager passes;
    auto *functions = new MachineModuleInfoWrapperPass(code.get());
    insertMachineFunctions(module, *code, functions->getMMI());
    if (code->addPassesToEmitFile(passes, os, nullptr, CodeGenFileType::ObjectFile,
                                  /*DisableVerify=*/true, functions))
      return createStringError("LLVM cannot emit SPIR-V");
    passes.run(module);
  }
  result.bytes.assign(bytes.begin(), bytes.end());
  if (Error error = checkIdentifiers(result.bytes))
    return std::move(error);
  return result;
}
