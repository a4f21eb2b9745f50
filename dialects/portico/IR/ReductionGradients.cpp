//===- ReductionGradients.cpp - gradient rules of Reduction.td --------------===//

#include "dialects/portico/IR/Builder.h"
#include "dialects/portico/IR/ProductGradient.h"

#include <cmath>

using namespace mlir;
using namespace portico;

/// Dimension `axis` moved to the end, and back.
static Expr toLast(Expr x, int64_t axis) { return permute(x, axisLast(x.rank(), axis)); }
static Expr fromLast(Expr x, int64_t axis) { return permute(x, inverse(axisLast(x.rank(), axis))); }

static Expr scan(Expr x, ReduceKind kind, int64_t axis, bool reverse) {
  return x.make<ScanOp>(x, kind, axis, reverse);
}

/// Adds each element of `values` to the element of a zero tensor shaped as `like`
/// that `indices` names along `axis`; the other dimensions are those of `values`.
static Expr addAlong(Expr like, Expr indices, Expr values, int64_t axis) {
  Expr zeros = toLast(like.zeros(like.type()), axis);
  int64_t last = like.rank() - 1;
  Expr sum = zeros.make<ScatterOp>(zeros, toLast(indices, axis), toLast(values, axis), last, last,
                                   ScatterCombiner::Add);
  return fromLast(sum, axis);
}

//===----------------------------------------------------------------------===//
// reduce
//===----------------------------------------------------------------------===//

/// Along the last axis, the product of all elements but the one at each place.
/// Division by an element that is 0 cannot give it: the product of what is before
/// and of what is after can, and so can its derivatives.
static Expr productOfOthers(Expr x) {
  int64_t axis = x.rank() - 1, count = x.dim(axis);
  Dims starts(x.rank(), 0), limits(x.shape()), low(x.rank(), 0), high(x.rank(), 0);
  limits[axis] = count - 1;
  low[axis] = 1;
  Expr before = pad(scan(slice(x, starts, limits), ReduceKind::Prod, axis, false), 1.0, low, high);
  starts[axis] = 1;
  limits[axis] = count;
  std::swap(low, high);
  Expr after = pad(scan(slice(x, starts, limits), ReduceKind::Prod, axis, true), 1.0, low, high);
  return before * after;
}

LogicalResult ReduceOp::vjp(OpBuilder &builder, ValueRange cotangents, ArrayRef<bool> needs,
                            SmallVectorImpl<Value> &grads) {
  Expr x(builder, getLoc(), getX());
  Dims kept = otherDims(x.rank(), getAxes());
  auto repeat = [&](Expr value) { return broadcast(value, x.shape(), kept); };
  Expr dy = x.of(cotangents[0]);
  switch (getKind()) {
  case ReduceKind::Sum:
    grads[0] = repeat(dy);
    break;
  case ReduceKind::Prod: {
    if (x.type().getNumElements() == 0) {
      grads[0] = x.splat(0.0);
      break;
    }
    Dims order = kept, axes = otherDims(x.rank(), kept);
    order.append(axes);
    Expr ordered = permute(x, order);
    Dims flat = pick(x.shape(), kept);
    flat.push_back(1);
    for (int64_t axis : axes)
      flat.back() *= x.dim(axis);
    Expr others = reshape(productOfOthers(reshape(ordered, flat)), ordered.shape());
    grads[0] = repeat(dy) * permute(others, inverse(order));
    break;
  }
  case ReduceKind::Max:
  case ReduceKind::Min: {
    // All that equal the result share the cotangent.
    Expr wins = eq(x, repeat(x.of(getResult())));
    Expr ties = reduce(castTo(wins, x.dtype()), ReduceKind::Sum, getAxes());
    grads[0] = select(wins, repeat(dy / ties), 0.0);
    break;
  }
  }
  return success();
}

//===----------------------------------------------------------------------===//
// scan
//===----------------------------------------------------------------------===//

/// dx[k] is the sum over all i that come after k, k included, of
/// dy[i] * prod(x[j] for j up to i, j != k), which is dy[i] * y[i] / x[k] unless
/// x[k] is 0. At the first 0 of a line the product without it is y of the line
/// with a 1 in its place. At the second it is that, too: its value is 0, as the first
/// is in it, but its derivative in the first is not. At a later 0 every product holds
/// two others, and so does every first derivative.
static Expr scanProdGradient(Expr x, Expr y, Expr dy, int64_t axis, bool reverse) {
  Expr zero = eq(x, 0.0);
  // Counted in i64: f16 and bf16 cannot count far.
  Expr zeros = castTo(zero, IntegerType::get(x.type().getContext(), 64));
  Expr number = scan(zeros, ReduceKind::Sum, axis, reverse);
  Expr first = zero & eq(number, 1.0), second = zero & eq(number, 2.0);
  auto sumAfter = [&](Expr value) { return scan(dy * value, ReduceKind::Sum, axis, !reverse); };
  auto without = [&](Expr at) {
    return sumAfter(scan(select(at, 1.0, x), ReduceKind::Prod, axis, reverse));
  };
  Expr atLater = select(second, without(second), 0.0);
  Expr elsewhere = sumAfter(y) / select(zero, 1.0, x);
  return select(first, without(first), select(zero, atLater, elsewhere));
}

/// The cotangent goes to the latest element that equals the running result. A
/// nan is the result from its place on.
static Expr scanExtremumGradient(Expr x, Expr y, Expr dy, int64_t axis, bool reverse) {
  Expr here = x.iota(x.shape(), axis);
  Expr wins = x.make<OrOp>(eq(x, y), ne(x, x));
  double first = reverse ? double(x.dim(axis) - 1) : 0.0;
  Expr winner =
      scan(select(wins, here, first), reverse ? ReduceKind::Min : ReduceKind::Max, axis, reverse);
  return addAlong(x, winner, dy, axis);
}

LogicalResult ScanOp::vjp(OpBuilder &builder, ValueRange cotangents, ArrayRef<bool> needs,
                          SmallVectorImpl<Value> &grads) {
  Expr x(builder, getLoc(), getX());
  Expr y = x.of(getResult()), dy = x.of(cotangents[0]);
  int64_t axis = getAxis();
  switch (getKind()) {
  case ReduceKind::Sum:
    grads[0] = scan(dy, ReduceKind::Sum, axis, !getReverse());
    break;
  case ReduceKind::Prod:
    grads[0] = scanProdGradient(x, y, dy, axis, getReverse());
    break;
  case ReduceKind::Max:
  case ReduceKind::Min:
    grads[0] = scanExtremumGradient(x, y, dy, axis, getReverse());
    break;
  }
  return success();
}

//===----------------------------------------------------------------------===//
// reduce_window
//===----------------------------------------------------------------------===//

/// The transpose of the window sum: each element of x receives the sum of `dy`
/// over the windows it is in. With a stride of 1 that is a window sum again, as
/// the window is symmetric; a stride puts zeros between the elements of dy.
static Expr windowSumTranspose(ReduceWindowOp op, Expr x, Expr dy) {
  int64_t trailing = op.getWindow().size(), leading = x.rank() - trailing;
  if (dy.type().getNumElements() == 0 || x.type().getNumElements() == 0)
    return x.splat(0.0);

  Dims spread(dy.shape()), strides(x.rank(), 1), origin(x.rank(), 0);
  for (int64_t i = 0; i < trailing; ++i) {
    strides[leading + i] = op.getStrides()[i];
    spread[leading + i] = (dy.dim(leading + i) - 1) * op.getStrides()[i] + 1;
  }
  dy = updateSlice(dy.zeros(RankedTensorType::get(spread, dy.dtype())), dy, origin, strides);

  // Windows that lie in the padding of x by themselves begin before x does: there
  // the transposed padding is negative, and dy is cut.
  Dims starts(x.rank(), 0), limits = spread, low, high, ones(trailing, 1);
  for (int64_t i = 0; i < trailing; ++i) {
    int64_t dim = leading + i, reach = op.getDilations()[i] * (op.getWindow()[i] - 1);
    int64_t before = reach - op.getLow()[i];
    int64_t after = x.dim(dim) + op.getLow()[i] - spread[dim];
    starts[dim] = std::max<int64_t>(0, -before);
    limits[dim] += std::min<int64_t>(0, after);
    low.push_back(std::max<int64_t>(0, before));
    high.push_back(std::max<int64_t>(0, after));
    if (starts[dim] >= limits[dim]) // every window lies in the padding
      return x.splat(0.0);
  }
  dy = slice(dy, starts, limits);
  return dy.make<ReduceWindowOp>(dy, ReduceKind::Sum, op.getWindow(), ones, op.getDilations(), low,
                                 high);
}

static Expr windowReduce(ReduceWindowOp op, Expr x, ReduceKind kind) {
  return x.make<ReduceWindowOp>(x, kind, op.getWindow(), op.getStrides(), op.getDilations(),
                                op.getLow(), op.getHigh());
}

static Expr windowProdGradient(ReduceWindowOp op, Expr x, Expr dy) {
  auto product = [&](Expr value) { return windowReduce(op, value, ReduceKind::Prod); };
  auto sum = [&](Expr value) { return windowReduce(op, value, ReduceKind::Sum); };
  auto spread = [&](Expr value) { return windowSumTranspose(op, x, value); };
  return productGradient(x, product(x), dy, {product, sum, spread});
}

/// True where every window has an element of x, as arg_reduce_window wants it.
static bool windowsMeetOperand(ReduceWindowOp op, Expr x, Expr y) {
  int64_t trailing = op.getWindow().size(), leading = x.rank() - trailing;
  for (int64_t i = 0; i < trailing; ++i) {
    int64_t size = x.dim(leading + i), low = op.getLow()[i], dilation = op.getDilations()[i];
    for (int64_t at = 0; at < y.dim(leading + i); ++at) {
      int64_t start = at * op.getStrides()[i] - low;
      int64_t skipped = start < 0 ? (-start + dilation - 1) / dilation : 0;
      if (skipped >= op.getWindow()[i] || start + skipped * dilation >= size)
        return false;
    }
  }
  return true;
}

/// The cotangent of a window goes to the first of its largest (smallest) elements.
static Expr windowExtremumGradient(ReduceWindowOp op, Expr x, Expr dy) {
  int64_t trailing = op.getWindow().size(), leading = x.rank() - trailing;
  Dims low(trailing, 0), high(trailing, 0), border(leading, 0), borderHigh(leading, 0);
  border.append(op.getLow().begin(), op.getLow().end());
  borderHigh.append(op.getHigh().begin(), op.getHigh().end());
  bool inside = windowsMeetOperand(op, x, dy);
  Expr source = x;
  if (inside) {
    low = Dims(op.getLow());
    high = Dims(op.getHigh());
  } else {
    // A window of padding alone has an index only where the padding is real.
    double identity = op.getKind() == ReduceKind::Max ? -INFINITY : INFINITY;
    source = pad(x, identity, border, borderHigh);
  }
  Expr winner = x.make<ArgReduceWindowOp>(source, op.getKind(), op.getWindow(), op.getStrides(),
                                          op.getDilations(), low, high);
  auto flatten = [&](Expr value) {
    Dims flat(value.shape().take_front(leading));
    flat.push_back(1);
    for (int64_t size : value.shape().drop_front(leading))
      flat.back() *= size;
    return reshape(value, flat);
  };
  Expr sum = x.make<ScatterOp>(flatten(source.splat(0.0)), flatten(winner), flatten(dy), leading,
                               leading, ScatterCombiner::Add);
  sum = reshape(sum, source.shape());
  if (inside)
    return sum;
  Dims limits;
  for (int64_t i = 0; i < x.rank(); ++i)
    limits.push_back(border[i] + x.dim(i));
  return slice(sum, border, limits);
}

LogicalResult ReduceWindowOp::vjp(OpBuilder &builder, ValueRange cotangents, ArrayRef<bool> needs,
                                  SmallVectorImpl<Value> &grads) {
  Expr x(builder, getLoc(), getX());
  Expr dy = x.of(cotangents[0]);
  switch (getKind()) {
  case ReduceKind::Sum:
    grads[0] = windowSumTranspose(*this, x, dy);
    break;
  case ReduceKind::Prod:
    grads[0] = windowProdGradient(*this, x, dy);
    break;
  case ReduceKind::Max:
  case ReduceKind::Min:
    grads[0] = windowExtremumGradient(*this, x, dy);
    break;
  }
  return success();
}

//===----------------------------------------------------------------------===//
// sort
//===----------------------------------------------------------------------===//

LogicalResult SortOp::vjp(OpBuilder &builder, ValueRange cotangents, ArrayRef<bool> needs,
                          SmallVectorImpl<Value> &grads) {
  Expr x(builder, getLoc(), getX());
  grads[0] = addAlong(x, x.of(getIndices()), x.of(cotangents[0]), getAxis());
  return success();
}
