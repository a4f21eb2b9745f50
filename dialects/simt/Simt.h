//===- Simt.h - what work-items do together and gpu has no op for -----------===//

#ifndef PORTICO_DIALECTS_SIMT_SIMT_H
#define PORTICO_DIALECTS_SIMT_SIMT_H

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "portico/SimtDialect.h.inc"

#define GET_OP_CLASSES
#include "portico/SimtOps.h.inc"

#endif // PORTICO_DIALECTS_SIMT_SIMT_H
