//===- CpuTarget.cpp - code for the host ------------------------------------===//

#include "targets/Target.h"
#include "targets/common/CodeContext.h"
#include "targets/common/HostCode.h"
#include "targets/cpu/CpuEntry.h"
#include "targets/cpu/CpuHost.h"
#include "targets/cpu/CpuLowering.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/raw_ostream.h"

using namespace portico;

namespace {

class CpuTarget : public Target {
public:
  llvm::StringRef name() const override { return "cpu"; }
  std::vector<std::string> archs() const override { return {cpu::machine().info.arch}; }
  llvm::Expected<const Target *> forArch(llvm::StringRef arch) const override {
    if (arch == cpu::machine().info.arch)
      return this;
    return llvm::createStringError("[device] code is made for the processor at hand only; got '" +
                                   arch + "'; expected '" + cpu::machine().info.arch + "'");
  }
  const TargetInfo &info() const override { return cpu::machine().info; }
  void registerDialects(mlir::DialectRegistry &registry) const override {
    cpu::registerLoweringDialects(registry);
  }

  llvm::Expected<TargetObject> compileKernel(mlir::ModuleOp module, llvm::StringRef prefix,
                                             bool keepStages) const override {
    auto lock = host::codegenLock();
    if (failed(cpu::lowerToLLVM(module)))
      return llvm::createStringError("the kernel does not lower to the LLVM dialect");
    CodeContext context;
    std::unique_ptr<llvm::Module> code = mlir::translateModuleToLLVMIR(module, context);
    if (!code)
      return llvm::createStringError("the kernel does not translate to LLVM IR");
    cpu::addEntryPoints(*code, prefix);
    return context.check(host::emitObject(*code, cpu::machine().processor, keepStages));
  }

  llvm::Expected<std::string> link(llvm::ArrayRef<llvm::StringRef> objects) const override {
    return host::linkShared(objects);
  }
};

} // namespace

namespace portico::cpu {
const Target &target() {
  static const CpuTarget instance;
  return instance;
}
} // namespace portico::cpu
