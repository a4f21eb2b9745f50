//===- codegen_test.cpp - the compile half of the default target ------------===//

#include "test/runtime/harness.h"

#include "targets/Target.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"

using namespace portico;
using namespace portico::test;

namespace {

llvm::Expected<TargetObject> compileFunction(const std::string &body) {
  const Target &target = *allTargets().front();
  mlir::DialectRegistry registry;
  target.registerDialects(registry);
  mlir::MLIRContext context(registry, mlir::MLIRContext::Threading::DISABLED);
  context.loadAllAvailableDialects();
  std::string text = "func.func @k(%a: memref<16xf32> {portico.noalias}, %begin: index, %end: "
                     "index, %status: memref<4xi64>) {\n" +
                     body + "\n  return\n}";
  auto module = mlir::parseSourceString<mlir::ModuleOp>(text, &context);
  EXPECT(module);
  return target.compileKernel(*module, "p_", /*keepStages=*/true);
}

std::string stage(const TargetObject &object, const char *name) {
  for (const auto &[known, text] : object.stages)
    if (known == name)
      return text;
  failAt(__FILE__, __LINE__, std::string("a stage ") + name);
}

} // namespace

TEST(a_function_gets_an_entry_point_and_keeps_what_is_known_of_its_pointers) {
  llvm::Expected<TargetObject> object =
      compileFunction("  %x = memref.load %a[%begin] : memref<16xf32>\n  memref.store %x, %a[%end] "
                      ": memref<16xf32>");
  EXPECT(object);
  std::string code = stage(*object, "llvm");
  EXPECT(code.find("define void @p_k(ptr %0, i64 %1, i64 %2, ptr %3)") != std::string::npos);
  EXPECT(code.find("define internal void @k.body(ptr noalias %0") != std::string::npos);
}

TEST(a_product_and_a_sum_are_not_contracted) {
  llvm::Expected<TargetObject> object = compileFunction(
      "  %x = memref.load %a[%begin] : memref<16xf32>\n  %y = arith.mulf %x, %x : f32\n"
      "  %z = arith.addf %y, %x : f32\n  memref.store %z, %a[%end] : memref<16xf32>");
  EXPECT(object);
  std::string code = stage(*object, "llvm-optimised");
  EXPECT(code.find("fmul float") != std::string::npos &&
         code.find("fadd float") != std::string::npos);
  EXPECT(code.find("contract") == std::string::npos);
}

TEST(code_that_needs_a_library_is_refused) {
  llvm::Expected<TargetObject> object =
      compileFunction("  %x = memref.load %a[%begin] : memref<16xf32>\n  %y = math.exp %x : f32\n"
                      "  memref.store %y, %a[%end] : memref<16xf32>");
  EXPECT(!object);
  EXPECT(llvm::toString(object.takeError()).find("calls 'expf'") != std::string::npos);
}

TEST(linking_joins_objects) {
  const Target &target = *allTargets().front();
  llvm::Expected<TargetObject> object = compileFunction("");
  EXPECT(object);
  llvm::Expected<std::string> linked = target.link({llvm::StringRef(object->bytes)});
  EXPECT(linked);
  EXPECT(linked->substr(0, 4) == "\177ELF");
  EXPECT(linked->find("p_k") != std::string::npos);
}

TEST(bad_objects_are_refused_and_linking_goes_on) {
  const Target &target = *allTargets().front();
  llvm::Expected<TargetObject> object = compileFunction("");
  EXPECT(object);
  llvm::StringRef good = object->bytes;
  llvm::Expected<std::string> linked = target.link({good, "this is no object"});
  EXPECT(!linked);
  EXPECT(llvm::toString(linked.takeError()).find("cannot link") != std::string::npos);
  llvm::Expected<std::string> twice = target.link({good, good});
  EXPECT(!twice);
  EXPECT(llvm::toString(twice.takeError()).find("p_k") != std::string::npos);
  EXPECT(target.link({good}));
}

TEST(targets_are_found_by_the_start_of_a_device_string) {
  std::string name = allTargets().front()->name().str();
  for (std::string device : {std::string(), name, name + ":0"}) {
    llvm::Expected<const Target *> target = lookupTarget(device);
    EXPECT(target && *target == allTargets().front());
  }
  llvm::Expected<const Target *> none = lookupTarget("nonesuch");
  EXPECT(!none);
  EXPECT(llvm::toString(none.takeError()).find(name) != std::string::npos);
}
