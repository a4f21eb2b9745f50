//===- BodyBuilder.h - the value of a tensor at one index -------------------===//
//
// The body of a linalg.generic is made from its end: what is the value of this
// tensor at this index of the iteration space? Elementwise ops ask their
// operands the same question, data movement asks at another index, and leaves
// (kernel inputs, results of earlier stages) are read. So data movement costs
// nothing but index arithmetic, and nothing is computed that is not used.
//
//===----------------------------------------------------------------------===//

#ifndef PORTICO_LOWERING_TOLINALG_BODYBUILDER_H
#define PORTICO_LOWERING_TOLINALG_BODYBUILDER_H

#include "dialects/portico/IR/Portico.h"
#include "lowering/Kernels/Kernels.h"
#include "lowering/ToLinalg/AffineRanges.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/IR/Builders.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace portico {

/// A tensor value that lies in memory, as the memref `memref` of the same number
/// of elements, in storage type, or in compute type where `inComputeType`.
struct Leaf {
  mlir::Value memref;
  bool inComputeType = false;
};
using Leaves = llvm::DenseMap<mlir::Value, Leaf>;

class BodyBuilder {
public:
  using Index = llvm::SmallVector<mlir::AffineExpr>;

  /// A body over an iteration space of the sizes `extents`, for a generic at
  /// `at`. Run-time errors go to `status`; constants too large for the code
  /// become globals whose names begin with `prefix`.
  BodyBuilder(mlir::OpBuilder &at, mlir::Location loc, llvm::ArrayRef<int64_t> extents,
              const Leaves &leaves, mlir::Value status, llvm::StringRef prefix);

  /// The value of `value` at `index`, of compute type; null after an error.
  mlir::Value evaluate(mlir::Value value, llvm::ArrayRef<mlir::AffineExpr> index);

  /// Finishes the body and makes the linalg.generic. `results` yields the new
  /// elements of `outputs` from their old ones.
  mlir::linalg::GenericOp
  finish(mlir::ValueRange outputs, llvm::ArrayRef<mlir::AffineMap> maps,
         llvm::ArrayRef<mlir::utils::IteratorType> iterators,
         llvm::function_ref<llvm::SmallVector<mlir::Value>(mlir::OpBuilder &, mlir::ValueRange)>
             results);

  mlir::OpBuilder &builder() { return b; }
  IndexRanges ranges() const { return {extents, symbolSizes}; }
  /// `expr` as a value of index type.
  mlir::Value materialize(mlir::AffineExpr expr);

private:
  // Shape.cpp: where an element of the result lies in the operand.
  bool moveIndex(mlir::Operation *op, llvm::ArrayRef<mlir::AffineExpr> index, Index &source);
  // Joining.cpp: pad, concat, update_slice.
  mlir::Value pad(PadOp op, llvm::ArrayRef<mlir::AffineExpr> index);
  mlir::Value concat(ConcatOp op, llvm::ArrayRef<mlir::AffineExpr> index);
  mlir::Value updateSlice(UpdateSliceOp op, llvm::ArrayRef<mlir::AffineExpr> index);
  // Indexing.cpp: indices known at run time.
  mlir::Value gather(GatherOp op, llvm::ArrayRef<mlir::AffineExpr> index);
  mlir::Value dynamicSlice(DynamicSliceOp op, llvm::ArrayRef<mlir::AffineExpr> index);
  mlir::Value dynamicUpdateSlice(DynamicUpdateSliceOp op, llvm::ArrayRef<mlir::AffineExpr> index);
  bool dynamicStarts(mlir::ValueRange starts, llvm::ArrayRef<int64_t> shape,
                     llvm::ArrayRef<int64_t> sizes, Index &result);
  // Creation.cpp
  mlir::Value constant(ConstantOp op, llvm::ArrayRef<mlir::AffineExpr> index);
  mlir::Value iota(IotaOp op, llvm::ArrayRef<mlir::AffineExpr> index);
  mlir::Value randomBits(RandomBitsOp op, llvm::ArrayRef<mlir::AffineExpr> index);

  mlir::Value compute(mlir::Operation *op, llvm::ArrayRef<mlir::AffineExpr> index);
  mlir::Value read(const Leaf &leaf, mlir::Value value, llvm::ArrayRef<mlir::AffineExpr> index);

  /// A condition on one index: `expr >= 0`, or `expr == 0`.
  struct Condition {
    mlir::AffineExpr expr;
    bool equal = false;
  };
  /// then() where all conditions hold, else otherwise() (of the type of `like`).
  mlir::Value guarded(llvm::ArrayRef<Condition> conditions, mlir::Type elem,
                      llvm::function_ref<mlir::Value()> then,
                      llvm::function_ref<mlir::Value()> otherwise);
  /// A new symbol for a run-time index in [0, size).
  mlir::AffineExpr symbolFor(mlir::Value index, int64_t size);
  /// Reports that `op` failed with `code` where `bad` holds.
  void reportIf(mlir::Value bad, KernelStatus code, mlir::Operation *op,
                mlir::Value value = nullptr, mlir::Value bound = nullptr);
  /// Reports where `op` on `operands` divides an integer by 0.
  void reportDivisionByZero(mlir::Operation *op, mlir::ValueRange operands);
  /// Reports `index` (i64) outside [0, size); gives it clamped.
  mlir::Value checked(mlir::Value index, int64_t size, mlir::Operation *op);

  mlir::OpBuilder &outside;
  mlir::Location loc;
  mlir::Region region;
  mlir::OpBuilder b;
  llvm::SmallVector<int64_t> extents;
  const Leaves &leaves;
  mlir::Value status;
  std::string prefix;

  llvm::SmallVector<mlir::Value> symbols;
  llvm::SmallVector<int64_t> symbolSizes;
  llvm::SmallVector<mlir::Value> dimIndices;
  llvm::SmallVector<std::pair<mlir::Value, mlir::AffineMap>> inputs;

  struct Known {
    mlir::Value value;
    Index index;
    mlir::Value result;
  };
  /// What has been evaluated and is visible here; inner guards pop theirs.
  llvm::SmallVector<Known> known;
  /// Divisors that have been compared with 0, and are visible here: a quotient and
  /// its remainder need one check, and lie side by side for one instruction.
  llvm::SmallVector<mlir::Value> divisors;
};

} // namespace portico

#endif // PORTICO_LOWERING_TOLINALG_BODYBUILDER_H
