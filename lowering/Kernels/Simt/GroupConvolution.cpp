//===- GroupConvolution.cpp - convolutions as products, for work-groups -----===//
//
// With x [image, group, channel, i..], w [group, filter, channel, tap..] and
// y [image, group, filter, o..], i = o * stride + tap * dilation - pad, a group of:
//
//   y      m = filter    n = (image, o..)       k = (channel, tap..)
//   dx     m = channel   n = (image, i..)       k = (filter, tap..)
//   dw     m = filter    n = (channel, tap..)   k = (image, o..)
//
//===----------------------------------------------------------------------===//

#include "lowering/Kernels/Simt/GroupConvolution.h"

#include "lowering/Kernels/Simt/GroupProduct.h"

using namespace mlir;
using namespace portico;

namespace {

/// A place in the image of x or y that may not exist.
struct Spot {
  SmallVector<Value> index;
  /// Null where it always exists.
  Value exists;
};

class ConvolutionAddresses {
public:
  ConvolutionAddresses(Operation *hero, const ConvProblem &p) : p(p), hero(hero) {
    for (const ConvDim &dim : p.dims) {
      inputs.push_back(dim.input);
      outputs.push_back(dim.output);
      taps.push_back(dim.kernel);
    }
  }

  /// The memory of an operand of the main op.
  Value operand(PhaseFunction &e, unsigned number) const {
    return e.inputs[cast<BlockArgument>(hero->getOperand(number)).getArgNumber()];
  }

  /// The element of x or y, a tensor of `channels` a group, at a spot.
  Value image(PhaseFunction &e, Value tensor, Value group, Value image, Value channel,
              int64_t channels, ArrayRef<int64_t> sizes, const Spot &spot) const {
    int64_t elements = 1;
    for (int64_t size : sizes)
      elements *= size;
    Value plane = e.add(e.mul(e.add(e.mul(image, p.groups), group), channels), channel);
    Value at = e.add(e.mul(plane, elements), e.dot(spot.index, rowMajorStrides(sizes)));
    if (spot.exists)
      at = e.select(spot.exists, at, e.idx(0));
    Value value = e.load(tensor, at);
    return spot.exists ? e.select(spot.exists, value, e.zero(value.getType())) : value;
  }

  /// Where in x tap `tap` of result `o` looks.
  Spot inputOf(PhaseFunction &e, ArrayRef<Value> o, ArrayRef<Value> tap) const {
    Spot spot;
    for (auto [k, dim] : llvm::enumerate(p.dims)) {
      Value i = e.sub(e.add(e.mul(o[k], dim.stride), e.mul(tap[k], dim.dilation)), dim.pad);
      int64_t largest = (dim.output - 1) * dim.stride + (dim.kernel - 1) * dim.dilation - dim.pad;
      if (dim.pad > 0)
        require(e, spot, e.less(e.idx(-1), i));
      if (largest >= dim.input)
        require(e, spot, e.less(i, dim.input));
      spot.index.push_back(i);
    }
    return spot;
  }

  /// The result that meets element `i` of x by tap `tap`.
  Spot outputOf(PhaseFunction &e, ArrayRef<Value> i, ArrayRef<Value> tap) const {
    Spot spot;
    for (auto [k, dim] : llvm::enumerate(p.dims)) {
      Value distance = e.sub(e.add(i[k], dim.pad), e.mul(tap[k], dim.dilation));
      // Before the first result the quotient would be that of a negative number.
      require(e, spot, e.less(e.idx(-1), distance));
      Value o = e.div(e.max(distance, 0), dim.stride);
      if (dim.stride > 1)
        require(e, spot, e.equal(e.mul(o, dim.stride), distance));
      require(e, spot, e.less(o, dim.output));
      spot.index.push_back(o);
    }
    return spot;
  }

  /// An element of w.
  Value weight(PhaseFunction &e, Value tensor, Value group, Value filter, Value channel,
               Value tap) const {
    Value row = e.add(e.mul(e.add(e.mul(group, p.filters), filter), p.channels), channel);
    return e.load(tensor, e.add(e.mul(row, p.taps()), tap));
  }

  const ConvProblem &p;
  SmallVector<int64_t> inputs, outputs, taps;

private:
  Operation *hero;
  static void require(PhaseFunction &e, Spot &spot, Value condition) {
    spot.exists = spot.exists ? e.both(spot.exists, condition) : condition;
  }
};

} // namespace

/// What the three have in common: the group is the batch.
static GroupProduct productOf(const ConvProblem &p, int64_t m, int64_t n, int64_t k) {
  GroupProduct product;
  product.batch = {p.groups};
  product.m = m;
  product.n = n;
  product.k = k;
  product.elem = p.elem;
  product.accumulator = p.accumulator;
  product.allowTf32 = p.allowTf32;
  return product;
}

static GroupProduct forward(const ConvolutionAddresses &at) {
  const ConvProblem &p = at.p;
  int64_t taps = p.taps(), outputs = p.outputElements();
  GroupProduct product = productOf(p, p.filters, p.images * outputs, p.channels * taps);
  product.a.alongK = true;
  product.a.element = [&at, taps](PhaseFunction &e, ArrayRef<Value> batch, Value m, Value k) {
    return at.weight(e, at.operand(e, 1), batch[0], m, e.div(k, taps), e.rem(k, taps));
  };
  product.b.element = [&at, taps, outputs](PhaseFunction &e, ArrayRef<Value> batch, Value n,
                                           Value k) {
    auto o = e.delinearize(e.rem(n, outputs), at.outputs);
    auto tap = e.delinearize(e.rem(k, taps), at.taps);
    return at.image(e, at.operand(e, 0), batch[0], e.div(n, outputs), e.div(k, taps), at.p.channels,
                    at.inputs, at.inputOf(e, o, tap));
  };
  product.place = [&at, outputs](PhaseFunction &e, ArrayRef<Value> batch, Value m, Value n) {
    Value plane = e.add(e.mul(e.div(n, outputs), at.p.groups), batch[0]);
    return e.add(e.mul(e.add(e.mul(plane, at.p.filters), m), outputs), e.rem(n, outputs));
  };
  return product;
}

static GroupProduct inputGradient(const ConvolutionAddresses &at) {
  const ConvProblem &p = at.p;
  int64_t taps = p.taps(), inputs = p.inputElements();
  GroupProduct product = productOf(p, p.channels, p.images * inputs, p.filters * taps);
  product.a.element = [&at, taps](PhaseFunction &e, ArrayRef<Value> batch, Value m, Value k) {
    return at.weight(e, at.operand(e, 1), batch[0], e.div(k, taps), m, e.rem(k, taps));
  };
  product.b.element = [&at, taps, inputs](PhaseFunction &e, ArrayRef<Value> batch, Value n,
                                          Value k) {
    auto i = e.delinearize(e.rem(n, inputs), at.inputs);
    auto tap = e.delinearize(e.rem(k, taps), at.taps);
    return at.image(e, at.operand(e, 0), batch[0], e.div(n, inputs), e.div(k, taps), at.p.filters,
                    at.outputs, at.outputOf(e, i, tap));
  };
  product.place = [&at, inputs](PhaseFunction &e, ArrayRef<Value> batch, Value m, Value n) {
    Value plane = e.add(e.mul(e.div(n, inputs), at.p.groups), batch[0]);
    return e.add(e.mul(e.add(e.mul(plane, at.p.channels), m), inputs), e.rem(n, inputs));
  };
  return product;
}

static GroupProduct filterGradient(const ConvolutionAddresses &at) {
  const ConvProblem &p = at.p;
  int64_t taps = p.taps(), outputs = p.outputElements();
  GroupProduct product = productOf(p, p.filters, p.channels * taps, p.images * outputs);
  product.a.alongK = product.b.alongK = true;
  product.a.element = [&at, outputs](PhaseFunction &e, ArrayRef<Value> batch, Value m, Value k) {
    Spot spot;
    spot.index = e.delinearize(e.rem(k, outputs), at.outputs);
    return at.image(e, at.operand(e, 1), batch[0], e.div(k, outputs), m, at.p.filters, at.outputs,
                    spot);
  };
  product.b.element = [&at, taps, outputs](PhaseFunction &e, ArrayRef<Value> batch, Value n,
                                           Value k) {
    auto o = e.delinearize(e.rem(k, outputs), at.outputs);
    auto tap = e.delinearize(e.rem(n, taps), at.taps);
    return at.image(e, at.operand(e, 0), batch[0], e.div(k, outputs), e.div(n, taps), at.p.channels,
                    at.inputs, at.inputOf(e, o, tap));
  };
  product.place = [&at, taps](PhaseFunction &e, ArrayRef<Value> batch, Value m, Value n) {
    Value row = e.add(e.mul(batch[0], at.p.filters), m);
    return e.add(e.mul(row, at.p.channels * taps), n);
  };
  return product;
}

LogicalResult portico::lowerGroupConvolution(KernelOp kernel, Operation *hero,
                                             const ConvProblem &problem, const TargetInfo &target,
                                             ModuleOp out, StringRef name, KernelABI &abi) {
  ConvolutionAddresses addresses(hero, problem);
  GroupProduct product = isa<ConvolutionOp>(hero)            ? forward(addresses)
                         : isa<ConvolutionInputGradOp>(hero) ? inputGradient(addresses)
                                                             : filterGradient(addresses);
  return lowerGroupProduct(kernel, hero->getResult(0), product, target, out, name, abi);
}
