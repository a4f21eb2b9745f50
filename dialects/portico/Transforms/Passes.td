//===- Passes.td - the passes over the portico dialect ---------------------===//

#ifndef PORTICO_PASSES_TD
#define PORTICO_PASSES_TD

include "mlir/Pass/PassBase.td"
include "Fusion/Passes.td"

#endif // PORTICO_PASSES_TD
