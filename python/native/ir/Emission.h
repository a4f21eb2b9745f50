//===- Emission.h - traces as functions of the portico dialect -------------===//

#ifndef PORTICO_NATIVE_IR_EMISSION_H
#define PORTICO_NATIVE_IR_EMISSION_H

#include "python/native/graph/Trace.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace portico::native {

/// `func.func @name(inputs...) -> (outputs...)` at the end of `module`: one op
/// per op of the trace, in its order, with the user's locations.
mlir::func::FuncOp emit(const Trace &trace, mlir::ModuleOp module, llvm::StringRef name);

/// The way back. Null, and `error`, where the function holds anything but
/// primitives of the dialect.
Ref<Trace> importTrace(mlir::func::FuncOp func, std::string &error);

} // namespace portico::native

#endif // PORTICO_NATIVE_IR_EMISSION_H
