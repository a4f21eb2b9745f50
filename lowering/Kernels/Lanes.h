//===- Lanes.h - the body of a generic for a vector of iterations -----------===//
//
// A scalar body (linalg.generic) is evaluated for W neighbouring iterations at
// once. What is the same in all lanes stays scalar; an index that grows by a
// constant from lane to lane stays one scalar and a stride, so that loads turn
// out contiguous, broadcast or gathered; a condition that differs between lanes
// becomes a mask.
//
//===----------------------------------------------------------------------===//

#ifndef PORTICO_LOWERING_KERNELS_LANES_H
#define PORTICO_LOWERING_KERNELS_LANES_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/IR/Builders.h"
#include "llvm/ADT/MapVector.h"

namespace portico {

/// An index in every lane: `base + lane * stride`, or `vector` where it is set.
struct VaryingIndex {
  mlir::Value base;
  int64_t stride = 0;
  mlir::Value vector;

  bool isUniform() const { return !vector && stride == 0; }
};

/// Emits values of W lanes.
class LaneBuilder {
public:
  /// `indexBits` is the width of indices that differ from lane to lane.
  LaneBuilder(mlir::OpBuilder &b, mlir::Location loc, int64_t lanes, unsigned indexBits)
      : b(b), loc(loc), lanes(lanes), indexBits(indexBits) {}

  mlir::OpBuilder &b;
  mlir::Location loc;
  int64_t lanes;
  unsigned indexBits;
  /// Contiguous unmasked stores go around the caches. They have to be aligned to
  /// whole vectors, and their memory is not to be read soon.
  bool streaming = false;

  mlir::Value index(int64_t value);
  mlir::VectorType vectorOf(mlir::Type elem) { return mlir::VectorType::get({lanes}, elem); }
  /// `value` in all lanes; a vector is left alone.
  mlir::Value broadcast(mlir::Value value);
  mlir::Value maskAnd(mlir::Value x, mlir::Value y);

  VaryingIndex uniform(mlir::Value base) { return {base, 0, nullptr}; }
  VaryingIndex add(VaryingIndex x, VaryingIndex y);
  VaryingIndex scale(VaryingIndex x, int64_t factor);
  VaryingIndex divide(VaryingIndex x, int64_t divisor, bool remainder);
  VaryingIndex evaluate(mlir::AffineExpr expr, llvm::ArrayRef<VaryingIndex> dims,
                        llvm::ArrayRef<VaryingIndex> symbols);
  /// One vector of integers of `indexBits`.
  mlir::Value materialize(VaryingIndex x);
  /// As i64: a scalar where uniform, else a vector.
  mlir::Value toInteger(VaryingIndex x);
  VaryingIndex fromInteger(mlir::Value x);

  /// Reads the flat `memref`; only lanes of `mask` (if any) touch memory.
  mlir::Value load(mlir::Value memref, VaryingIndex at, mlir::Value mask, bool guarded);
  void store(mlir::Value value, mlir::Value memref, VaryingIndex at, mlir::Value mask);
  /// A mask of the first `count` (an index) lanes.
  mlir::Value firstLanes(mlir::Value count);
};

/// Where a memref of the linalg function lies in the kernel function.
struct Place {
  /// A flat memref, indexed by the operand's flat address or, where set, by `at`.
  mlir::Value memref;
  /// Or the very value, for what an earlier stage left in registers.
  mlir::Value value;
  std::optional<VaryingIndex> at;
};

/// Evaluates one body at one place of the loop nest.
class LaneBody {
public:
  /// `accesses[k]` is the flat address of operand k, `dims` the loop dimensions,
  /// `indexExprs` what the index values of the body are in terms of them.
  LaneBody(LaneBuilder &lanes, mlir::linalg::GenericOp generic,
           llvm::ArrayRef<mlir::AffineExpr> accesses,
           const llvm::DenseMap<mlir::Value, mlir::AffineExpr> &indexExprs,
           llvm::ArrayRef<VaryingIndex> dims, mlir::Value mask,
           llvm::function_ref<Place(mlir::Value memref)> place)
      : lanes(lanes), generic(generic), accesses(accesses), indexExprs(indexExprs), dims(dims),
        tail(mask), mask(mask), place(place) {}

  /// Evaluates the ops of the body that do not depend on the outputs' old
  /// elements, and returns what `wanted`, values of the body, are.
  llvm::SmallVector<mlir::Value> run(mlir::ValueRange wanted);

  /// Loads operand `k`, unless it is known from `preloaded`.
  mlir::Value operand(unsigned k);
  /// Values of operands that the caller has already: loaded before the loop, or
  /// put through a transposition.
  llvm::DenseMap<unsigned, mlir::Value> preloaded;

private:
  void runBlock(mlir::Block &block);
  void runOp(mlir::Operation &op);
  void runIf(mlir::Operation &op);
  void report(mlir::Operation &op, mlir::Value condition);
  mlir::Value lookup(mlir::Value value);
  VaryingIndex lookupIndex(mlir::Value value);
  bool dependsOnOutput(mlir::Operation &op);

  LaneBuilder &lanes;
  mlir::linalg::GenericOp generic;
  llvm::ArrayRef<mlir::AffineExpr> accesses;
  const llvm::DenseMap<mlir::Value, mlir::AffineExpr> &indexExprs;
  llvm::ArrayRef<VaryingIndex> dims;
  /// The lanes within the loop, and those of them that a guard lets through.
  mlir::Value tail, mask;
  bool guarded = false;
  llvm::function_ref<Place(mlir::Value memref)> place;
  llvm::DenseMap<mlir::Value, mlir::Value> values;
  llvm::DenseMap<mlir::Value, VaryingIndex> indices;
  llvm::DenseSet<mlir::Value> skipped;
};

} // namespace portico

#endif // PORTICO_LOWERING_KERNELS_LANES_H
