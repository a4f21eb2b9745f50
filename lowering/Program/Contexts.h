//===- Contexts.h - MLIR contexts for the threads that compile --------------===//

#ifndef PORTICO_LOWERING_PROGRAM_CONTEXTS_H
#define PORTICO_LOWERING_PROGRAM_CONTEXTS_H

#include "targets/Target.h"

#include "mlir/IR/MLIRContext.h"

#include <memory>

namespace portico {

/// A context with every dialect that a kernel passes through on its way to
/// `target`. One thread uses it at a time; it goes back to a pool afterwards, as
/// making one costs as much as compiling a small kernel. What is uniqued in a
/// context is never freed, so each is thrown away after a number of uses.
class PooledContext {
public:
  explicit PooledContext(const Target &target);
  ~PooledContext();
  PooledContext(const PooledContext &) = delete;
  PooledContext &operator=(const PooledContext &) = delete;

  mlir::MLIRContext *get() const { return context.get(); }

private:
  const Target &target;
  std::unique_ptr<mlir::MLIRContext> context;
  int uses = 0;
};

} // namespace portico

#endif // PORTICO_LOWERING_PROGRAM_CONTEXTS_H
