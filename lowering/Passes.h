//===- Passes.h - the stages of lowering as passes -------------------------===//

#ifndef PORTICO_LOWERING_PASSES_H
#define PORTICO_LOWERING_PASSES_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

namespace portico {
#define GEN_PASS_DECL
#include "portico/LoweringPasses.h.inc"
#define GEN_PASS_REGISTRATION
#include "portico/LoweringPasses.h.inc"
} // namespace portico

#endif // PORTICO_LOWERING_PASSES_H
