//===- Passes.h - the passes over the portico dialect ----------------------===//

#ifndef PORTICO_TRANSFORMS_PASSES_H
#define PORTICO_TRANSFORMS_PASSES_H

#include "dialects/portico/IR/Portico.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/Pass.h"

namespace portico {
#define GEN_PASS_DECL
#include "portico/Passes.h.inc"
#define GEN_PASS_REGISTRATION
#include "portico/Passes.h.inc"
} // namespace portico

#endif // PORTICO_TRANSFORMS_PASSES_H
