//===- Convolution.cpp - kernels whose main op is a convolution -------------===//

#include "lowering/Kernels/Convolution.h"

#include "lowering/Kernels/MatmulStrategy.h"
#include "lowering/ToLinalg/Casts.h"

#include "mlir/IR/Diagnostics.h"

#include <numeric>

using namespace mlir;
using namespace portico;

int64_t ConvDim::period() const { return stride / std::gcd(dilation, stride); }

int64_t ConvProblem::taps() const {
  int64_t count = 1;
  for (const ConvDim &dim : dims)
    count *= dim.kernel;
  return count;
}
int64_t ConvProblem::inputElements() const {
  int64_t count = 1;
  for (const ConvDim &dim : dims)
    count *= dim.input;
  return count;
}
int64_t ConvProblem::outputElements() const {
  int64_t count = 1;
  for (const ConvDim &dim : dims)
    count *= dim.output;
  return count;
}

void portico::loopNest(LoopEmitter &e, ArrayRef<Value> sizes,
                       function_ref<void(ArrayRef<Value>)> body) {
  SmallVector<Value> index;
  std::function<void()> level = [&] {
    if (index.size() == sizes.size())
      return body(index);
    e.loop(e.idx(0), sizes[index.size()], 1, [&](Value i) {
      index.push_back(i);
      level();
      index.pop_back();
    });
  };
  level();
}

/// x, w and y are the types of the three tensors, whichever of them is the result.
template <typename Op>
static ConvProblem problemOf(Op op, Value x, Value w, Value y, const TargetInfo &target) {
  ArrayRef<int64_t> xs = shapeOf(x), ws = shapeOf(w), ys = shapeOf(y);
  ConvProblem p;
  p.images = xs[0];
  p.groups = op.getGroups();
  p.channels = xs[1] / p.groups;
  p.filters = ys[1] / p.groups;
  if (xs.size() == 3)
    p.dims.push_back(ConvDim());
  for (size_t i = 0; i + 2 < xs.size(); ++i)
    p.dims.push_back({xs[i + 2], ws[i + 2], ys[i + 2], op.getStrides()[i], op.getPadding()[i],
                      op.getDilations()[i]});
  p.elem = elementTypeOf(op.getResult());
  p.accumulator = computeType(p.elem);
  p.lanes = lanesFor(p.accumulator, target);
  return p;
}

LogicalResult portico::lowerConvKernel(KernelOp kernel, const TargetInfo &target, ModuleOp out,
                                       StringRef name, KernelABI &abi) {
  Operation *hero = nullptr;
  for (Operation &op : kernel.getBody().front())
    if (isa<ConvolutionOp, ConvolutionInputGradOp, ConvolutionFilterGradOp>(op)) {
      if (hero)
        return kernel.emitError("conv kernel: expected exactly one convolution");
      hero = &op;
    }
  if (!hero)
    return kernel.emitError("conv kernel: expected exactly one convolution");
  for (Value operand : hero->getOperands())
    if (!isa<BlockArgument>(operand))
      return kernel.emitError("conv kernel: an operand of the convolution is computed inside");
  setNothingInPlace(kernel, abi);
  if (elementsOf(hero->getResult(0)) == 0) {
    PhaseFunction nothing(kernel, out, name, abi, 0, 1);
    return success();
  }
  if (auto op = dyn_cast<ConvolutionOp>(hero))
    return lowerConvolutionProduct(kernel, op,
                                   problemOf(op, op.getX(), op.getW(), op.getResult(), target),
                                   target, out, name, abi);
  if (auto op = dyn_cast<ConvolutionInputGradOp>(hero))
    return lowerConvolutionProduct(kernel, op,
                                   problemOf(op, op.getResult(), op.getW(), op.getDy(), target),
                                   target, out, name, abi);
  auto op = cast<ConvolutionFilterGradOp>(hero);
  return lowerConvolutionFilterGrad(kernel, op,
                                    problemOf(op, op.getX(), op.getResult(), op.getDy(), target),
                                    target, out, name, abi);
}
