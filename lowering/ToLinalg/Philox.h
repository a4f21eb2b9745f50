//===- Philox.h - counter-based random bits ---------------------------------===//

#ifndef PORTICO_LOWERING_TOLINALG_PHILOX_H
#define PORTICO_LOWERING_TOLINALG_PHILOX_H

#include "mlir/IR/Builders.h"

namespace portico {

/// Word `word` (0 to 3) of the Philox 4x32-10 block `counter` under the key
/// `seed`; all are i64, or vectors of it, the result is i32.
mlir::Value emitPhilox(mlir::OpBuilder &b, mlir::Location loc, mlir::Value seed,
                       mlir::Value counter, mlir::Value word);

} // namespace portico

#endif // PORTICO_LOWERING_TOLINALG_PHILOX_H
