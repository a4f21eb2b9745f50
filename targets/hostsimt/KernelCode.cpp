//===- KernelCode.cpp - what rewriting a kernel needs again and again -------===//

#include "targets/hostsimt/KernelCode.h"

#include "llvm/IR/DebugInfoMetadata.h"

using namespace llvm;
using namespace portico::hostsimt;

Origin portico::hostsimt::originOfSource(const DebugLoc &location) {
  if (!location || location.getLine() == 0)
    return {};
  return {(location->getFilename() + ":" + Twine(location.getLine())).str(), -1};
}

Value *KernelCode::load(IRBuilder<> &builder, size_t offset, Type *type) const {
  Value *at = builder.CreateConstInBoundsGEP1_64(builder.getInt8Ty(), item(), offset);
  LoadInst *field = builder.CreateLoad(type, at);
  // All but the contents of memory stays as it is while a work-item runs.
  field->setMetadata(LLVMContext::MD_invariant_load, MDNode::get(builder.getContext(), {}));
  return field;
}

CallInst *KernelCode::call(IRBuilder<> &builder, size_t offset, Type *result,
                           ArrayRef<Value *> arguments) const {
  SmallVector<Value *> all = {item()};
  all.append(arguments.begin(), arguments.end());
  SmallVector<Type *> types;
  for (Value *argument : all)
    types.push_back(argument->getType());
  Value *table = load(builder, offsetof(Item, services), builder.getPtrTy());
  Value *at = builder.CreateConstInBoundsGEP1_64(builder.getInt8Ty(), table, offset);
  LoadInst *service = builder.CreateLoad(builder.getPtrTy(), at);
  service->setMetadata(LLVMContext::MD_invariant_load, MDNode::get(builder.getContext(), {}));
  return builder.CreateCall(FunctionType::get(result, types, false), service, all);
}

Constant *KernelCode::site(const Instruction &instruction, bool own) {
  Origin origin = originOf(instruction.getDebugLoc());
  Constant *&known = sites[{origin.where, origin.op}];
  if (known && !own)
    return known;
  Module &module = *function.getParent();
  LLVMContext &context = module.getContext();
  auto constant = [&](Constant *value) {
    return new GlobalVariable(module, value->getType(), /*isConstant=*/true,
                              GlobalValue::PrivateLinkage, value, "site");
  };
  Constant *&text = texts[origin.where];
  if (!text)
    text = constant(ConstantDataArray::getString(context, origin.where));
  Type *number = Type::getInt32Ty(context);
  Constant *result = constant(ConstantStruct::getAnon(
      {text, ConstantInt::get(number, uint32_t(origin.op)), ConstantInt::get(number, 0)}));
  if (!own)
    known = result;
  return result;
}
