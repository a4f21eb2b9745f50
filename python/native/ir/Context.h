//===- Context.h - MLIR contexts and their diagnostics ---------------------===//

#ifndef PORTICO_NATIVE_IR_CONTEXT_H
#define PORTICO_NATIVE_IR_CONTEXT_H

#include <memory>
#include <string>

namespace mlir {
class MLIRContext;
class DialectRegistry;
} // namespace mlir

namespace portico::native {

/// A fresh context for one module, without threads of its own. Types and
/// attributes live as long as their context, so a context that served every
/// compile would only ever grow.
std::unique_ptr<mlir::MLIRContext> makeContext();

/// The same with every dialect that a lowering stage of Portico can contain.
std::unique_ptr<mlir::MLIRContext> makeFullContext();

/// Collects the diagnostics of a context while it lives, notes indented.
class DiagnosticCollector {
public:
  explicit DiagnosticCollector(mlir::MLIRContext *context);
  ~DiagnosticCollector();
  DiagnosticCollector(const DiagnosticCollector &) = delete;

  const std::string &text() const { return collected; }

private:
  mlir::MLIRContext *context;
  uint64_t handler;
  std::string collected;
};

} // namespace portico::native

#endif // PORTICO_NATIVE_IR_CONTEXT_H
