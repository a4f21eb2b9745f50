//===- Window.cpp - sliding windows (pooling) -------------------------------===//
//
// A window is a box, and the functions are associative: a row of results is made
// in two passes, both on contiguous vectors.
//
//   rows [x0] [x1] [x2] of the window  --combine down-->  line, with the identity
//   line  --combine `window` shifted copies-->  a row of results
//
// Items are rows of results. arg_reduce_window carries the flat index along:
// padding has the largest index there is, so that a real element wins a tie and
// the first of several wins.
//
//===----------------------------------------------------------------------===//

#include "lowering/Kernels/Combine.h"
#include "lowering/Kernels/KernelForm.h"
#include "lowering/Kernels/MatmulStrategy.h"
#include "lowering/Kernels/MatmulTile.h"
#include "lowering/Kernels/Simt/PerItem.h"
#include "lowering/ToLinalg/Casts.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

#include <limits>

using namespace mlir;
using namespace portico;

namespace {

struct WindowDim {
  int64_t size, window, stride, dilation, low, results;
};

class WindowLowering {
public:
  WindowLowering(KernelOp kernel, Operation *op, const TargetInfo &target, ModuleOp out,
                 StringRef name, KernelABI &abi);
  void lower();

private:
  /// A vector of values and, for arg_reduce_window, of their flat indices.
  using Best = LoopEmitter::Values;

  Best none(PhaseFunction &e, int64_t lanes);
  Best better(PhaseFunction &e, ValueRange x, ValueRange y);
  Best combineRows(PhaseFunction &e, Value xIndex, Value flat, ArrayRef<Value> results, Value j,
                   int64_t lanes);
  Value loadLine(PhaseFunction &e, Value line, Value at, int64_t lanes);
  void emitRow(PhaseFunction &e, Value item);
  void emitElement(PhaseFunction &e, Value item);

  KernelOp kernel;
  Operation *op;
  ModuleOp out;
  StringRef name;
  KernelABI &abi;
  const std::optional<SimtInfo> &simt;
  ReduceKind kind;
  bool wantIndex;
  SmallVector<WindowDim> dims;
  int64_t leading = 1, lanes = 1, lineSize = 0, columns = 0;
  Type elem, type;
  Value line, indexLine;
};

} // namespace

template <typename Op> static SmallVector<WindowDim> dimsOf(Op op) {
  ArrayRef<int64_t> shape = shapeOf(op.getX()), results = shapeOf(op.getResult());
  size_t first = shape.size() - op.getWindow().size();
  SmallVector<WindowDim> dims;
  for (size_t i = 0; i < op.getWindow().size(); ++i)
    dims.push_back({shape[first + i], op.getWindow()[i], op.getStrides()[i], op.getDilations()[i],
                    op.getLow()[i], results[first + i]});
  // A window over no dimension is a window of one over a dimension of one.
  if (dims.empty())
    dims.push_back({1, 1, 1, 1, 0, 1});
  return dims;
}

WindowLowering::WindowLowering(KernelOp kernel, Operation *op, const TargetInfo &target,
                               ModuleOp out, StringRef name, KernelABI &abi)
    : kernel(kernel), op(op), out(out), name(name), abi(abi), simt(target.simt) {
  wantIndex = isa<ArgReduceWindowOp>(op);
  if (auto arg = dyn_cast<ArgReduceWindowOp>(op)) {
    kind = arg.getKind();
    dims = dimsOf(arg);
  } else {
    kind = cast<ReduceWindowOp>(op).getKind();
    dims = dimsOf(cast<ReduceWindowOp>(op));
  }
  elem = elementTypeOf(op->getOperand(0));
  type = computeType(elem);
  lanes = lanesFor(type, target);
  int64_t windowed = 1;
  for (const WindowDim &dim : dims)
    windowed *= dim.results;
  leading = windowed == 0 ? 0 : elementsOf(op->getResult(0)) / windowed;
}

WindowLowering::Best WindowLowering::none(PhaseFunction &e, int64_t n) {
  Best best{identityOf(e.b, e.loc, kind, elem, LoopEmitter::vectorOf(type, n))};
  if (wantIndex)
    best.push_back(intConstantLike(e.b, e.loc, LoopEmitter::vectorOf(e.b.getI32Type(), n),
                                   std::numeric_limits<int32_t>::max()));
  return best;
}

WindowLowering::Best WindowLowering::better(PhaseFunction &e, ValueRange x, ValueRange y) {
  OpBuilder &b = e.b;
  if (!wantIndex)
    return {combine(b, e.loc, kind, elem, x[0], y[0])};
  Value wins, tie;
  bool max = kind == ReduceKind::Max;
  if (isa<FloatType>(type)) {
    using P = arith::CmpFPredicate;
    auto compare = [&](P p, Value l, Value r) -> Value {
      return arith::CmpFOp::create(b, e.loc, p, l, r);
    };
    auto both = [&](Value l, Value r) -> Value { return arith::AndIOp::create(b, e.loc, l, r); };
    auto either = [&](Value l, Value r) -> Value { return arith::OrIOp::create(b, e.loc, l, r); };
    Value yNan = compare(P::UNO, y[0], y[0]), xNan = compare(P::UNO, x[0], x[0]);
    Value xNumber = compare(P::ORD, x[0], x[0]);
    wins = either(compare(max ? P::OGT : P::OLT, y[0], x[0]), both(yNan, xNumber));
    tie = either(compare(P::OEQ, y[0], x[0]), both(yNan, xNan));
  } else {
    using P = arith::CmpIPredicate;
    bool isUnsigned = elem.isUnsignedInteger();
    P p = max ? (isUnsigned ? P::ugt : P::sgt) : (isUnsigned ? P::ult : P::slt);
    wins = arith::CmpIOp::create(b, e.loc, p, y[0], x[0]);
    tie = arith::CmpIOp::create(b, e.loc, P::eq, y[0], x[0]);
  }
  Value first = arith::CmpIOp::create(b, e.loc, arith::CmpIPredicate::slt, y[1], x[1]);
  tie = arith::AndIOp::create(b, e.loc, tie, first);
  wins = arith::OrIOp::create(b, e.loc, wins, tie);
  return {arith::SelectOp::create(b, e.loc, wins, y[0], x[0]),
          arith::SelectOp::create(b, e.loc, wins, y[1], x[1])};
}

/// Where the window of a result begins, and its taps [lo, hi) that meet the tensor.
static std::tuple<Value, Value, Value> tapsOf(PhaseFunction &e, const WindowDim &d, Value result) {
  Value base = e.sub(e.mul(result, d.stride), d.low);
  Value before = e.max(e.sub(e.idx(0), base), 0);
  Value lo = e.div(e.add(before, d.dilation - 1), d.dilation);
  Value inside = e.max(e.sub(e.idx(d.size), base), 0);
  Value hi = e.min(e.div(e.add(inside, d.dilation - 1), d.dilation), d.window);
  return {base, lo, hi};
}

/// The rows of one window, combined: columns j.. of x.
WindowLowering::Best WindowLowering::combineRows(PhaseFunction &e, Value xIndex, Value flat,
                                                 ArrayRef<Value> results, Value j, int64_t n) {
  SmallVector<int64_t> shape;
  for (const WindowDim &dim : dims)
    shape.push_back(dim.size);
  SmallVector<int64_t> strides = rowMajorStrides(shape);
  TypedMemory x{e.inputs[cast<BlockArgument>(op->getOperand(0)).getArgNumber()], elem};
  Type i32 = e.b.getI32Type();
  std::function<Best(size_t, Value, ValueRange)> level = [&](size_t i, Value at,
                                                             ValueRange best) -> Best {
    if (i + 1 == dims.size()) {
      Best found{loadTypedVector(e, x, e.add(e.add(xIndex, at), j), n)};
      if (wantIndex) {
        Value first = e.splat(e.indexToInt(e.add(at, j), i32), n);
        if (n > 1) {
          SmallVector<int32_t> lane(n);
          for (int64_t l = 0; l < n; ++l)
            lane[l] = l;
          auto steps = DenseElementsAttr::get(VectorType::get({n}, i32), ArrayRef<int32_t>(lane));
          first = arith::AddIOp::create(e.b, e.loc, first,
                                        arith::ConstantOp::create(e.b, e.loc, steps));
        }
        found.push_back(first);
      }
      return better(e, best, found);
    }
    auto [base, lo, hi] = tapsOf(e, dims[i], results[i]);
    return e.loop(lo, hi, 1, best, [&, base = base](Value k, ValueRange inner) {
      Value row = e.add(base, e.mul(k, dims[i].dilation));
      return level(i + 1, e.add(at, e.mul(row, strides[i])), inner);
    });
  };
  return level(0, flat, none(e, n));
}

/// Elements at, at + stride, .. of a line.
Value WindowLowering::loadLine(PhaseFunction &e, Value from, Value at, int64_t n) {
  int64_t stride = dims.back().stride;
  if (n == 1)
    return e.load(from, at);
  if (stride == 1)
    return e.loadVector(from, at, n);
  if (stride == 2) {
    SmallVector<int64_t> even(n);
    for (int64_t l = 0; l < n; ++l)
      even[l] = 2 * l;
    return vector::ShuffleOp::create(e.b, e.loc, e.loadVector(from, at, n),
                                     e.loadVector(from, e.add(at, n), n), even);
  }
  SmallVector<Value> elements;
  for (int64_t l = 0; l < n; ++l)
    elements.push_back(e.load(from, e.add(at, l * stride)));
  return vector::FromElementsOp::create(e.b, e.loc, VectorType::get({n}, elements[0].getType()),
                                        elements);
}

void WindowLowering::emitRow(PhaseFunction &e, Value item) {
  const WindowDim &row = dims.back();
  SmallVector<int64_t> sizes{leading};
  int64_t volume = row.size;
  for (const WindowDim &dim : ArrayRef<WindowDim>(dims).drop_back()) {
    sizes.push_back(dim.results);
    volume *= dim.size;
  }
  auto index = e.delinearize(item, sizes);
  Value xIndex = e.mul(index[0], volume);
  ArrayRef<Value> results = ArrayRef<Value>(index).drop_front();

  e.loopLanes(columns, lanes, [&](Value j, int64_t n) {
    Best best = combineRows(e, xIndex, e.idx(0), results, j, n);
    Value to = e.add(j, row.low);
    auto store = [&](Value value, Value memory) {
      n > 1 ? e.storeVector(value, memory, to) : e.store(value, memory, to);
    };
    store(best[0], line);
    if (wantIndex)
      store(best[1], indexLine);
  });
  Value outIndex = e.mul(item, row.results);
  e.loopLanes(row.results, lanes, [&](Value j, int64_t n) {
    Value at = e.mul(j, row.stride);
    Best best =
        e.loop(e.idx(0), e.idx(row.window), 1, none(e, n), [&](Value k, ValueRange running) {
          Value from = e.add(at, e.mul(k, row.dilation));
          Best found{loadLine(e, line, from, n)};
          if (wantIndex)
            found.push_back(loadLine(e, indexLine, from, n));
          return better(e, running, found);
        });
    Value result = best[0];
    if (wantIndex) {
      // Every window has a real element (arg_reduce_window_c6), and it won.
      result =
          arith::ExtSIOp::create(e.b, e.loc, LoopEmitter::vectorOf(e.b.getI64Type(), n), best[1]);
    } else {
      result = toStorage(e.b, e.loc, result, elem);
    }
    Value to = e.add(outIndex, j);
    n > 1 ? e.storeVector(result, e.results[0], to) : e.store(result, e.results[0], to);
  });
}

/// One result by one work-item: the elements that its window meets, in order.
void WindowLowering::emitElement(PhaseFunction &e, Value item) {
  SmallVector<int64_t> sizes{leading}, shape;
  int64_t volume = 1;
  for (const WindowDim &dim : dims) {
    sizes.push_back(dim.results);
    shape.push_back(dim.size);
    volume *= dim.size;
  }
  auto index = e.delinearize(item, sizes);
  SmallVector<int64_t> strides = rowMajorStrides(shape);
  TypedMemory x{e.inputs[cast<BlockArgument>(op->getOperand(0)).getArgNumber()], elem};
  std::function<Best(size_t, Value, ValueRange)> level = [&](size_t i, Value flat,
                                                             ValueRange best) -> Best {
    if (i == dims.size()) {
      Best found{loadTyped(e, x, e.add(e.mul(index[0], volume), flat))};
      if (wantIndex)
        found.push_back(e.indexToInt(flat, e.b.getI32Type()));
      return better(e, best, found);
    }
    auto [base, lo, hi] = tapsOf(e, dims[i], index[i + 1]);
    return e.loop(lo, hi, 1, best, [&, base = base](Value k, ValueRange inner) {
      Value place = e.add(base, e.mul(k, dims[i].dilation));
      return level(i + 1, e.add(flat, e.mul(place, strides[i])), inner);
    });
  };
  Best best = level(0, e.idx(0), none(e, 1));
  Value result = wantIndex ? Value(arith::ExtSIOp::create(e.b, e.loc, e.b.getI64Type(), best[1]))
                           : toStorage(e.b, e.loc, best[0], elem);
  e.store(result, e.results[0], item);
}

void WindowLowering::lower() {
  if (simt) {
    int64_t results = elementsOf(op->getResult(0));
    return emitPerItem(kernel, out, name, abi, results, *simt,
                       [&](PhaseFunction &e, Value item) { emitElement(e, item); });
  }
  const WindowDim &row = dims.back();
  // A strided vector load reads one vector past the last element it takes.
  int64_t needed =
      row.results == 0 ? 0 : (row.results - 1) * row.stride + (row.window - 1) * row.dilation + 1;
  columns = std::clamp<int64_t>(needed - row.low, 0, row.size);
  lineSize = roundUp(std::max(needed, row.low + columns) + 2 * lanes, 16);
  int64_t valueBytes = alignBytes(lineSize * (type.getIntOrFloatBitWidth() / 8));
  abi.scratchBytes = valueBytes + (wantIndex ? alignBytes(lineSize * 4) : 0);

  int64_t extent = row.results == 0 ? 0 : elementsOf(op->getResult(0)) / row.results;
  double taps = row.window;
  for (const WindowDim &dim : dims)
    taps += dim.window;
  PhaseFunction e(kernel, out, name, abi, extent, grainFor(double(row.results) * taps / 4));
  line = e.view(e.scratch, 0, lineSize, type);
  if (wantIndex)
    indexLine = e.view(e.scratch, valueBytes, lineSize, e.b.getI32Type());
  // What lies around the row stays the identity.
  Best fill = none(e, 1);
  e.loop(0, lineSize, 1, [&](Value i) {
    e.store(fill[0], line, i);
    if (wantIndex)
      e.store(fill[1], indexLine, i);
  });
  e.loop(e.begin, e.end, 1, [&](Value item) { emitRow(e, item); });
}

LogicalResult portico::lowerWindowKernel(KernelOp kernel, const TargetInfo &target, ModuleOp out,
                                         StringRef name, KernelABI &abi) {
  Operation *op = soleOp(kernel);
  if (!isa_and_present<ReduceWindowOp, ArgReduceWindowOp>(op))
    return refuse(kernel, "a window kernel is not a window alone",
                  "one reduce_window or arg_reduce_window from its only input to its only result");
  setNothingInPlace(kernel, abi);
  WindowLowering(kernel, op, target, out, name, abi).lower();
  return success();
}
