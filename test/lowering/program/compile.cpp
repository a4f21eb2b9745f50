//===- compile.cpp - modules compiled, loaded and run, for the tests --------===//

#include "compile.h"

#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"

#include <cstring>

using namespace portico;
using namespace portico::test;

static llvm::Expected<CompileResult> compileIn(mlir::MLIRContext &context, const std::string &text,
                                               const std::vector<bool> &donatable,
                                               const CompileOptions &options) {
  loadCompilerDialects(context);
  auto module = mlir::parseSourceString<mlir::ModuleOp>(text, &context, "test.mlir");
  EXPECT(module);
  llvm::SmallVector<bool> flags(donatable.begin(), donatable.end());
  return compile(*module, flags, options);
}

CompileResult test::compileText(const std::string &text, const std::vector<bool> &donatable,
                                const CompileOptions &options) {
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  llvm::Expected<CompileResult> result = compileIn(context, text, donatable, options);
  if (!result)
    failAt(__FILE__, __LINE__, "to compile: " + llvm::toString(result.takeError()));
  return std::move(*result);
}

std::string test::compileFailure(const std::string &text, const CompileOptions &options,
                                 CompileError *error, mlir::MLIRContext *context) {
  mlir::MLIRContext own(mlir::MLIRContext::Threading::DISABLED);
  llvm::Expected<CompileResult> result = compileIn(context ? *context : own, text, {}, options);
  EXPECT(!result);
  std::string message;
  llvm::handleAllErrors(
      result.takeError(),
      [&](const CompileError &failure) {
        message = failure.message;
        if (error)
          *error = failure;
      },
      [&](const llvm::ErrorInfoBase &other) { message = other.message(); });
  return message;
}

Program::Program(const std::vector<uint8_t> &bytes) {
  Status status;
  EXPECT_OK(portico_program_load(device(), bytes.data(), bytes.size(), &handle, &status), status);
}

Floats::Floats(std::initializer_list<float> values) {
  Status status;
  EXPECT_OK(portico_buffer_allocate(device(), values.size() * sizeof(float), &buffer, &status),
            status);
  memcpy(portico_buffer_data(buffer), values.begin(), values.size() * sizeof(float));
}

bool Floats::equals(std::initializer_list<float> values) const {
  return portico_buffer_bytes(buffer) == values.size() * sizeof(float) &&
         std::equal(values.begin(), values.end(), data());
}
