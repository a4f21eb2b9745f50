//===- CudaCodegen.cpp - LLVM IR to PTX -------------------------------------===//

#include "targets/cuda/CudaCodegen.h"

#include "targets/common/DeviceLowering.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Analysis/TargetTransformInfo.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/TargetParser/Triple.h"
#include "llvm/Transforms/Vectorize/LoadStoreVectorizer.h"

#include <mutex>

using namespace llvm;
using namespace portico;

extern "C" void LLVMInitializeNVPTXTarget();
extern "C" void LLVMInitializeNVPTXTargetInfo();
extern "C" void LLVMInitializeNVPTXTargetMC();
extern "C" void LLVMInitializeNVPTXAsmPrinter();

static Expected<std::unique_ptr<TargetMachine>> createTargetMachine(const cuda::Machine &machine) {
  static std::once_flag once;
  std::call_once(once, [] {
    LLVMInitializeNVPTXTargetInfo();
    LLVMInitializeNVPTXTarget();
    LLVMInitializeNVPTXTargetMC();
    LLVMInitializeNVPTXAsmPrinter();
  });
  Triple triple("nvptx64-nvidia-cuda");
  std::string error;
  const llvm::Target *target = TargetRegistry::lookupTarget(triple, error);
  if (!target)
    return createStringError(error);
  TargetOptions options;
  // Products and sums are rounded one by one, unless the kernel says fma: the text
  // then says `mul.rn` and `add.rn`, which NVIDIA's assembler leaves apart, too.
  options.AllowFPOpFusion = FPOpFusion::Strict;
  return std::unique_ptr<TargetMachine>(
      target->createTargetMachine(triple, machine.name, "+ptx" + std::to_string(machine.ptxVersion),
                                  options, std::nullopt, std::nullopt, CodeGenOptLevel::Default));
}

Error cuda::optimise(Module &module, const Machine &machine) {
  auto generator = createTargetMachine(machine);
  if (!generator)
    return generator.takeError();
  module.setDataLayout((*generator)->createDataLayout());
  module.setTargetTriple((*generator)->getTargetTriple());
  return optimiseForDevice(module, generator->get());
}

Expected<std::string> cuda::emitPtx(Module &module, const Machine &machine) {
  auto generator = createTargetMachine(machine);
  if (!generator)
    return generator.takeError();
  SmallString<0> text;
  raw_svector_ostream os(text);
  legacy::PassManager passes;
  passes.add(createTargetTransformInfoWrapperPass((*generator)->getTargetIRAnalysis()));
  // Neighbouring loads and stores become wide ones. The code generator does that too, but
  // after it has rewritten loops so that it no longer sees their alignment.
  passes.add(createLoadStoreVectorizerPass());
  if ((*generator)
          ->addPassesToEmitFile(passes, os, nullptr, CodeGenFileType::AssemblyFile,
                                /*DisableVerify=*/true))
    return createStringError("LLVM cannot emit PTX for " + machine.name);
  passes.run(module);
  return std::string(text);
}
