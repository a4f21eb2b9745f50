//===- Context.cpp - MLIR contexts and their diagnostics -------------------===//

#include "python/native/ir/Context.h"

#include "dialects/portico/IR/Portico.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/InitAllDialects.h"

#include "llvm/Support/raw_ostream.h"

using namespace mlir;

namespace portico::native {

std::unique_ptr<MLIRContext> makeContext() {
  DialectRegistry registry;
  registry.insert<PorticoDialect, func::FuncDialect>();
  auto context = std::make_unique<MLIRContext>(registry, MLIRContext::Threading::DISABLED);
  context->loadAllAvailableDialects();
  return context;
}

std::unique_ptr<MLIRContext> makeFullContext() {
  DialectRegistry registry;
  registry.insert<PorticoDialect>();
  registerAllDialects(registry);
  return std::make_unique<MLIRContext>(registry, MLIRContext::Threading::DISABLED);
}

DiagnosticCollector::DiagnosticCollector(MLIRContext *context) : context(context) {
  handler = context->getDiagEngine().registerHandler([this](Diagnostic &diagnostic) {
    llvm::raw_string_ostream out(collected);
    if (!collected.empty())
      out << '\n';
    if (!isa<UnknownLoc>(diagnostic.getLocation()))
      out << diagnostic.getLocation() << ": ";
    out << diagnostic;
    for (Diagnostic &note : diagnostic.getNotes())
      out << "\n  note: " << note;
    return success();
  });
}

DiagnosticCollector::~DiagnosticCollector() { context->getDiagEngine().eraseHandler(handler); }

} // namespace portico::native
