//===- portico-opt.cpp - runs passes on a file -----------------------------===//
//
//   portico-opt --portico-simplify --portico-fuse file.mlir
//
// Knows the portico dialect, every pass of the project and everything upstream, so
// that a module can be looked at, and continued from, at any stage of its way down.
//
//===----------------------------------------------------------------------===//

#include "dialects/portico/IR/Portico.h"
#include "dialects/portico/Transforms/Passes.h"
#include "dialects/simt/Simt.h"
#include "lowering/Passes.h"

#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "mlir/InitAllPasses.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  registry.insert<portico::PorticoDialect, portico::simt::SimtDialect>();
  mlir::registerAllDialects(registry);
  mlir::registerAllExtensions(registry);
  mlir::registerAllPasses();
  portico::registerPorticoPasses();
  portico::registerPorticoLoweringPasses();
  return mlir::asMainReturnCode(
      mlir::MlirOptMain(argc, argv, "the optimizer of portico\n", registry));
}
