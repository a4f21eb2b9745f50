//===- Retarget.cpp - a device's module as one of the host ------------------===//

#include "targets/hostsimt/KernelCode.h"

#include "llvm/IR/Instructions.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/Intrinsics.h"
#include "llvm/IR/ReplaceConstant.h"
#include "llvm/Transforms/Utils/Cloning.h"
#include "llvm/Transforms/Utils/ValueMapper.h"

using namespace llvm;
using namespace portico;
using namespace portico::hostsimt;

namespace {

// The same number on NVIDIA's and AMD's machines.
constexpr unsigned kGroupSpace = 3;

constexpr const char *kGroupPrefix = "group.";

/// Every pointer becomes one of the host.
class OneAddressSpace : public ValueMapTypeRemapper {
public:
  Type *remapType(Type *type) override {
    if (auto pointer = dyn_cast<PointerType>(type))
      return PointerType::get(pointer->getContext(), 0);
    if (auto function = dyn_cast<FunctionType>(type)) {
      SmallVector<Type *> parameters;
      for (Type *parameter : function->params())
        parameters.push_back(remapType(parameter));
      return FunctionType::get(remapType(function->getReturnType()), parameters,
                               function->isVarArg());
    }
    if (auto array = dyn_cast<ArrayType>(type))
      return ArrayType::get(remapType(array->getElementType()), array->getNumElements());
    if (auto vector = dyn_cast<VectorType>(type))
      return VectorType::get(remapType(vector->getElementType()), vector->getElementCount());
    if (auto structure = dyn_cast<StructType>(type); structure && structure->isLiteral()) {
      SmallVector<Type *> elements;
      for (Type *element : structure->elements())
        elements.push_back(remapType(element));
      return StructType::get(type->getContext(), elements, structure->isPacked());
    }
    return type;
  }
};

bool isKernel(const Function &function) {
  switch (function.getCallingConv()) {
  case CallingConv::PTX_Kernel:
  case CallingConv::AMDGPU_KERNEL:
    return true;
  default:
    return false;
  }
}

class Retargeting {
public:
  Retargeting(Module &device, const OriginOf &originOf)
      : device(device), originOf(originOf),
        host(std::make_unique<Module>(device.getName(), device.getContext())) {}

  Expected<RetargetedModule> run() {
    SmallVector<Constant *> groupMemory;
    for (GlobalVariable &variable : device.globals())
      if (variable.getAddressSpace() == kGroupSpace)
        groupMemory.push_back(&variable);
    // Its addresses are no constants on the host.
    convertUsersOfConstantsToInstructions(groupMemory);

    for (GlobalVariable &variable : device.globals())
      declare(variable);
    for (Function &function : device)
      if (function.isDeclaration())
        declare(function);
    for (GlobalVariable &variable : device.globals())
      if (auto copy = cast_or_null<GlobalVariable>(values.lookup(&variable)))
        if (variable.hasInitializer() && variable.getAddressSpace() != kGroupSpace)
          copy->setInitializer(MapValue(variable.getInitializer(), values, RF_None, &types));

    RetargetedModule result;
    for (Function &function : device) {
      if (function.isDeclaration())
        continue;
      if (!isKernel(function))
        return createStringError("the kernel calls a function of its own, '" + function.getName() +
                                 "', which cannot be emulated");
      result.kernels.push_back(copy(function));
    }
    result.module = std::move(host);
    return std::move(result);
  }

private:
  void declare(GlobalVariable &variable) {
    if (variable.getName().starts_with("llvm."))
      return;
    bool group = variable.getAddressSpace() == kGroupSpace;
    auto *copy =
        new GlobalVariable(*host, types.remapType(variable.getValueType()), variable.isConstant(),
                           group ? GlobalValue::ExternalLinkage : GlobalValue::PrivateLinkage,
                           nullptr, (group ? kGroupPrefix : "") + variable.getName());
    copy->setAlignment(variable.getAlign());
    values[&variable] = copy;
  }

  void declare(Function &function) {
    auto *type = cast<FunctionType>(types.remapType(function.getFunctionType()));
    StringRef name = function.getName();
    if (function.isIntrinsic() && !function.isTargetIntrinsic()) {
      SmallVector<Type *> overloads;
      if (Intrinsic::getIntrinsicSignature(function.getIntrinsicID(), type, overloads)) {
        values[&function] =
            Intrinsic::getOrInsertDeclaration(host.get(), function.getIntrinsicID(), overloads);
        return;
      }
    }
    name.consume_front("llvm.");
    values[&function] =
        Function::Create(type, GlobalValue::ExternalLinkage, "device." + name, *host);
  }

  KernelCode copy(Function &function) {
    LLVMContext &context = host->getContext();
    Type *pointer = PointerType::getUnqual(context);
    auto *type = FunctionType::get(Type::getVoidTy(context), {pointer, pointer}, false);
    auto *result = Function::Create(type, GlobalValue::InternalLinkage, function.getName(), *host);
    KernelCode kernel(*result, originOf);

    // The parameters come out of `words`, in a block that goes in front of the code.
    IRBuilder<> builder(BasicBlock::Create(context, "", result));
    for (Argument &argument : function.args()) {
      Type *parameter = types.remapType(argument.getType());
      Value *at = builder.CreateConstInBoundsGEP1_64(builder.getInt64Ty(), result->getArg(1),
                                                     argument.getArgNo());
      LoadInst *word = builder.CreateAlignedLoad(parameter, at, Align(8));
      word->setMetadata(LLVMContext::MD_invariant_load, MDNode::get(context, {}));
      values[&argument] = word;
      if (parameter->isPointerTy())
        kernel.addresses[word] = int32_t(argument.getArgNo());
    }
    kernel.words = uint32_t(function.arg_size());
    BasicBlock *loads = &result->getEntryBlock();

    SmallVector<ReturnInst *> returns;
    CloneFunctionInto(result, &function, values, CloneFunctionChangeType::DifferentModule, returns,
                      "", nullptr, &types);
    result->setCallingConv(CallingConv::C);
    result->setLinkage(GlobalValue::InternalLinkage);
    result->setAttributes({});
    result->setSubprogram(nullptr);
    BasicBlock *entry = cast<BasicBlock>(values[&function.getEntryBlock()]);
    entry->splice(entry->begin(), loads);
    entry->moveBefore(loads);
    loads->eraseFromParent();
    makePlain(*result);
    return kernel;
  }

  /// What means something else on the host, or nothing.
  void makePlain(Function &function) {
    SmallVector<StringRef> scopes;
    function.getContext().getSyncScopeNames(scopes);
    auto wide = [&](SyncScope::ID scope) {
      return scope == SyncScope::System || scopes[scope].starts_with("agent") ||
             scopes[scope].starts_with("device") || scopes[scope] == "one-as";
    };
    for (BasicBlock &block : function)
      for (Instruction &instruction : make_early_inc_range(block)) {
        instruction.setMetadata(LLVMContext::MD_mmra, nullptr);
        if (auto *cast = dyn_cast<AddrSpaceCastInst>(&instruction)) {
          cast->replaceAllUsesWith(cast->getOperand(0));
          cast->eraseFromParent();
        } else if (auto *fence = dyn_cast<FenceInst>(&instruction)) {
          // The work-items of a group take turns on one thread.
          if (wide(fence->getSyncScopeID()))
            fence->setSyncScopeID(SyncScope::System);
          else
            fence->eraseFromParent();
        } else if (auto *update = dyn_cast<AtomicRMWInst>(&instruction)) {
          update->setSyncScopeID(SyncScope::System);
        } else if (auto *exchange = dyn_cast<AtomicCmpXchgInst>(&instruction)) {
          exchange->setSyncScopeID(SyncScope::System);
        } else if (auto *load = dyn_cast<LoadInst>(&instruction); load && load->isAtomic()) {
          load->setSyncScopeID(SyncScope::System);
        } else if (auto *store = dyn_cast<StoreInst>(&instruction); store && store->isAtomic()) {
          store->setSyncScopeID(SyncScope::System);
        }
      }
  }

  Module &device;
  const OriginOf &originOf;
  std::unique_ptr<Module> host;
  OneAddressSpace types;
  ValueToValueMapTy values;
};

} // namespace

bool portico::hostsimt::isGroupVariable(const GlobalVariable &variable) {
  return variable.isDeclaration() && variable.getName().starts_with(kGroupPrefix);
}

Expected<RetargetedModule> portico::hostsimt::retarget(Module &device, const OriginOf &originOf) {
  return Retargeting(device, originOf).run();
}
