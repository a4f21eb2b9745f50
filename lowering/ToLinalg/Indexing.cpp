//===- Indexing.cpp - elements chosen by run-time indices -------------------===//
//
// A run-time index becomes a symbol of the index expressions, so that it passes
// through further data movement like any other.
//
//===----------------------------------------------------------------------===//

#include "lowering/ToLinalg/BodyBuilder.h"
#include "lowering/ToLinalg/Casts.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace portico {

static RankedTensorType tensorType(Value value) { return cast<RankedTensorType>(value.getType()); }

Value BodyBuilder::checked(Value index, int64_t size, Operation *op) {
  Value bound = arith::ConstantIntOp::create(b, loc, size, 64);
  Value zero = arith::ConstantIntOp::create(b, loc, 0, 64);
  // Compared as unsigned, a negative index is too large.
  Value bad = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::uge, index, bound);
  reportIf(bad, KernelStatus::indexOutOfRange, op, index, bound);
  return arith::SelectOp::create(b, loc, bad, zero, index);
}

Value BodyBuilder::gather(GatherOp op, ArrayRef<AffineExpr> index) {
  int64_t batch = op.getBatchDims(), axis = op.getAxis();
  int64_t chosen = tensorType(op.getIndices()).getRank() - batch;
  int64_t size = tensorType(op.getX()).getShape()[axis];
  Type elem = tensorType(op).getElementType();
  Index where(index.begin(), index.begin() + batch);
  where.append(index.begin() + axis, index.begin() + axis + chosen);
  Value k = evaluate(op.getIndices(), where);
  if (!k)
    return nullptr;
  if (!k.getType().isInteger(64))
    k = arith::ExtSIOp::create(b, loc, b.getI64Type(), k);
  k = checked(k, size, op);
  if (size == 0)
    return constantLike(b, loc, computeType(elem), 0);
  Value place = arith::IndexCastOp::create(b, loc, b.getIndexType(), k);
  Index source(index.begin(), index.begin() + axis);
  source.push_back(symbolFor(place, size));
  source.append(index.begin() + axis + chosen, index.end());
  return evaluate(op.getX(), source);
}

/// The window's begin in each dimension, clamped so that it lies within `shape`.
bool BodyBuilder::dynamicStarts(ValueRange starts, ArrayRef<int64_t> shape, ArrayRef<int64_t> sizes,
                                Index &result) {
  for (auto [start, whole, size] : llvm::zip_equal(starts, shape, sizes)) {
    if (whole == size) {
      result.push_back(getAffineConstantExpr(0, b.getContext()));
      continue;
    }
    Value value = evaluate(start, {});
    if (!value)
      return false;
    value = arith::MaxSIOp::create(b, loc, value, arith::ConstantIntOp::create(b, loc, 0, 64));
    value = arith::MinSIOp::create(b, loc, value,
                                   arith::ConstantIntOp::create(b, loc, whole - size, 64));
    Value place = arith::IndexCastOp::create(b, loc, b.getIndexType(), value);
    result.push_back(symbolFor(place, whole - size + 1));
  }
  return true;
}

Value BodyBuilder::dynamicSlice(DynamicSliceOp op, ArrayRef<AffineExpr> index) {
  Index source;
  if (!dynamicStarts(op.getStarts(), tensorType(op.getX()).getShape(), op.getSizes(), source))
    return nullptr;
  for (auto [place, i] : llvm::zip_equal(source, index))
    place = place + i;
  return evaluate(op.getX(), source);
}

Value BodyBuilder::dynamicUpdateSlice(DynamicUpdateSliceOp op, ArrayRef<AffineExpr> index) {
  RankedTensorType update = tensorType(op.getUpdate());
  if (update.getNumElements() == 0)
    return evaluate(op.getX(), index);
  Index source;
  if (!dynamicStarts(op.getStarts(), tensorType(op.getX()).getShape(), update.getShape(), source))
    return nullptr;
  SmallVector<Condition> inside;
  for (auto [place, i, size] : llvm::zip_equal(source, index, update.getShape())) {
    place = i - place;
    inside.push_back({place});
    inside.push_back({(size - 1) - place});
  }
  return guarded(
      inside, update.getElementType(), [&] { return evaluate(op.getUpdate(), source); },
      [&] { return evaluate(op.getX(), index); });
}

} // namespace portico
