//===- RocmTarget.cpp - code for AMD GPUs -----------------------------------===//

#include "targets/Target.h"
#include "targets/common/CodeContext.h"
#include "targets/common/HostCode.h"
#include "targets/common/Machines.h"
#include "targets/rocm/RocmChips.h"
#include "targets/rocm/RocmCodegen.h"
#include "targets/rocm/RocmLowering.h"

#include <deque>

using namespace portico;

namespace {

class RocmTarget : public Target {
public:
  explicit RocmTarget(const TargetInfo &chip) : chip(chip) {}

  llvm::StringRef name() const override { return "rocm"; }

  std::vector<std::string> archs() const override {
    std::vector<std::string> names;
    for (const TargetInfo &info : rocm::chips())
      names.push_back(info.arch);
    return names;
  }

  llvm::Expected<const Target *> forArch(llvm::StringRef arch) const override;

  const TargetInfo &info() const override { return chip; }

  void registerDialects(mlir::DialectRegistry &registry) const override {
    rocm::registerLoweringDialects(registry);
  }

  llvm::Expected<TargetObject> compileKernel(mlir::ModuleOp module, llvm::StringRef prefix,
                                             bool keepStages) const override {
    auto lock = host::codegenLock();
    CodeContext context;
    std::string dialect;
    llvm::Expected<std::unique_ptr<llvm::Module>> code =
        rocm::lowerToLLVMIR(module, chip, prefix, context, keepStages ? &dialect : nullptr);
    if (!code)
      return code.takeError();
    llvm::Expected<TargetObject> object =
        context.check(rocm::emitObject(**code, chip.arch, keepStages));
    if (object && keepStages)
      object->stages.insert(object->stages.begin(), {"rocdl", std::move(dialect)});
    return object;
  }

  llvm::Expected<std::string> link(llvm::ArrayRef<llvm::StringRef> objects) const override {
    return rocm::linkCodeObject(objects);
  }

private:
  const TargetInfo &chip;
};

/// One for each chip, in their order.
const std::deque<RocmTarget> &targets() {
  static const auto *instance = [] {
    auto *all = new std::deque<RocmTarget>;
    for (const TargetInfo &chip : rocm::chips())
      all->emplace_back(chip);
    return all;
  }();
  return *instance;
}

llvm::Expected<const Target *> RocmTarget::forArch(llvm::StringRef arch) const {
  return targetForArch(targets(), arch);
}

} // namespace

namespace portico::rocm {
const Target &target() { return targets().front(); }
} // namespace portico::rocm
