//===- Convolution.cpp - kernels whose main op is a convolution -------------===//

#include "lowering/Kernels/Convolution.h"

#include "lowering/Kernels/KernelForm.h"
#include "lowering/Kernels/Matmul.h"
#include "lowering/Kernels/MatmulStrategy.h"
#include "lowering/Kernels/Simt/GroupConvolution.h"
#include "lowering/ToLinalg/Casts.h"

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
  for (const ConvDim &dim : ArrayRef<ConvDim>(dims).drop_front(imagesAsDim))
    count *= dim.input;
  return count;
}
int64_t ConvProblem::outputElements() const {
  int64_t count = 1;
  for (const ConvDim &dim : ArrayRef<ConvDim>(dims).drop_front(imagesAsDim))
    count *= dim.output;
  return count;
}

SmallVector<int64_t> ConvProblem::inputStrides() const {
  SmallVector<int64_t> shape;
  for (const ConvDim &dim : dims)
    shape.push_back(dim.input);
  SmallVector<int64_t> strides = rowMajorStrides(shape);
  if (imagesAsDim)
    strides[0] = groups * channels * inputElements();
  return strides;
}
SmallVector<int64_t> ConvProblem::outputStrides() const {
  SmallVector<int64_t> shape;
  for (const ConvDim &dim : dims)
    shape.push_back(dim.output);
  SmallVector<int64_t> strides = rowMajorStrides(shape);
  if (imagesAsDim)
    strides[0] = groups * filters * outputElements();
  return strides;
}

void ConvProblem::makeImagesDim() {
  ConvDim dim;
  dim.input = dim.output = images;
  // What a row got as its column makes room.
  if (dims[0].input == 1 && dims[0].kernel == 1 && dims[0].output == 1 && dims[0].pad == 0)
    dims.erase(dims.begin());
  dims.insert(dims.begin(), dim);
  images = 1;
  imagesAsDim = true;
}

bool portico::isPointwise(const ConvProblem &p) {
  return p.taps() == 1 &&
         llvm::all_of(p.dims, [](const ConvDim &d) { return d.stride == 1 && d.pad == 0; });
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
  p.allowTf32 = op.getAllowTf32();
  p.lanes = lanesFor(p.accumulator, target);
  return p;
}

/// The product of a pointwise convolution or of its gradient in x:
///
///   y[n, g, f, j] = sum over c of w[g, f, c] * x[n, g, c, j]
static MatmulProblem pointwiseProduct(const ConvProblem &p, Value weights, Value images,
                                      bool transposed) {
  int64_t positions = p.inputElements();
  int64_t rows = transposed ? p.channels : p.filters;
  int64_t depth = transposed ? p.filters : p.channels;
  MatmulProblem product;
  product.a.value = weights;
  product.b.value = images;
  for (MatmulOperand *operand : {&product.a, &product.b}) {
    operand->argument = cast<BlockArgument>(operand->value).getArgNumber();
    operand->elem = p.elem;
  }
  product.accumulator = p.accumulator;
  product.allowTf32 = p.allowTf32;
  product.m = rows;
  product.n = positions;
  product.k = depth;
  product.aM = transposed ? 1 : p.channels;
  product.aK = transposed ? p.channels : 1;
  product.bK = positions;
  product.bN = product.cN = 1;
  product.cM = positions;
  if (p.images > 1)
    product.batch.push_back(
        {p.images, 0, p.groups * depth * positions, p.groups * rows * positions});
  if (p.groups > 1)
    product.batch.push_back(
        {p.groups, p.filters * p.channels, depth * positions, rows * positions});
  return product;
}

LogicalResult portico::lowerConvKernel(KernelOp kernel, const TargetInfo &target, ModuleOp out,
                                       StringRef name, KernelABI &abi) {
  Operation *hero = nullptr;
  for (Operation &op : kernel.getBody().front())
    if (isa<ConvolutionOp, ConvolutionInputGradOp, ConvolutionFilterGradOp>(op)) {
      if (hero)
        return refuse(kernel, "a conv kernel has no single main op", "exactly one convolution");
      hero = &op;
    }
  if (!hero)
    return refuse(kernel, "a conv kernel has no single main op", "exactly one convolution");
  for (Value operand : hero->getOperands())
    if (!isa<BlockArgument>(operand))
      return refuse(kernel, "an operand of the convolution is computed inside",
                    "a convolution of inputs of the kernel");
  setNothingInPlace(kernel, abi);
  if (elementsOf(hero->getResult(0)) == 0) {
    PhaseFunction nothing(kernel, out, name, abi, 0, 1);
    return success();
  }
  if (isa<ConvolutionOp, ConvolutionInputGradOp>(hero)) {
    bool transposed = isa<ConvolutionInputGradOp>(hero);
    Value images = hero->getOperand(0), weights = hero->getOperand(1);
    ConvProblem p;
    if (auto op = dyn_cast<ConvolutionOp>(hero))
      p = problemOf(op, images, weights, op.getResult(), target);
    else
      p = problemOf(cast<ConvolutionInputGradOp>(hero), hero->getResult(0), weights, images,
                    target);
    // A few wide rows: worth it only where there are channels to go through.
    if (isPointwise(p) && std::min(p.channels, p.filters) > 1 && p.inputElements() >= p.lanes)
      return lowerMatmul(kernel, hero->getResult(0),
                         pointwiseProduct(p, weights, images, transposed), target, out, name, abi);
    if (target.simt)
      return lowerGroupConvolution(kernel, hero, p, target, out, name, abi);
    return lowerConvolutionProduct(kernel, hero, p, target, out, name, abi);
  }
  auto op = cast<ConvolutionFilterGradOp>(hero);
  ConvProblem p = problemOf(op, op.getX(), op.getResult(), op.getDy(), target);
  if (target.simt)
    return lowerGroupConvolution(kernel, hero, p, target, out, name, abi);
  return lowerConvolutionFilterGrad(kernel, op, p, target, out, name, abi);
}
