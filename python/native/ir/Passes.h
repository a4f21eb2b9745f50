//===- Passes.h - running a pass pipeline given as text --------------------===//

#ifndef PORTICO_NATIVE_IR_PASSES_H
#define PORTICO_NATIVE_IR_PASSES_H

#include "mlir/IR/BuiltinOps.h"

#include <string>

namespace portico::native {

/// Runs `pipeline` (MLIR's pass pipeline syntax) on a module. On failure returns
/// false; `error` is set when the text itself is wrong, and the diagnostics of
/// the passes went to the context's handlers otherwise.
bool runPassPipeline(mlir::ModuleOp module, const std::string &pipeline, std::string &error);

} // namespace portico::native

#endif // PORTICO_NATIVE_IR_PASSES_H
