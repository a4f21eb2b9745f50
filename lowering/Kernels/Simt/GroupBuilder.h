//===- GroupBuilder.h - what work-items do together -------------------------===//

#ifndef PORTICO_LOWERING_KERNELS_SIMT_GROUPBUILDER_H
#define PORTICO_LOWERING_KERNELS_SIMT_GROUPBUILDER_H

#include "targets/Target.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/IR/Builders.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace portico {

/// Emits the parts of a kernel that concern the work-group. Groups are
/// one-dimensional: a work-item has one number in its group, and subgroups are
/// runs of neighbouring numbers.
class GroupBuilder {
public:
  GroupBuilder(mlir::OpBuilder &b, mlir::Location loc, const SimtInfo &simt)
      : b(b), loc(loc), simt(simt) {}

  mlir::Value index(int64_t value);
  /// The number of this work-item in its group, and of the group in the grid.
  mlir::Value item();
  mlir::Value group();

  /// All work-items of the group wait here, and see what the others have written
  /// to group memory before.
  void barrier();

  /// The memory of the group: `bytes` of it, of which `viewGroup` takes parts.
  void allocateGroup(int64_t bytes);
  mlir::Value viewGroup(int64_t offset, int64_t count, mlir::Type elem);

  /// A loop that carries values, from `inits` on; `body` gives the next ones.
  using Values = llvm::SmallVector<mlir::Value>;
  Values loop(mlir::Value from, mlir::Value to, mlir::Value step, mlir::ValueRange inits,
              llvm::function_ref<Values(mlir::Value, mlir::ValueRange)> body);
  Values loop(mlir::Value from, mlir::Value to, int64_t step, mlir::ValueRange inits,
              llvm::function_ref<Values(mlir::Value, mlir::ValueRange)> body) {
    return loop(from, to, index(step), inits, body);
  }

  /// The `value` that the work-item has whose number differs in the bits of
  /// `mask`, which are below the size of a subgroup.
  mlir::Value exchange(mlir::Value value, int64_t mask);

  mlir::OpBuilder &b;
  mlir::Location loc;
  const SimtInfo &simt;

private:
  mlir::Value exchangeWord(mlir::Value word, int64_t mask);
  mlir::Value memory;
};

} // namespace portico

#endif // PORTICO_LOWERING_KERNELS_SIMT_GROUPBUILDER_H
