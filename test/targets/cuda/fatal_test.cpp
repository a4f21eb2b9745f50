//===- fatal_test.cpp - a code generator that gives up -----------------------===//

#include "test/lowering/program/broken.h"
#include "test/lowering/program/compile.h"

#include <filesystem>

using namespace portico;
using namespace portico::test;

TEST(cuda_survives_what_it_cannot_select) {
  const char *text = R"(
func.func @main(%a: tensor<64x33xf32>) -> tensor<64xf32> {
  %0 = portico.reduce sum %a {axes = array<i64: 1>}
      : (tensor<64x33xf32>) -> tensor<64xf32> loc("train.py":7:1)
  return %0 : tensor<64xf32>
})";
  addBrokenTarget("broken", "cuda:sm_80", callIntrinsic("llvm.amdgcn.s.barrier"));
  CompileOptions options;
  options.device = "broken";
  options.reproducerDir = std::filesystem::absolute("reproducers").string();
  CompileError error;
  std::string message = compileFailure(text, options, &error);
  EXPECT(message.find("[reduce] cannot be compiled for broken") == 0);
  EXPECT(message.find("at train.py:7; LLVM gives up: ") != std::string::npos);
  EXPECT(message.find("llvm.amdgcn.s.barrier") != std::string::npos);
  EXPECT(std::filesystem::exists(error.reproducer + "/failing.mlir"));
  options.device = "cuda:sm_80";
  EXPECT(compileText(text, {}, options).kernelsCompiled == 1);
}
