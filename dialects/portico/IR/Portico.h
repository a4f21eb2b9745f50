//===- Portico.h - the dialect's classes -----------------------------------===//

#ifndef PORTICO_IR_PORTICO_H
#define PORTICO_IR_PORTICO_H

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

namespace portico::OpTrait {
// What an op is to fusion and autodiff (PorticoBase.td); the traits carry no code.
#define PORTICO_TRAIT(name)                                                                        \
  template <typename ConcreteType>                                                                 \
  class name : public mlir::OpTrait::TraitBase<ConcreteType, name> {}
PORTICO_TRAIT(Elementwise);
PORTICO_TRAIT(Creation);
PORTICO_TRAIT(DataMovement);
PORTICO_TRAIT(Reduction);
PORTICO_TRAIT(Contraction);
PORTICO_TRAIT(Opaque);
PORTICO_TRAIT(NonDifferentiable);
#undef PORTICO_TRAIT
} // namespace portico::OpTrait

#include "portico/Dialect.h.inc"
#include "portico/Enums.h.inc"
#include "portico/Interfaces.h.inc"
#define GET_OP_CLASSES
#include "portico/Ops.h.inc"

#endif // PORTICO_IR_PORTICO_H
