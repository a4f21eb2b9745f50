//===- broken.cpp - targets that fail where a code generator can -------------===//

#include "broken.h"

#include "test/lowering/program/compile.h"
#include "test/runtime/harness.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "llvm/Support/ErrorHandling.h"

#include <filesystem>

using namespace portico;
using namespace portico::test;

namespace {

class Broken : public Target {
public:
  Broken(const char *name, const Target &whole, Fault fault)
      : known(name), whole(whole), fault(std::move(fault)) {}

  llvm::StringRef name() const override { return known; }
  std::vector<std::string> archs() const override { return {"broken"}; }
  llvm::Expected<const Target *> forArch(llvm::StringRef) const override { return this; }
  const TargetInfo &info() const override { return whole.info(); }
  void registerDialects(mlir::DialectRegistry &registry) const override {
    whole.registerDialects(registry);
    registry.insert<mlir::LLVM::LLVMDialect>();
  }
  llvm::Expected<TargetObject> compileKernel(mlir::ModuleOp module, llvm::StringRef prefix,
                                             bool keepStages) const override {
    module.walk([&](mlir::FunctionOpInterface function) {
      mlir::OpBuilder builder(module.getContext());
      builder.setInsertionPointToStart(&function.getFunctionBody().front());
      if (fault)
        fault(builder, function.getLoc());
    });
    return whole.compileKernel(module, prefix, keepStages);
  }
  llvm::Expected<std::string> link(llvm::ArrayRef<llvm::StringRef> objects) const override {
    if (!fault)
      llvm::report_fatal_error("no way to link");
    return whole.link(objects);
  }

private:
  const std::string known;
  const Target &whole;
  const Fault fault;
};

} // namespace

Fault test::callIntrinsic(std::string name) {
  return [name](mlir::OpBuilder &builder, mlir::Location loc) {
    mlir::LLVM::CallIntrinsicOp::create(builder, loc, builder.getStringAttr(name),
                                        mlir::ValueRange());
  };
}

Fault test::impossibleAssembly() {
  return [](mlir::OpBuilder &builder, mlir::Location loc) {
    mlir::LLVM::InlineAsmOp::create(builder, loc, mlir::TypeRange(builder.getI32Type()),
                                    mlir::ValueRange(), "nop", "={nonesuch}",
                                    /*has_side_effects=*/true, /*is_align_stack=*/false,
                                    mlir::LLVM::tailcallkind::TailCallKind::None,
                                    mlir::LLVM::AsmDialectAttr(), mlir::ArrayAttr());
  };
}

void test::addBrokenTarget(const char *name, const char *device, Fault fault) {
  llvm::Expected<const Target *> whole = lookupTarget(device);
  EXPECT(whole);
  addTarget(std::make_unique<Broken>(name, **whole, std::move(fault)));
}

void test::addTargetThatCannotLink(const char *name) { addBrokenTarget(name, "", nullptr); }

void portico::test::expectSurvives(const char *device, const char *foreign) {
  const char *text = R"(
func.func @main(%a: tensor<64x33xf32>) -> tensor<64xf32> {
  %0 = portico.reduce sum %a {axes = array<i64: 1>}
      : (tensor<64x33xf32>) -> tensor<64xf32> loc("train.py":7:1)
  return %0 : tensor<64xf32>
})";
  std::string broken = std::string("broken_") + foreign;
  addBrokenTarget(broken.c_str(), device, callIntrinsic(foreign));
  CompileOptions options;
  options.device = broken;
  options.reproducerDir = std::filesystem::absolute("reproducers").string();
  CompileError error;
  std::string message = compileFailure(text, options, &error);
  EXPECT(message.find("[reduce] cannot be compiled for " + broken) == 0);
  EXPECT(message.find("at train.py:7; LLVM gives up: ") != std::string::npos);
  EXPECT(message.find(foreign) != std::string::npos);
  EXPECT(std::filesystem::exists(error.reproducer + "/failing.mlir"));
  options.device = device;
  EXPECT(compileText(text, {}, options).kernelsCompiled == 1);
}
