//===- Passes.cpp - running a pass pipeline given as text ------------------===//

#include "python/native/ir/Passes.h"

#include "dialects/portico/Transforms/Passes.h"
#include "lowering/Passes.h"

#include "mlir/InitAllPasses.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"

#include "llvm/Support/raw_ostream.h"

#include <mutex>

namespace portico::native {

bool runPassPipeline(mlir::ModuleOp module, const std::string &pipeline, std::string &error) {
  // Registering every pass costs milliseconds that `import portico` need not pay.
  static std::once_flag registered;
  std::call_once(registered, [] {
    mlir::registerAllPasses();
    registerPorticoPasses();
    registerPorticoLoweringPasses();
  });
  mlir::PassManager manager(module->getContext());
  llvm::raw_string_ostream errors(error);
  if (mlir::failed(mlir::parsePassPipeline(pipeline, manager, errors)))
    return false;
  return mlir::succeeded(manager.run(module));
}

} // namespace portico::native
