// codegen.cpp - LLVM IR to an object.

#include "compiler.h"

#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/TargetParser/Host.h"

using namespace llvm;

void example::addEntryPoints(Module &module, StringRef prefix) {
  LLVMContext &context = module.getContext();
  Type *pointer = PointerType::getUnqual(context), *word = Type::getInt64Ty(context);
  auto *type = FunctionType::get(Type::getVoidTy(context), {pointer, word, word, pointer}, false);
  SmallVector<Function *> kernels;
  for (Function &function : module)
    if (!function.isDeclaration())
      kernels.push_back(&function);
  for (Function *kernel : kernels) {
    std::string name = prefix.str() + kernel->getName().str();
    kernel->setName(name + ".body");
    kernel->setLinkage(GlobalValue::InternalLinkage);
    // Inlined, it would lose what is known of its pointers.
    kernel->addFnAttr(Attribute::NoInline);
    auto *entry = Function::Create(type, GlobalValue::ExternalLinkage, name, module);
    IRBuilder<> builder(BasicBlock::Create(context, "", entry));
    SmallVector<Value *> arguments;
    // The last three are begin, end and status; all before them come from the list.
    for (size_t i = 0; i + 3 < kernel->arg_size(); ++i)
      arguments.push_back(
          builder.CreateLoad(pointer, builder.CreateConstGEP1_64(pointer, entry->getArg(0), i)));
    for (unsigned i = 1; i < 4; ++i)
      arguments.push_back(entry->getArg(i));
    builder.CreateCall(kernel, arguments);
    builder.CreateRetVoid();
  }
  for (GlobalVariable &global : module.globals())
    if (!global.isDeclaration())
      global.setLinkage(GlobalValue::InternalLinkage);
}

Expected<std::string> example::emitObject(Module &module) {
  static const bool initialised = !InitializeNativeTarget() && !InitializeNativeTargetAsmPrinter();
  (void)initialised;
  Triple triple(sys::getProcessTriple());
  std::string error;
  const Target *target = TargetRegistry::lookupTarget(triple, error);
  if (!target)
    return createStringError(error);
  std::unique_ptr<TargetMachine> machine(target->createTargetMachine(
      triple, kProcessor, "", TargetOptions(), Reloc::PIC_, CodeModel::Small));
  if (!machine)
    return createStringError("LLVM has no code generator for " + triple.str());
  module.setDataLayout(machine->createDataLayout());
  module.setTargetTriple(triple);
  for (Function &function : module)
    if (!function.isDeclaration())
      function.addFnAttr("target-cpu", kProcessor);

  LoopAnalysisManager loops;
  FunctionAnalysisManager functions;
  CGSCCAnalysisManager components;
  ModuleAnalysisManager modules;
  PassBuilder builder(machine.get());
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(components);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, components, modules);
  // Kernels arrive with their vectors and tiles chosen: this much is enough.
  ModulePassManager passes;
  if (Error wrong = builder.parsePassPipeline(
          passes, "function(sroa<modify-cfg>,early-cse<memssa>,simplifycfg,"
                  "instcombine<no-verify-fixpoint>,loop-mssa(licm),early-cse)"))
    return std::move(wrong);
  passes.run(module, modules);

  SmallVector<char, 0> object;
  raw_svector_ostream os(object);
  legacy::PassManager emission;
  if (machine->addPassesToEmitFile(emission, os, nullptr, CodeGenFileType::ObjectFile))
    return createStringError("LLVM cannot emit an object for " + triple.str());
  emission.run(module);
  return std::string(object.begin(), object.end());
}
