//===- CpuCodegen.cpp - LLVM IR to an object --------------------------------===//
//
// The kernels arrive with their vectors and tiles chosen, so LLVM is asked for
// little: the pipeline below gives code as fast as O3 in a quarter of its time.
//
//===----------------------------------------------------------------------===//

#include "targets/cpu/CpuCodegen.h"
#include "targets/cpu/CpuHost.h"

#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Module.h"
#include "llvm/Object/ObjectFile.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Target/TargetMachine.h"

using namespace llvm;
using namespace portico;

static constexpr const char *kPipeline =
    "function(sroa<modify-cfg>,early-cse<memssa>,simplifycfg,instcombine<no-verify-fixpoint>,"
    "loop-mssa(licm),early-cse)";

void cpu::addEntryPoints(Module &module, StringRef prefix) {
  LLVMContext &context = module.getContext();
  Type *pointer = PointerType::getUnqual(context);
  Type *word = Type::getInt64Ty(context);
  auto *entryType =
      FunctionType::get(Type::getVoidTy(context), {pointer, word, word, pointer}, false);
  SmallVector<Function *> bodies;
  for (Function &function : module)
    if (!function.isDeclaration())
      bodies.push_back(&function);
  for (Function *body : bodies) {
    std::string name = body->getName().str();
    body->setName(name + ".body");
    body->setLinkage(GlobalValue::InternalLinkage);
    // Kept apart: inlined, it would lose what is known of its pointers.
    body->addFnAttr(Attribute::NoInline);
    auto *entry = Function::Create(entryType, GlobalValue::ExternalLinkage, prefix + name, module);
    IRBuilder<> builder(BasicBlock::Create(context, "", entry));
    SmallVector<Value *> arguments;
    size_t buffers = body->arg_size() - 3;
    for (size_t i = 0; i < buffers; ++i)
      arguments.push_back(builder.CreateAlignedLoad(
          pointer, builder.CreateConstInBoundsGEP1_64(pointer, entry->getArg(0), i), Align(8)));
    for (unsigned i = 1; i < 4; ++i)
      arguments.push_back(entry->getArg(i));
    builder.CreateCall(body, arguments)->setTailCall();
    builder.CreateRetVoid();
  }
  for (GlobalVariable &global : module.globals())
    if (!global.isDeclaration())
      global.setLinkage(GlobalValue::InternalLinkage);
}

static Error optimise(Module &module, TargetMachine &machine) {
  LoopAnalysisManager loops;
  FunctionAnalysisManager functions;
  CGSCCAnalysisManager components;
  ModuleAnalysisManager modules;
  PassBuilder builder(&machine);
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

/// The program is linked against nothing but the C library, and of that only what
/// the code generator takes for granted.
static Error checkSymbols(StringRef object) {
  auto file = object::ObjectFile::createObjectFile(MemoryBufferRef(object, "kernel"));
  if (!file)
    return file.takeError();
  for (const object::SymbolRef &symbol : (*file)->symbols()) {
    Expected<uint32_t> flags = symbol.getFlags();
    if (!flags)
      return flags.takeError();
    Expected<StringRef> name = symbol.getName();
    if (!name)
      return name.takeError();
    if (!(*flags & object::SymbolRef::SF_Undefined) || name->empty())
      continue;
    if (*name != "memcpy" && *name != "memset" && *name != "memmove" &&
        *name != "_GLOBAL_OFFSET_TABLE_")
      return createStringError("the code calls '" + name->str() +
                               "', which a kernel cannot; the lowering must expand it");
  }
  return Error::success();
}

Expected<TargetObject> cpu::emitObject(Module &module, bool keepStages) {
  std::unique_ptr<TargetMachine> machine = createTargetMachine();
  if (!machine)
    return createStringError("LLVM has no code generator for " + host().triple);
  module.setDataLayout(machine->createDataLayout());
  module.setTargetTriple(machine->getTargetTriple());
  for (Function &function : module) {
    if (function.isDeclaration())
      continue;
    function.addFnAttr("target-cpu", host().processor);
    function.addFnAttr("target-features", host().features);
    function.addFnAttr("prefer-vector-width", std::to_string(host().info.vectorBits));
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
  if (Error error = optimise(module, *machine))
    return std::move(error);
  keep("llvm-optimised");

  SmallVector<char, 0> object;
  raw_svector_ostream os(object);
  legacy::PassManager passes;
  if (machine->addPassesToEmitFile(passes, os, nullptr, CodeGenFileType::ObjectFile,
                                   /*DisableVerify=*/true))
    return createStringError("LLVM cannot emit an object for " + host().triple);
  passes.run(module);
  result.bytes.assign(object.begin(), object.end());
  if (Error error = checkSymbols(result.bytes))
    return std::move(error);
  return result;
}
