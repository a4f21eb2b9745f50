//===- IndexingGradients.cpp - gradient rules of Indexing.td ----------------===//

#include "dialects/portico/IR/Builder.h"
#include "dialects/portico/IR/ProductGradient.h"

using namespace mlir;
using namespace portico;

LogicalResult GatherOp::vjp(OpBuilder &builder, ValueRange cotangents, ArrayRef<bool> needs,
                            SmallVectorImpl<Value> &grads) {
  Expr x(builder, getLoc(), getX());
  grads[0] = x.make<ScatterOp>(x.zeros(x.type()), getIndices(), cotangents[0], getAxis(),
                               getBatchDims(), ScatterCombiner::Add);
  return success();
}

//===----------------------------------------------------------------------===//
// Scatter
//===----------------------------------------------------------------------===//

namespace {
/// What the rules of scatter's combiners share.
struct ScatterRule {
  Expr x, indices, updates, result, dy;
  int64_t axis, batchDims;
  ArrayRef<bool> needs;
  SmallVectorImpl<Value> &grads;

  /// The elements of `value` (shaped as x) that the updates met.
  Expr gather(Expr value) const { return value.make<GatherOp>(value, indices, axis, batchDims); }
  Expr scatter(Expr into, Expr values, ScatterCombiner combiner) const {
    return into.make<ScatterOp>(into, indices, values, axis, batchDims, combiner);
  }
  /// True where an update is the last of those with its index.
  Expr wins() const;

  void set();
  void add();
  void mul();
  void extremum();
};
} // namespace

Expr ScatterRule::wins() const {
  // Whether an update wins depends on its index alone, so this is done on the
  // indices: each writes its position, and reads back who wrote last.
  Dims batch(indices.shape().take_front(batchDims));
  int64_t count = 1;
  for (int64_t size : indices.shape().drop_front(batchDims))
    count *= size;
  Dims flat = batch;
  flat.push_back(count);
  Dims slots = batch;
  slots.push_back(x.dim(axis));

  Expr flatIndices = reshape(indices, flat);
  Expr position = x.iota(flat, batchDims);
  Expr writer = x.splat(RankedTensorType::get(slots, position.dtype()), 0.0);
  writer =
      x.make<ScatterOp>(writer, flatIndices, position, batchDims, batchDims, ScatterCombiner::Set);
  writer = x.make<GatherOp>(writer, flatIndices, batchDims, batchDims);
  Expr won = reshape(eq(writer, position), indices.shape());

  // In the shape of updates, the index dimensions stand where `axis` was in x.
  Dims dims = iotaDims(batchDims);
  for (int64_t i = 0, e = indices.rank() - batchDims; i < e; ++i)
    dims.push_back(axis + i);
  return broadcast(won, updates.shape(), dims);
}

void ScatterRule::set() {
  if (needs[0])
    grads[0] = scatter(dy, updates.splat(0.0), ScatterCombiner::Set);
  if (needs[2])
    grads[2] = select(wins(), gather(dy), 0.0);
}

void ScatterRule::add() {
  grads[0] = dy;
  if (needs[2])
    grads[2] = gather(dy);
}

void ScatterRule::mul() {
  if (needs[0])
    grads[0] = dy * scatter(x.splat(1.0), updates, ScatterCombiner::Mul);
  if (!needs[2])
    return;
  // The groups are the updates of one element, and that element.
  auto product = [&](Expr value) { return scatter(x, value, ScatterCombiner::Mul); };
  auto sum = [&](Expr value) { return scatter(x.splat(0.0), value, ScatterCombiner::Add); };
  auto spread = [&](Expr value) { return gather(value); };
  grads[2] = productGradient(updates, result, dy, {product, sum, spread});
}

// All that equal the result share the cotangent.
void ScatterRule::extremum() {
  Expr mine = eq(x, result), theirs = eq(updates, gather(result));
  Expr ties = scatter(castTo(mine, x.dtype()), castTo(theirs, x.dtype()), ScatterCombiner::Add);
  Expr share = dy / ties;
  if (needs[0])
    grads[0] = select(mine, share, 0.0);
  if (needs[2])
    grads[2] = select(theirs, gather(share), 0.0);
}

LogicalResult ScatterOp::vjp(OpBuilder &builder, ValueRange cotangents, ArrayRef<bool> needs,
                             SmallVectorImpl<Value> &grads) {
  Expr x(builder, getLoc(), getX());
  ScatterRule rule{x,
                   x.of(getIndices()),
                   x.of(getUpdates()),
                   x.of(getResult()),
                   x.of(cotangents[0]),
                   static_cast<int64_t>(getAxis()),
                   static_cast<int64_t>(getBatchDims()),
                   needs,
                   grads};
  switch (getCombiner()) {
  case ScatterCombiner::Set:
    rule.set();
    break;
  case ScatterCombiner::Add:
    rule.add();
    break;
  case ScatterCombiner::Mul:
    rule.mul();
    break;
  case ScatterCombiner::Max:
  case ScatterCombiner::Min:
    rule.extremum();
    break;
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Windows at run-time starts: clamping depends on sizes alone, so the transpose
// clamps alike
//===----------------------------------------------------------------------===//

LogicalResult DynamicSliceOp::vjp(OpBuilder &builder, ValueRange cotangents, ArrayRef<bool> needs,
                                  SmallVectorImpl<Value> &grads) {
  Expr x(builder, getLoc(), getX());
  grads[0] = x.make<DynamicUpdateSliceOp>(x.zeros(x.type()), cotangents[0], getStarts());
  return success();
}

LogicalResult DynamicUpdateSliceOp::vjp(OpBuilder &builder, ValueRange cotangents,
                                        ArrayRef<bool> needs, SmallVectorImpl<Value> &grads) {
  Expr update(builder, getLoc(), getUpdate());
  Expr dy = update.of(cotangents[0]);
  if (needs[0])
    grads[0] = dy.make<DynamicUpdateSliceOp>(dy, update.zeros(update.type()), getStarts());
  if (needs[1])
    grads[1] = dy.make<DynamicSliceOp>(dy, getStarts(), update.shape());
  return success();
}
