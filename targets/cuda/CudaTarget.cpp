//===- CudaTarget.cpp - code for NVIDIA GPUs --------------------------------===//
//
// A kernel becomes PTX and, where NVIDIA's assembler is installed, a cubin beside it.
//
//===----------------------------------------------------------------------===//

#include "targets/Target.h"
#include "targets/common/CodeContext.h"
#include "targets/common/DeviceLowering.h"
#include "targets/common/HostCode.h"
#include "targets/common/Machines.h"
#include "targets/cuda/CudaCodegen.h"
#include "targets/cuda/CudaLowering.h"
#include "targets/cuda/CudaMachines.h"
#include "targets/cuda/CudaObject.h"
#include "targets/cuda/Ptxas.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/IR/CallingConv.h"

#include <map>
#include <memory>
#include <mutex>

using namespace portico;

namespace {

class CudaTarget : public Target {
public:
  explicit CudaTarget(const cuda::Machine &machine) : machine(machine) {
    // What a work-item moves at once; wider vectors are taken apart.
    figures.vectorBits = 128;
    figures.vectorRegisters = 32;
    figures.simt = machine.simt;
  }

  llvm::StringRef name() const override { return "cuda"; }
  // Looking for ptxas starts a process: not before somebody wants code.
  const TargetInfo &info() const override {
    std::call_once(probed, [this] {
      figures.arch = machine.name + ";ptx" + std::to_string(machine.ptxVersion);
      if (cuda::ptxas().knows(machine))
        figures.arch += ";ptxas" + std::to_string(cuda::ptxas().version);
    });
    return figures;
  }
  std::vector<std::string> archs() const override {
    std::vector<std::string> names;
    for (const cuda::Machine &machine : cuda::machines())
      names.push_back(machine.name);
    return names;
  }
  llvm::Expected<const Target *> forArch(llvm::StringRef arch) const override;
  void registerDialects(mlir::DialectRegistry &registry) const override {
    cuda::registerLoweringDialects(registry);
  }

  llvm::Expected<TargetObject> compileKernel(mlir::ModuleOp module, llvm::StringRef prefix,
                                             bool keepStages) const override {
    auto lock = host::codegenLock();
    CodeContext context;
    cuda::NvvmCode lowered = cuda::lowerToNVVM(module, prefix, context);
    llvm::Module *code = lowered.module.get();
    if (!code)
      return llvm::createStringError("the kernel does not lower to NVVM");
    cuda::detachLargeGroupMemory(*code);
    TargetObject result;
    auto keep = [&](const char *stage, const std::string &text) {
      if (keepStages)
        result.stages.push_back({stage, text});
    };
    keep("llvm", printModule(*code));
    if (llvm::Error error = cuda::optimise(*code, machine))
      return std::move(error);
    keep("llvm-optimised", printModule(*code));

    cuda::Object object;
    for (const llvm::Function &function : *code)
      if (function.getCallingConv() == llvm::CallingConv::PTX_Kernel)
        addFunction(object, function.getName().str(), lowered);
    llvm::Expected<std::string> ptx = context.check(cuda::emitPtx(*code, machine));
    if (!ptx)
      return ptx.takeError();
    object.ptx = std::move(*ptx);
    keep("ptx", object.ptx);
    if (cuda::ptxas().knows(machine)) {
      llvm::Expected<cuda::Assembled> assembled =
          cuda::assemble(cuda::ptxas(), object.ptx, machine);
      if (!assembled)
        return assembled.takeError();
      object.cubin = std::move(assembled->cubin);
      keep("ptxas", assembled->report);
    }
    result.bytes = cuda::packObject(object);
    return std::move(result);
  }

  llvm::Expected<std::string> link(llvm::ArrayRef<llvm::StringRef> objects) const override {
    return packBundle(objects);
  }

private:
  static void addFunction(cuda::Object &object, const std::string &name,
                          const cuda::NvvmCode &code) {
    auto maps = code.tensorMaps.find(name);
    object.addFunction(name, maps == code.tensorMaps.end() ? std::vector<cuda::TensorMap>()
                                                           : maps->second);
  }

  const cuda::Machine &machine;
  mutable std::once_flag probed;
  mutable TargetInfo figures;
};

const Target *targetOf(const cuda::Machine &machine) {
  static const std::map<std::string, std::unique_ptr<Target>> all = [] {
    std::map<std::string, std::unique_ptr<Target>> made;
    for (const cuda::Machine &machine : cuda::machines())
      made[machine.name] = std::make_unique<CudaTarget>(machine);
    return made;
  }();
  return all.at(machine.name).get();
}

llvm::Expected<const Target *> CudaTarget::forArch(llvm::StringRef arch) const {
  if (const cuda::Machine *found = cuda::findMachine(arch))
    return targetOf(*found);
  return noSuchMachine(*this, arch);
}

} // namespace

namespace portico::cuda {
const Target &target() { return *targetOf(machines().front()); }
} // namespace portico::cuda
