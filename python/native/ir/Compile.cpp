//===- Compile.cpp - traces through the compiler ---------------------------===//

#include "python/native/ir/Bridge.h"
#include "python/native/ir/Context.h"
#include "python/native/ir/Emission.h"

#include "lowering/Compiler.h"
#include "targets/Target.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OwningOpRef.h"
#include "mlir/Parser/Parser.h"

using namespace mlir;

namespace portico::native {

std::vector<std::string> targetArchs(const std::string &target) {
  for (const Target *candidate : allTargets())
    if (candidate->name() == target)
      return candidate->archs();
  return {};
}

std::string checkTarget(const std::string &target) {
  llvm::Expected<const Target *> found = lookupTarget(target);
  return found ? std::string() : llvm::toString(found.takeError());
}

/// Compiles a module in its context, which are kept for ever where LLVM gives up in them.
static bool compileModule(std::unique_ptr<MLIRContext> &context, OwningOpRef<ModuleOp> &module,
                          const DiagnosticCollector &diagnostics,
                          const std::vector<bool> &donatable, const std::string &device,
                          const CompilerSettings &settings, CompiledProgram &program,
                          BuildFailure &failure) {
  CompileOptions options;
  options.device = device;
  options.fusionPolicy = settings.fusionPolicy;
  options.fusionPlan = settings.fusionPlan;
  options.fuel = settings.fuel;
  options.strict = settings.strict;
  options.cache = settings.cache;
  options.keepStages = settings.keepStages;
  llvm::SmallVector<bool> mayOverwrite(donatable.begin(), donatable.end());
  llvm::Expected<CompileResult> result = compile(*module, mayOverwrite, options);
  if (!result) {
    bool lost = false;
    llvm::handleAllErrors(
        result.takeError(),
        [&](const CompileError &error) {
          failure.message = error.message;
          failure.unsupported = error.unsupported;
          lost = error.contextLost;
        },
        [&](const llvm::ErrorInfoBase &other) { failure.message = other.message(); });
    if (!diagnostics.text().empty())
      failure.message += "\n" + diagnostics.text();
    if (lost) {
      (void)module.release();
      (void)context.release();
    }
    return false;
  }
  program.bytes = std::move(result->program);
  program.kernels = result->kernels;
  program.kernelsCompiled = result->kernelsCompiled;
  program.memoryHit = result->memoryHit;
  program.diskHit = result->diskHit;
  program.ms = result->ms;
  program.plan = std::move(result->planJson);
  program.warnings = std::move(result->warnings);
  for (CompileStage &stage : result->stages)
    program.stages.emplace_back(std::move(stage.name), std::move(stage.text));
  return true;
}

bool compileTrace(const Trace &trace, const std::vector<bool> &donatable, const std::string &device,
                  const CompilerSettings &settings, CompiledProgram &program,
                  BuildFailure &failure) {
  auto context = makeContext();
  loadCompilerDialects(*context);
  DiagnosticCollector diagnostics(context.get());
  OwningOpRef<ModuleOp> module = ModuleOp::create(UnknownLoc::get(context.get()));
  emit(trace, *module, "main");
  return compileModule(context, module, diagnostics, donatable, device, settings, program, failure);
}

bool compileText(const std::string &text, const std::string &device,
                 const CompilerSettings &settings, CompiledProgram &program,
                 BuildFailure &failure) {
  auto context = makeContext();
  loadCompilerDialects(*context);
  DiagnosticCollector diagnostics(context.get());
  OwningOpRef<ModuleOp> module = parseSourceString<ModuleOp>(text, context.get());
  auto main = module ? module->lookupSymbol<func::FuncOp>("main") : nullptr;
  if (!main) {
    failure.message = module ? "there is no function @main" : diagnostics.text();
    failure.noProgram = true;
    return false;
  }
  std::vector<bool> donatable(main.getNumArguments(), false);
  return compileModule(context, module, diagnostics, donatable, device, settings, program, failure);
}

} // namespace portico::native
