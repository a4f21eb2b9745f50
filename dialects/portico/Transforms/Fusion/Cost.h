//===- Cost.h - what a fusion saves ----------------------------------------===//

#ifndef PORTICO_FUSION_COST_H
#define PORTICO_FUSION_COST_H

#include "dialects/portico/IR/Portico.h"

namespace portico {

/// What running some ops costs, in units that no target changes.
struct Cost {
  int64_t bytesRead = 0;
  int64_t bytesWritten = 0;
  int64_t flops = 0;
  int64_t launches = 0;

  int64_t bytes() const { return bytesRead + bytesWritten; }
};

int64_t numElements(mlir::Value value);
/// Bytes in memory: i1 takes one byte.
int64_t numBytes(mlir::Value value);
/// Floating-point operations, with weights for division and the
/// transcendentals, which cost many.
int64_t flops(mlir::Operation *op);

/// One kernel: each input is read once, each result written once.
Cost costOfKernel(llvm::ArrayRef<mlir::Operation *> ops, llvm::ArrayRef<mlir::Value> inputs,
                  llvm::ArrayRef<mlir::Value> results);

} // namespace portico

#endif // PORTICO_FUSION_COST_H
