//===- failure_test.cpp - what a failure of the compiler says ---------------===//

#include "compile.h"

#include <filesystem>
#include <fstream>

using namespace portico;
using namespace portico::test;
namespace fs = std::filesystem;

namespace {

// No kernel can be made of a call to a function that nobody registered.
const char *const kImpossible = R"(
func.func @main(%a: tensor<4xf32>) -> tensor<4xf32> {
  %0 = portico.neg %a : (tensor<4xf32>) -> tensor<4xf32> loc("train.py":11:1)
  %1 = portico.custom_call "nonesuch" (%0) : (tensor<4xf32>) -> tensor<4xf32> loc("train.py":12:1)
  return %1 : tensor<4xf32>
})";

std::string readFile(const fs::path &path) {
  std::ifstream in(path);
  return std::string((std::istreambuf_iterator<char>(in)), {});
}

} // namespace

TEST(a_failure_names_op_target_and_line) {
  CompileError error;
  std::string message = compileFailure(kImpossible, {}, &error);
  EXPECT(error.op == "custom_call");
  EXPECT(error.ordinal == 1);
  EXPECT(message.find("[custom_call]") == 0);
  EXPECT(message.find("tensor<4xf32>") != std::string::npos);
  EXPECT(message.find("train.py:12") != std::string::npos);
}

TEST(a_failure_leaves_what_reproduces_it) {
  CompileOptions options;
  options.reproducerDir = fs::absolute("reproducers").string();
  CompileError error;
  std::string message = compileFailure(kImpossible, options, &error);
  EXPECT(fs::path(error.reproducer).parent_path() == options.reproducerDir);
  EXPECT(message.find(error.reproducer) != std::string::npos);
  std::string program = readFile(fs::path(error.reproducer) / "program.mlir");
  EXPECT(program.find("portico.custom_call") != std::string::npos);
  EXPECT(program.find("train.py") != std::string::npos);
  std::string report = readFile(fs::path(error.reproducer) / "report.txt");
  EXPECT(report.find("LLVM ") != std::string::npos);
  EXPECT(report.find("--portico-fuse='policy=greedy fuel=-1'") != std::string::npos);
  EXPECT(report.find("python -m portico compile program.mlir --target ") != std::string::npos);
  EXPECT(report.find("portico-opt") == std::string::npos);
  EXPECT(message.find("this is a mistake in Portico, not in the program") != std::string::npos);
}

TEST(a_reproducer_that_cannot_be_written_is_no_second_failure) {
  CompileOptions options;
  options.reproducerDir = "/proc/nowhere";
  CompileError error;
  std::string message = compileFailure(kImpossible, options, &error);
  EXPECT(error.reproducer.empty());
  EXPECT(message.find("[custom_call]") == 0);
}

TEST(an_unknown_device_is_named) {
  CompileOptions options;
  options.device = "nonesuch:1";
  EXPECT(compileFailure(kImpossible, options).find("[device]") == 0);
}

TEST(an_unknown_policy_is_named) {
  CompileOptions options;
  options.fusionPolicy = "nonesuch";
  options.reproducerDir = fs::absolute("reproducers").string();
  EXPECT(compileFailure(kImpossible, options).find("nonesuch") != std::string::npos);
}

TEST(a_module_without_main_is_refused) {
  EXPECT(compileFailure("func.func @f() { return }").find("@main") != std::string::npos);
}
