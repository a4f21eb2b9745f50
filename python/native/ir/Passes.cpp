//===- Passes.cpp - running a pass pipeline given as text ------------------===//

#include "python/native/ir/Passes.h"

#include "python/native/ir/Context.h"

#include "dialects/portico/Transforms/Passes.h"
#include "lowering/Passes.h"
#include "targets/Recovery.h"

#include "mlir/InitAllPasses.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"

#include "llvm/Support/raw_ostream.h"

#include <mutex>
#include <optional>

namespace portico::native {

static mlir::OwningOpRef<mlir::ModuleOp> run(mlir::ModuleOp module, const std::string &pipeline,
                                             std::string &error) {
  DiagnosticCollector diagnostics(module.getContext());
  mlir::PassManager manager(module->getContext());
  llvm::raw_string_ostream errors(error);
  mlir::OwningOpRef<mlir::ModuleOp> copy;
  if (mlir::succeeded(mlir::parsePassPipeline(pipeline, manager, errors))) {
    copy = module.clone();
    if (mlir::failed(manager.run(*copy)))
      copy = nullptr;
  }
  if (!copy)
    errors << (error.empty() ? "" : "\n") << diagnostics.text();
  return copy;
}

PipelineResult runPassPipeline(mlir::ModuleOp module, const std::string &pipeline) {
  // Registering every pass costs milliseconds that `import portico` need not pay.
  static std::once_flag registered;
  std::call_once(registered, [] {
    mlir::registerAllPasses();
    registerPorticoPasses();
    registerPorticoLoweringPasses();
  });
  PipelineResult result;
  std::optional<std::string> said = attempt([&] {
    std::string error;
    result.module = run(module, pipeline, error);
    result.error = std::move(error);
  });
  if (said) {
    result.error = "LLVM gives up: " + *said;
    result.contextLost = true;
  }
  return result;
}

} // namespace portico::native
