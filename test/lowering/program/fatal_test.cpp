//===- fatal_test.cpp - LLVM gives up, and the process goes on ---------------===//

#include "broken.h"
#include "compile.h"

#include "targets/Recovery.h"

#include "llvm/Support/ErrorHandling.h"

#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <mutex>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace portico;
using namespace portico::test;
namespace fs = std::filesystem;

namespace {

/// Of a machine that no default target is.
const char *const kForeign = "llvm.amdgcn.s.barrier";

std::string negate(int size) {
  std::string type = "tensor<" + std::to_string(size) + "xf32>";
  return "func.func @main(%a: " + type + ") -> " + type + " {\n  %0 = portico.neg %a : (" + type +
         ") -> " + type + " loc(\"train.py\":7:1)\n  return %0 : " + type + "\n}";
}

CompileOptions on(const char *device) {
  CompileOptions options;
  options.device = device;
  options.reproducerDir = fs::absolute("reproducers").string();
  return options;
}

std::string failure(const std::string &text, const char *device, CompileError *error = nullptr) {
  return compileFailure(text, on(device), error);
}

bool contains(const std::string &text, const char *part) {
  return text.find(part) != std::string::npos;
}

void expectThatCompilingWorks() {
  CompileResult result = compileText(negate(4));
  Program program(result.program);
  Floats input{1, 2, 3, 4};
  portico_buffer *in = *input, *out = nullptr;
  Status status;
  EXPECT_OK(portico_program_run(*program, &in, nullptr, &out, &status), status);
  EXPECT(Floats(out).equals({-1, -2, -3, -4}));
}

size_t threads() {
  size_t count = 0;
  for (const auto &entry : fs::directory_iterator("/proc/self/task"))
    count += entry.exists();
  return count;
}

/// How a child that runs `body` ends.
int endOf(const std::function<void()> &body) {
  pid_t child = fork();
  if (child == 0) {
    freopen("/dev/null", "w", stderr);
    body();
    _exit(0);
  }
  int result = -1;
  EXPECT(waitpid(child, &result, 0) == child);
  return result;
}

} // namespace

TEST(a_fatal_error_of_llvm_is_a_failure_of_the_compiler) {
  addBrokenTarget("broken", "", callIntrinsic(kForeign));
  CompileError error;
  std::string message = failure(negate(5), "broken", &error);
  EXPECT(message.find("[neg] cannot be compiled for broken") == 0);
  EXPECT(contains(message, "tensor<5xf32> -> tensor<5xf32> at train.py:7"));
  EXPECT(contains(message, "LLVM gives up: ") && contains(message, kForeign));
  EXPECT(error.op == "neg" && error.ordinal == 0 && !error.contextLost);
  EXPECT(contains(message, error.reproducer.c_str()));
  for (const char *name : {"program.mlir", "failing.mlir", "report.txt"})
    EXPECT(fs::file_size(fs::path(error.reproducer) / name) > 0);
  // The links of others wait for nobody who generates code: that lock was given back.
  expectThatCompilingWorks();
}

TEST(a_kernel_that_llvm_gave_up_on_is_not_tried_again) {
  addBrokenTarget("broken", "", callIntrinsic(kForeign));
  size_t before = threads();
  std::string message = failure(negate(5), "broken");
  EXPECT(threads() == before + 1);
  EXPECT(failure(negate(5), "broken") == message);
  EXPECT(threads() == before + 1);
  expectThatCompilingWorks();
  EXPECT(failure(negate(6), "broken") != message);
  EXPECT(threads() == before + 2);
}

TEST(threads_that_compile_do_not_mind_one_that_fails) {
  addBrokenTarget("broken", "", callIntrinsic(kForeign));
  std::vector<std::thread> all;
  for (int i = 0; i < 8; ++i)
    all.emplace_back([i] {
      for (int round = 0; round < 4; ++round) {
        std::string text = negate(100 + 10 * i + round);
        if (i % 2)
          EXPECT(contains(failure(text, "broken"), "LLVM gives up"));
        else
          compileText(text);
      }
    });
  for (std::thread &thread : all)
    thread.join();
  expectThatCompilingWorks();
}

TEST(a_fatal_error_among_many_kernels_names_the_one) {
  // Of the two kernels only the second has the fault.
  addBrokenTarget("broken", "", [](mlir::OpBuilder &builder, mlir::Location loc) {
    std::string where;
    llvm::raw_string_ostream(where) << loc;
    if (contains(where, "train.py\":9"))
      callIntrinsic(kForeign)(builder, loc);
  });
  CompileOptions options = on("broken");
  options.fusionPolicy = "none";
  CompileError error;
  std::string message = compileFailure(R"(
func.func @main(%a: tensor<4xf32>) -> tensor<4xf32> {
  %0 = portico.neg %a : (tensor<4xf32>) -> tensor<4xf32> loc("train.py":8:1)
  %1 = portico.exp %0 : (tensor<4xf32>) -> tensor<4xf32> loc("train.py":9:1)
  return %1 : tensor<4xf32>
})",
                                       options, &error);
  EXPECT(error.op == "exp" && error.ordinal == 1);
  EXPECT(contains(message, "train.py:9"));
}

TEST(an_error_that_llvm_only_reports_is_a_failure_too) {
  addBrokenTarget("broken", "", impossibleAssembly());
  std::string message = failure(negate(5), "broken");
  EXPECT(message.find("[neg] cannot be compiled for broken") == 0);
  EXPECT(contains(message, "nonesuch"));
  expectThatCompilingWorks();
}

TEST(a_fatal_error_outside_the_kernels_costs_the_context) {
  addTargetThatCannotLink("loose");
  // Neither destroyed nor used again.
  auto *context = new mlir::MLIRContext(mlir::MLIRContext::Threading::DISABLED);
  CompileError error;
  std::string message = compileFailure(negate(5), on("loose"), &error, context);
  EXPECT(message.find("[compile] the program cannot be compiled for loose; LLVM gives up: no way "
                      "to link") == 0);
  EXPECT(error.contextLost && !error.reproducer.empty());
  expectThatCompilingWorks();
}

TEST(a_child_compiles_after_a_fatal_error_of_its_parent) {
  addBrokenTarget("broken", "", callIntrinsic(kForeign));
  failure(negate(5), "broken");
  EXPECT(endOf(expectThatCompilingWorks) == 0);
}

TEST(what_is_thrown_on_the_way_arrives) {
  bool caught = false;
  try {
    attempt([] { throw 7; });
  } catch (int what) {
    caught = what == 7;
  }
  EXPECT(caught);
}

TEST(a_lock_is_given_back_where_llvm_gives_up) {
  std::mutex first, second;
  std::optional<std::string> said = attempt([&] {
    RecoverableLock<std::unique_lock<std::mutex>> outer(first);
    {
      RecoverableLock<std::unique_lock<std::mutex>> over(second);
    }
    RecoverableLock<std::unique_lock<std::mutex>> inner(second);
    llvm::report_fatal_error("enough");
  });
  EXPECT(said && *said == "enough");
  EXPECT(first.try_lock() && second.try_lock());
}

TEST(fatal_errors_of_others_end_the_process_as_ever) {
  attempt([] {}); // the handler is there
  int end = endOf([] { llvm::report_fatal_error("not ours"); });
  EXPECT(WIFSIGNALED(end) && WTERMSIG(end) == SIGABRT);
  end = endOf([] { llvm::report_fatal_error("not ours", /*GenCrashDiag=*/false); });
  EXPECT(WIFEXITED(end) && WEXITSTATUS(end) == 1);
}

TEST(a_handler_that_the_application_installs_later_stays) {
  attempt([] {});
  llvm::remove_fatal_error_handler();
  llvm::install_fatal_error_handler([](void *, const char *, bool) { _exit(42); });
  compileText(negate(4));
  int end = endOf([] { llvm::report_fatal_error("theirs"); });
  EXPECT(WIFEXITED(end) && WEXITSTATUS(end) == 42);
}
