//===- RunTimeError.h - what a kernel says of bad values --------------------===//

#ifndef PORTICO_LOWERING_TOLINALG_RUNTIMEERROR_H
#define PORTICO_LOWERING_TOLINALG_RUNTIMEERROR_H

#include "lowering/Kernels/Kernels.h"

#include "mlir/IR/Builders.h"

namespace portico {

/// Stores into the status words of Kernels.h that `op`, an op of a kernel's body,
/// failed with `code`; `value` and `bound` (i64) are 0 where they are null.
void storeRunTimeError(mlir::OpBuilder &b, mlir::Location loc, mlir::Value status,
                       KernelStatus code, mlir::Operation *op, mlir::Value value = nullptr,
                       mlir::Value bound = nullptr);

} // namespace portico

#endif // PORTICO_LOWERING_TOLINALG_RUNTIMEERROR_H
