//===- SpirvCodegen.cpp - LLVM IR to a SPIR-V module -------------------------===//

#include "targets/spirv/SpirvCodegen.h"
#include "targets/spirv/SpirvCheck.h"

#include "targets/common/DeviceLowering.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"
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

/// Whether all or any elements of a mask are set, element by element: LLVM's own
/// expansion makes an integer of as many bits as there are elements.
void expandMaskReductions(Module &module) {
  for (Function &function : module)
    for (Instruction &instruction : make_early_inc_range(instructions(function))) {
      auto *call = dyn_cast<IntrinsicInst>(&instruction);
      if (!call || !call->getType()->isIntegerTy(1))
        continue;
      bool all = call->getIntrinsicID() == Intrinsic::vector_reduce_and;
      if (!all && call->getIntrinsicID() != Intrinsic::vector_reduce_or)
        continue;
      Value *mask = call->getArgOperand(0);
      IRBuilder<> builder(call);
      Value *result = builder.CreateExtractElement(mask, uint64_t(0));
      for (unsigned i = 1; i < cast<FixedVectorType>(mask->getType())->getNumElements(); ++i) {
        Value *element = builder.CreateExtractElement(mask, uint64_t(i));
        result = all ? builder.CreateAnd(result, element) : builder.CreateOr(result, element);
      }
      call->replaceAllUsesWith(result);
      call->eraseFromParent();
    }
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
  if (keepStages)
    result.stages.emplace_back("llvm-optimised", printModule(module));
  if (Error error = checkModule(module, machine))
    return std::move(error);

  SmallVector<char, 0> bytes;
  raw_svector_ostream os(bytes);
  {
    std::lock_guard<std::mutex> lock(emission);
    legacy::PassManager passes;
    if (code->addPassesToEmitFile(passes, os, nullptr, CodeGenFileType::ObjectFile,
                                  /*DisableVerify=*/true))
      return createStringError("LLVM cannot emit SPIR-V");
    passes.run(module);
  }
  result.bytes.assign(bytes.begin(), bytes.end());
  return result;
}
