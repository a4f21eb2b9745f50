//===- ContractionGradients.cpp - gradient rules of Contraction.td ----------===//

#include "dialects/portico/IR/Builder.h"

using namespace mlir;
using namespace portico;

//===----------------------------------------------------------------------===//
// dot_general
//===----------------------------------------------------------------------===//

namespace {
/// One side of a dot_general: a value and the roles of its dimensions.
struct Side {
  Expr value;
  Dims batch, contract;
  Dims free() const {
    Dims taken = batch;
    taken.append(contract);
    return otherDims(value.rank(), taken);
  }
};
} // namespace

/// The contraction of `a` and `b`. `aNames[i]` and `bNames[i]` say which
/// dimension of the wanted result free dimension `i` of each side is; batch
/// dimension `i` is dimension `batchNames[i]`.
static Expr contractInto(const Side &a, const Side &b, ArrayRef<int64_t> batchNames,
                         ArrayRef<int64_t> aNames, ArrayRef<int64_t> bNames, bool allowTf32) {
  auto orderOf = [&](ArrayRef<int64_t> first, ArrayRef<int64_t> second) {
    Dims names(batchNames);
    names.append(first.begin(), first.end());
    names.append(second.begin(), second.end());
    return inverse(names);
  };
  auto dot = [=](const Side &lhs, const Side &rhs) {
    return lhs.value.make<DotGeneralOp>(lhs.value, rhs.value, lhs.batch, rhs.batch, lhs.contract,
                                        rhs.contract, allowTf32);
  };
  // Of the two orders of operands take the one that needs no permute after it.
  Dims swapped = orderOf(bNames, aNames);
  if (llvm::is_sorted(swapped))
    return dot(b, a);
  return permute(dot(a, b), orderOf(aNames, bNames));
}

LogicalResult DotGeneralOp::vjp(OpBuilder &builder, ValueRange cotangents, ArrayRef<bool> needs,
                                SmallVectorImpl<Value> &grads) {
  Expr dy(builder, getLoc(), cotangents[0]);
  Side lhs{dy.of(getLhs()), Dims(getLhsBatch()), Dims(getLhsContract())};
  Side rhs{dy.of(getRhs()), Dims(getRhsBatch()), Dims(getRhsContract())};
  Dims lhsFree = lhs.free(), rhsFree = rhs.free();
  int64_t batch = lhs.batch.size();
  Dims dyBatch = iotaDims(batch);
  Dims dyLhs = iotaDims(lhsFree.size(), batch);
  Dims dyRhs = iotaDims(rhsFree.size(), batch + lhsFree.size());

  // The gradient of `mine`: dy with `other` contracted along other's free
  // dimensions. What stays of other are its contracted dimensions, in ascending
  // order; each is named after its partner in mine.
  auto gradient = [&](const Side &mine, const Side &other, const Dims &mineFree,
                      const Dims &otherFree, const Dims &dyOther) {
    Dims ascending = iotaDims(other.contract.size());
    llvm::sort(ascending,
               [&](int64_t i, int64_t j) { return other.contract[i] < other.contract[j]; });
    return contractInto(Side{dy, dyBatch, dyOther}, Side{other.value, other.batch, otherFree},
                        mine.batch, mineFree, pick(mine.contract, ascending), getAllowTf32());
  };
  if (needs[0])
    grads[0] = gradient(lhs, rhs, lhsFree, rhsFree, dyRhs);
  if (needs[1])
    grads[1] = gradient(rhs, lhs, rhsFree, lhsFree, dyLhs);
  return success();
}

//===----------------------------------------------------------------------===//
// The trilinear form <dy, conv(x, w)>: the gradient of one partial contraction
// is another one
//===----------------------------------------------------------------------===//

/// What the three convolution ops have in common.
template <typename Op> static auto convolution(Op op, Expr x, Expr w) {
  return x.make<ConvolutionOp>(x, w, op.getStrides(), op.getPadding(), op.getDilations(),
                               op.getGroups(), op.getAllowTf32());
}
template <typename Op> static auto inputGrad(Op op, Expr dy, Expr w, Expr x) {
  return dy.make<ConvolutionInputGradOp>(dy, w, x.shape().drop_front(2), op.getStrides(),
                                         op.getPadding(), op.getDilations(), op.getGroups(),
                                         op.getAllowTf32());
}
template <typename Op> static auto filterGrad(Op op, Expr x, Expr dy, Expr w) {
  return x.make<ConvolutionFilterGradOp>(x, dy, w.shape().drop_front(2), op.getStrides(),
                                         op.getPadding(), op.getDilations(), op.getGroups(),
                                         op.getAllowTf32());
}

LogicalResult ConvolutionOp::vjp(OpBuilder &builder, ValueRange cotangents, ArrayRef<bool> needs,
                                 SmallVectorImpl<Value> &grads) {
  Expr x(builder, getLoc(), getX());
  Expr w = x.of(getW()), dy = x.of(cotangents[0]);
  if (needs[0])
    grads[0] = inputGrad(*this, dy, w, x);
  if (needs[1])
    grads[1] = filterGrad(*this, x, dy, w);
  return success();
}

LogicalResult ConvolutionInputGradOp::vjp(OpBuilder &builder, ValueRange cotangents,
                                          ArrayRef<bool> needs, SmallVectorImpl<Value> &grads) {
  Expr x(builder, getLoc(), cotangents[0]); // the cotangent stands where x was
  Expr w = x.of(getW()), dy = x.of(getDy());
  if (needs[0])
    grads[0] = convolution(*this, x, w);
  if (needs[1])
    grads[1] = filterGrad(*this, x, dy, w);
  return success();
}

LogicalResult ConvolutionFilterGradOp::vjp(OpBuilder &builder, ValueRange cotangents,
                                           ArrayRef<bool> needs, SmallVectorImpl<Value> &grads) {
  Expr w(builder, getLoc(), cotangents[0]); // the cotangent stands where w was
  Expr x = w.of(getX()), dy = w.of(getDy());
  if (needs[0])
    grads[0] = inputGrad(*this, dy, w, x);
  if (needs[1])
    grads[1] = convolution(*this, x, w);
  return success();
}
