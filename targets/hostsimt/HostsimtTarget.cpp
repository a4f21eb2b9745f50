//===- HostsimtTarget.cpp - GPU code, emulated on the host ------------------===//
//
// A kernel goes the way that it goes for the GPU, up to optimised LLVM IR; that is
// then rewritten for the host. What is emulated is what a GPU would be given.
//
//===----------------------------------------------------------------------===//

#include "targets/Target.h"
#include "targets/common/CodeContext.h"
#include "targets/common/DeviceLowering.h"
#include "targets/common/HostCode.h"
#include "targets/common/Machines.h"
#include "targets/cuda/CudaCodegen.h"
#include "targets/cuda/CudaLowering.h"
#include "targets/hostsimt/Emulate.h"
#include "targets/hostsimt/Flavours.h"
#include "targets/hostsimt/Origins.h"
#include "targets/rocm/RocmChips.h"
#include "targets/rocm/RocmCodegen.h"
#include "targets/rocm/RocmLowering.h"

#include "llvm/ADT/STLExtras.h"

#include <deque>

using namespace portico;
using namespace portico::hostsimt;

namespace {

llvm::Expected<std::unique_ptr<llvm::Module>> lowerNvvmModule(mlir::ModuleOp module,
                                                              llvm::StringRef chip,
                                                              llvm::LLVMContext &context,
                                                              EmulateOptions &options) {
  cuda::NvvmCode code = cuda::lowerToNVVM(module, "", context);
  if (!code.module)
    return llvm::createStringError("the kernel does not lower to NVVM");
  if (llvm::Error error = cuda::optimise(*code.module, *cuda::findMachine(chip)))
    return std::move(error);
  options.tensorMaps = std::move(code.tensorMaps);
  return std::move(code.module);
}

const TargetInfo &rocmChip(llvm::StringRef name) {
  return *llvm::find_if(rocm::chips(), [&](const TargetInfo &chip) { return chip.arch == name; });
}

llvm::Expected<std::unique_ptr<llvm::Module>>
lowerRocdlModule(mlir::ModuleOp module, llvm::StringRef chip, llvm::LLVMContext &context) {
  auto code = rocm::lowerToLLVMIR(module, rocmChip(chip), "", context);
  if (!code)
    return code;
  if (llvm::Error error = rocm::optimise(**code, chip))
    return std::move(error);
  return code;
}

class HostsimtTarget : public Target {
public:
  explicit HostsimtTarget(const Flavour &flavour) : flavour(flavour) {
    figures.arch = flavour.name;
    figures.vectorBits = 128;
    figures.vectorRegisters = 32;
    figures.simt = isNvvm() ? cuda::findMachine(flavour.chip)->simt : rocmChip(flavour.chip).simt;
    // The strategies must be those of the GPU, but not for hundreds of its units: a
    // thread of the host does one group at a time.
    figures.simt->computeUnits = kUnits;
  }

  llvm::StringRef name() const override { return "hostsimt"; }
  std::vector<std::string> archs() const override {
    std::vector<std::string> names;
    for (const Flavour &known : kFlavours)
      names.push_back(known.name);
    return names;
  }
  llvm::Expected<const Target *> forArch(llvm::StringRef arch) const override;
  const TargetInfo &info() const override { return figures; }
  void registerDialects(mlir::DialectRegistry &registry) const override {
    cuda::registerLoweringDialects(registry);
    rocm::registerLoweringDialects(registry);
  }

  llvm::Expected<TargetObject> compileKernel(mlir::ModuleOp module, llvm::StringRef prefix,
                                             bool keepStages) const override {
    auto lock = host::codegenLock();
    Origins origins;
    EmulateOptions options;
    options.prefix = prefix.str();
    options.subgroupSize = uint32_t(figures.simt->subgroupSize);
    options.originOf = [&](const llvm::DebugLoc &location) { return origins.of(location); };
    options.keepStages = keepStages;
    for (auto kernels : module.getOps<mlir::gpu::GPUModuleOp>()) {
      for (auto function : kernels.getOps<mlir::gpu::GPUFuncOp>())
        if (auto block = function.getKnownBlockSize())
          llvm::copy(*block, options.groupSizes[function.getName()].begin());
      origins.take(kernels);
    }

    CodeContext context;
    auto code = isNvvm() ? lowerNvvmModule(module, flavour.chip, context, options)
                         : lowerRocdlModule(module, flavour.chip, context);
    if (!code)
      return code.takeError();
    std::string text = keepStages ? printModule(**code) : "";
    llvm::Expected<TargetObject> object = context.check(emulate(**code, options));
    if (object && keepStages)
      object->stages.insert(object->stages.begin(), {"device", std::move(text)});
    return object;
  }

  llvm::Expected<std::string> link(llvm::ArrayRef<llvm::StringRef> objects) const override {
    return host::linkShared(objects);
  }

private:
  static constexpr int64_t kUnits = 8;

  bool isNvvm() const { return llvm::StringRef(flavour.chip).starts_with("sm_"); }

  const Flavour &flavour;
  TargetInfo figures;
};

/// One for each flavour, in their order.
const std::deque<HostsimtTarget> &targets() {
  static const auto *instance = [] {
    auto *all = new std::deque<HostsimtTarget>;
    for (const Flavour &flavour : kFlavours)
      all->emplace_back(flavour);
    return all;
  }();
  return *instance;
}

llvm::Expected<const Target *> HostsimtTarget::forArch(llvm::StringRef arch) const {
  return targetForArch(targets(), arch);
}

} // namespace

namespace portico::hostsimt {
const Target &target() { return targets().front(); }
} // namespace portico::hostsimt
