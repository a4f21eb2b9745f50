//===- Ordinals.h - which op of the user's program an op came from ----------===//
//
// Errors at run time and failures of the compiler speak of the ops that were
// recorded. Their numbers travel in the locations, which every pass carries along:
//
//   loc(fused<7>["train.py":12:0])    the op is, or came from, op 7 of @main
//
//===----------------------------------------------------------------------===//

#ifndef PORTICO_LOWERING_PROGRAM_ORDINALS_H
#define PORTICO_LOWERING_PROGRAM_ORDINALS_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Location.h"

namespace portico {

/// Numbers the ops of `function` and returns their names.
std::vector<std::string> numberOps(mlir::func::FuncOp function);

/// The number in a location; -1 where there is none.
int64_t ordinalOf(mlir::Location location);

/// The user's "file:line" in a location; empty where it is not known.
std::string userLine(mlir::Location location);

} // namespace portico

#endif // PORTICO_LOWERING_PROGRAM_ORDINALS_H
