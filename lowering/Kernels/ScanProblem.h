//===- ScanProblem.h - a scan as three sizes and an associative function ----===//

#ifndef PORTICO_LOWERING_KERNELS_SCANPROBLEM_H
#define PORTICO_LOWERING_KERNELS_SCANPROBLEM_H

#include "lowering/Kernels/LoopEmitter.h"

#include "dialects/portico/IR/Portico.h"
#include "targets/Target.h"

namespace portico {

/// x seen as [outer][n][inner], scanned along n. Sums and products of f32 run in
/// f64, where the machine has it: an error made early stays in all that follows.
struct ScanProblem {
  ScanProblem(ScanOp op, const TargetInfo &target);

  mlir::Value widen(LoopEmitter &e, mlir::Value value, int64_t lanes) const;
  mlir::Value narrow(LoopEmitter &e, mlir::Value value, int64_t lanes) const;
  mlir::Value with(LoopEmitter &e, mlir::Value x, mlir::Value y) const;
  mlir::Value identity(LoopEmitter &e) const;
  /// Step i of the scan is at this position along n.
  mlir::Value position(LoopEmitter &e, mlir::Value i) const;

  mutable ScanOp op;
  ReduceKind kind;
  /// Of elements in memory, in registers, and of what is carried along.
  mlir::Type elem, type, running;
  int64_t outer = 1, n = 1, inner = 1;
};

} // namespace portico

#endif // PORTICO_LOWERING_KERNELS_SCANPROBLEM_H
