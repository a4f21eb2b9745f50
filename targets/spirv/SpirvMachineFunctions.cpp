//===- SpirvMachineFunctions.cpp - machine functions of addresses never used -===//

#include "targets/spirv/SpirvMachineFunctions.h"

#include "llvm/ADT/DenseSet.h"
#include "llvm/CodeGen/MachineFunction.h"
#include "llvm/IR/Module.h"

using namespace llvm;

/// Memory of that size at an address that was not handed out before. What is met on
/// the way is given back once there is such an address, so that each is met once.
static void *allocateUnused(size_t bytes) {
  static DenseSet<void *> used;
  SmallVector<void *> met;
  void *memory = ::operator new(bytes);
  while (!used.insert(memory).second) {
    met.push_back(memory);
    memory = ::operator new(bytes);
  }
  for (void *address : met)
    ::operator delete(address);
  return memory;
}

void portico::spirv::insertMachineFunctions(Module &module, const TargetMachine &machine,
                                            MachineModuleInfo &info) {
  // The back end makes functions of its own, which it numbers from 0.
  unsigned number = 1 << 16;
  for (Function &function : module) {
    if (function.isDeclaration())
      continue;
    const TargetSubtargetInfo &subtarget = *machine.getSubtargetImpl(function);
    std::unique_ptr<MachineFunction> made(
        new (allocateUnused(sizeof(MachineFunction)))
            MachineFunction(function, machine, subtarget, info.getContext(), number++));
    made->initTargetMachineFunctionInfo(subtarget);
    machine.registerMachineRegisterInfoCallback(*made);
    info.insertFunction(function, std::move(made));
  }
}
