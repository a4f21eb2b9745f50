//===- CpuEntry.cpp - what C calls ------------------------------------------===//

#include "targets/cpu/CpuEntry.h"

#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/Module.h"

using namespace llvm;
using namespace portico;

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
