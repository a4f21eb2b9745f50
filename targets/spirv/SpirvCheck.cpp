//===- SpirvCheck.cpp - what the SPIR-V back end would abort on --------------===//
//
// A list of what is allowed, not of what is known to fail: the types, atomics,
// intrinsics and functions of the core and of OpenCL's instruction set.
//
//===----------------------------------------------------------------------===//

#include "targets/spirv/SpirvCheck.h"

#include "targets/UnsupportedByMachine.h"

#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace portico::spirv;

namespace {

Error refuse(const Twine &what, const Twine &expected) {
  return createStringError("[spirv] " + what + "; expected " + expected);
}

template <typename T> std::string print(const T &value) {
  std::string text;
  raw_string_ostream os(text);
  value.print(os);
  return StringRef(text).trim().str();
}

class Check {
public:
  explicit Check(const Machine &machine) : machine(machine) {}

  Error run(const Module &module) {
    for (const GlobalVariable &global : module.globals())
      if (Error error = type(global.getValueType(), "the global " + print(global)))
        return error;
    for (const Function &function : module) {
      if (Error error = declaration(function))
        return error;
      for (const Instruction &instruction : instructions(function))
        if (Error error = check(instruction))
          return error;
    }
    return Error::success();
  }

private:
  Error type(Type *type, const Twine &where) {
    if (auto *array = dyn_cast<ArrayType>(type))
      return this->type(array->getElementType(), where);
    if (auto *structure = dyn_cast<StructType>(type)) {
      for (Type *element : structure->elements())
        if (Error error = this->type(element, where))
          return error;
      return Error::success();
    }
    if (auto *vector = dyn_cast<FixedVectorType>(type)) {
      unsigned count = vector->getNumElements();
      if (count != 2 && count != 3 && count != 4 && count != 8 && count != 16)
        return refuse("a vector of " + Twine(count) + " elements in " + where,
                      "2, 3, 4, 8 or 16 elements");
      type = vector->getElementType();
    }
    if (type->isDoubleTy() && !machine.doubles)
      return make_error<portico::UnsupportedByMachine>(
          std::string(machine.arch) + " has no f64, in which this is computed; expected f32 at "
                                      "most; try x.float() on what is float64, or another device");
    if (auto *integer = dyn_cast<IntegerType>(type)) {
      unsigned bits = integer->getBitWidth();
      if (bits != 1 && bits != 8 && bits != 16 && bits != 32 && bits != 64)
        return refuse("an integer of " + Twine(bits) + " bits in " + where,
                      "1, 8, 16, 32 or 64 bits");
      return Error::success();
    }
    if (auto *pointer = dyn_cast<PointerType>(type)) {
      unsigned space = pointer->getAddressSpace();
      if (space != 0 && space != 1 && space != 3)
        return refuse("a pointer into address space " + Twine(space) + " in " + where,
                      "private (0), global (1) or group memory (3)");
      return Error::success();
    }
    if (type->isVoidTy() || type->isHalfTy() || type->isFloatTy() || type->isDoubleTy() ||
        type->isLabelTy() || type->isMetadataTy())
      return Error::success();
    return refuse("the type " + print(*type) + " in " + where, "f16, f32, f64 or integers");
  }

  /// What is called must be an instruction of SPIR-V: OpenCL's name, or an intrinsic.
  Error declaration(const Function &function) {
    if (function.use_empty())
      return Error::success();
    if (function.isIntrinsic()) {
      bool known = false;
      switch (function.getIntrinsicID()) {
      case Intrinsic::abs:
      case Intrinsic::assume:
      case Intrinsic::bitreverse:
      case Intrinsic::ceil:
      case Intrinsic::copysign:
      case Intrinsic::ctlz:
      case Intrinsic::ctpop:
      case Intrinsic::cttz:
      case Intrinsic::experimental_noalias_scope_decl:
      case Intrinsic::fabs:
      case Intrinsic::floor:
      case Intrinsic::fma:
      case Intrinsic::lifetime_end:
      case Intrinsic::lifetime_start:
      case Intrinsic::maxnum:
      case Intrinsic::minnum:
      case Intrinsic::roundeven:
      case Intrinsic::sadd_sat:
      case Intrinsic::smax:
      case Intrinsic::smin:
      case Intrinsic::sqrt:
      case Intrinsic::ssub_sat:
      case Intrinsic::trunc:
      case Intrinsic::uadd_sat:
      case Intrinsic::umax:
      case Intrinsic::umin:
      case Intrinsic::usub_sat:
        known = true;
        break;
      default:
        break;
      }
      if (!known)
        return refuse("the intrinsic " + function.getName(),
                      "one that SPIR-V has an instruction for");
    } else if (function.isDeclaration()) {
      StringRef name = function.getName();
      bool builtin = name.starts_with("_Z") &&
                     (name.contains("sub_group_shuffle") || name.contains("barrier") ||
                      name.contains("get_group_id") || name.contains("get_local_id") ||
                      name.contains("get_local_size") || name.contains("get_num_groups") ||
                      name.contains("get_global_id") || name.contains("get_global_size") ||
                      name.contains("get_sub_group") || name.contains("get_num_sub_groups"));
      if (!builtin)
        return refuse("a call of '" + name + "'", "no calls: the lowering must expand it");
    }
    return Error::success();
  }

  Error check(const Instruction &instruction) {
    if (Error error = type(instruction.getType(), print(instruction)))
      return error;
    for (const Value *operand : instruction.operands())
      if (Error error = type(operand->getType(), print(instruction)))
        return error;
    if (auto *update = dyn_cast<AtomicRMWInst>(&instruction))
      if (!update->getType()->isIntegerTy(32) && !update->getType()->isIntegerTy(64))
        return refuse("an atomic update of " + print(*update->getType()),
                      "i32 or i64: floating point needs an extension");
    if (auto *call = dyn_cast<CallBase>(&instruction))
      if (call->isInlineAsm() || !call->getCalledFunction())
        return refuse("a call that is no function of the module: " + print(instruction),
                      "direct calls");
    if (auto *place = dyn_cast<AllocaInst>(&instruction))
      if (!isa<ConstantInt>(place->getArraySize()))
        return refuse("private memory of a size known at run time only: " + print(instruction),
                      "a constant size");
    return Error::success();
  }

  const Machine &machine;
};

} // namespace

Error portico::spirv::checkModule(const Module &module, const Machine &machine) {
  return Check(machine).run(module);
}
