// library.cpp - the hand-written product of matrices, as Portico may choose it.

#include "compiler.h"

#include "llvm/IR/IRBuilder.h"

using namespace llvm;

double example::productCost(const portico_product &product) {
  if (product.element != PORTICO_F32 || product.batch != 1 || product.lhs_transposed ||
      product.rhs_transposed)
    return -1;
  // Calling it costs 2 us; then it does 25 multiply-adds in a nanosecond.
  return 2 + double(product.m) * product.n * product.k / 25e3;
}

// matmul.c does the work; this is a function with its sizes built in.
Expected<std::string> example::productObject(const portico_product &product, StringRef symbol) {
  LLVMContext context;
  Module module("library", context);
  Type *pointer = PointerType::getUnqual(context), *word = Type::getInt64Ty(context);
  Type *nothing = Type::getVoidTy(context);
  FunctionCallee matmul = module.getOrInsertFunction(
      "example_matmul_f32",
      FunctionType::get(nothing, {pointer, pointer, pointer, word, word, word, word}, false));
  auto *entry = Function::Create(FunctionType::get(nothing, {pointer, word, word, pointer}, false),
                                 GlobalValue::ExternalLinkage, symbol, module);
  IRBuilder<> builder(BasicBlock::Create(context, "", entry));
  SmallVector<Value *> arguments;
  for (unsigned i = 0; i < 3; ++i) // lhs, rhs, result
    arguments.push_back(
        builder.CreateLoad(pointer, builder.CreateConstGEP1_64(pointer, entry->getArg(0), i)));
  arguments.push_back(builder.getInt64(product.n));
  arguments.push_back(builder.getInt64(product.k));
  arguments.push_back(entry->getArg(1));
  arguments.push_back(entry->getArg(2));
  builder.CreateCall(matmul, arguments);
  builder.CreateRetVoid();
  return emitObject(module);
}
