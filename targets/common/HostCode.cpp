//===- HostCode.cpp - LLVM IR to an object of the host ----------------------===//
//
// The kernels arrive with their vectors and tiles chosen, so LLVM is asked for
// little: the pipeline below gives code as fast as O3 in a quarter of its time.
//
//===----------------------------------------------------------------------===//

#include "targets/common/HostCode.h"
#include "targets/common/PassPipeline.h"
#include "targets/common/SingleLaneStores.h"
#include "targets/common/UndefinedSymbols.h"

#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Module.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/TargetParser/Triple.h"

using namespace llvm;
using namespace portico;

static constexpr const char *kPipeline =
    "function(sroa<modify-cfg>,early-cse<memssa>,simplifycfg,instcombine<no-verify-fixpoint>,"
    "loop-mssa(licm),early-cse)";

std::unique_ptr<TargetMachine> host::createTargetMachine(const Processor &processor) {
  // Once: a thread that looks while another one registers finds half of it.
  static const bool registered = [] {
    InitializeNativeTarget();
    InitializeNativeTargetAsmPrinter();
    return true;
  }();
  (void)registered;
  Triple triple(processor.triple);
  std::string error;
  const llvm::Target *target = TargetRegistry::lookupTarget(triple, error);
  if (!target)
    return nullptr;
  TargetOptions options;
  // A product and a sum become one operation only where the kernel says fma.
  options.AllowFPOpFusion = FPOpFusion::Strict;
  return std::unique_ptr<TargetMachine>(
      target->createTargetMachine(triple, processor.name, processor.features, options, Reloc::PIC_,
                                  CodeModel::Small, CodeGenOptLevel::Default));
}

/// The program is linked against nothing but the C library, and of that only what
/// the code generator takes for granted.
static Error checkSymbols(StringRef object) {
  return checkUndefinedSymbols(object, {"memcpy", "memset", "memmove", "_GLOBAL_OFFSET_TABLE_"});
}

Expected<TargetObject> host::emitObject(Module &module, const Processor &processor,
                                        bool keepStages) {
  std::unique_ptr<TargetMachine> machine = createTargetMachine(processor);
  if (!machine)
    return createStringError("LLVM has no code generator for " + processor.triple);
  module.setDataLayout(machine->createDataLayout());
  module.setTargetTriple(machine->getTargetTriple());
  for (Function &function : module) {
    if (function.isDeclaration())
      continue;
    function.addFnAttr("target-cpu", processor.name);
    function.addFnAttr("target-features", processor.features);
    function.addFnAttr("prefer-vector-width", std::to_string(processor.vectorBits));
    function.addFnAttr("no-trapping-math", "true");
    function.addFnAttr(Attribute::NoUnwind);
  }

  TargetObject result;
  auto keep = [&](const char *stage) {
    if (!keepStages)
      return;
    std::string text;
    raw_string_ostream os(text);
    module.print(os, nullptr);
    result.stages.emplace_back(stage, std::move(text));
  };
  keep("llvm");
  if (Error error = runPasses(module, kPipeline, machine.get()))
    return std::move(error);
  storeSingleLanes(module);
  keep("llvm-optimised");

  SmallVector<char, 0> object;
  raw_svector_ostream os(object);
  legacy::PassManager passes;
  if (machine->addPassesToEmitFile(passes, os, nullptr, CodeGenFileType::ObjectFile,
                                   /*DisableVerify=*/true))
    return createStringError("LLVM cannot emit an object for " + processor.triple);
  passes.run(module);
  result.bytes.assign(object.begin(), object.end());
  if (Error error = checkSymbols(result.bytes))
    return std::move(error);
  return result;
}
