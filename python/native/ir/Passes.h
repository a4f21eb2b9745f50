//===- Passes.h - running a pass pipeline given as text --------------------===//

#ifndef PORTICO_NATIVE_IR_PASSES_H
#define PORTICO_NATIVE_IR_PASSES_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

#include <string>

namespace portico::native {

struct PipelineResult {
  /// Null where the pipeline failed.
  mlir::OwningOpRef<mlir::ModuleOp> module;
  /// What is wrong with the text of the pipeline, or what the passes said.
  std::string error;
  /// LLVM gave up: the context must not be destroyed (targets/Recovery.h).
  bool contextLost = false;
};

/// What `pipeline` (MLIR's pass pipeline syntax) makes of a copy of `module`.
PipelineResult runPassPipeline(mlir::ModuleOp module, const std::string &pipeline);

} // namespace portico::native

#endif // PORTICO_NATIVE_IR_PASSES_H
