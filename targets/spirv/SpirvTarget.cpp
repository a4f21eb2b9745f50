//===- SpirvTarget.cpp - SPIR-V for OpenCL and Level Zero --------------------===//

#include "targets/Target.h"
#include "targets/common/Bundle.h"
#include "targets/common/CodeContext.h"
#include "targets/common/DeviceLowering.h"
#include "targets/common/HostCode.h"
#include "targets/common/Machines.h"
#include "targets/spirv/SpirvCodegen.h"
#include "targets/spirv/SpirvLowering.h"
#include "targets/spirv/SpirvMachines.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Target/LLVMIR/Export.h"

#include <deque>
#include <memory>

using namespace portico;

namespace {

class SpirvTarget : public Target {
public:
  explicit SpirvTarget(const spirv::Machine &machine) : machine(machine) {
    figures.arch = machine.arch;
    // Bodies that were written for vectors are taken apart; what remains of them are
    // loads and stores of 128 bits.
    figures.vectorBits = 128;
    figures.doubles = machine.doubles;
    SimtInfo &simt = figures.simt.emplace();
    simt.subgroupSize = machine.subgroupSize;
    simt.maxWorkgroupSize = machine.maxWorkgroupSize;
    simt.groupMemoryBytes = machine.groupMemoryBytes;
    simt.computeUnits = machine.computeUnits;
  }

  llvm::StringRef name() const override { return "spirv"; }

  std::vector<std::string> archs() const override {
    size_t count;
    const spirv::Machine *all = spirv::machines(count);
    std::vector<std::string> names;
    for (size_t i = 0; i < count; ++i)
      names.push_back(all[i].arch);
    return names;
  }

  llvm::Expected<const Target *> forArch(llvm::StringRef arch) const override;

  const TargetInfo &info() const override { return figures; }

  void registerDialects(mlir::DialectRegistry &registry) const override {
    registerDeviceDialects(registry);
  }

  llvm::Expected<TargetObject> compileKernel(mlir::ModuleOp module, llvm::StringRef prefix,
                                             bool keepStages) const override {
    auto lock = host::codegenLock();
    auto kernels = *module.getOps<mlir::gpu::GPUModuleOp>().begin();
    if (failed(spirv::lowerToLLVM(kernels, machine)))
      return llvm::createStringError("the kernel does not lower to the LLVM dialect");
    CodeContext context;
    // The back end remembers blocks that have names (SpirvMachineFunctions.h).
    context.setDiscardValueNames(true);
    std::unique_ptr<llvm::Module> code = mlir::translateModuleToLLVMIR(kernels, context);
    if (!code)
      return llvm::createStringError("the kernel does not translate to LLVM IR");
    return context.check(spirv::emitModule(*code, prefix, machine, keepStages));
  }

  llvm::Expected<std::string> link(llvm::ArrayRef<llvm::StringRef> objects) const override {
    return packBundle(objects);
  }

private:
  const spirv::Machine &machine;
  TargetInfo figures;
};

/// One target for each machine, in the order of the table.
const std::deque<SpirvTarget> &targets() {
  static const auto *const all = [] {
    auto *list = new std::deque<SpirvTarget>;
    size_t count;
    const spirv::Machine *machines = spirv::machines(count);
    for (size_t i = 0; i < count; ++i)
      list->emplace_back(machines[i]);
    return list;
  }();
  return *all;
}

llvm::Expected<const Target *> SpirvTarget::forArch(llvm::StringRef arch) const {
  return targetForArch(targets(), arch);
}

} // namespace

namespace portico::spirv {
const Target &target() { return targets().front(); }
} // namespace portico::spirv
