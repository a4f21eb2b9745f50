//===- MatmulProblem.cpp ----------------------------------------------------===//

#include "lowering/Kernels/MatmulProblem.h"

#include "lowering/Kernels/StridedView.h"
#include "lowering/ToLinalg/Elementwise.h"

using namespace mlir;
using namespace portico;

int64_t MatmulProblem::batchSize() const {
  int64_t size = 1;
  for (const MatmulBatchDim &dim : batch)
    size *= dim.size;
  return size;
}

void MatmulProblem::swapOperands() {
  std::swap(m, n);
  std::swap(a, b);
  std::swap(aM, bN);
  std::swap(aK, bK);
  std::swap(cM, cN);
  for (MatmulBatchDim &dim : batch)
    std::swap(dim.a, dim.b);
}

DotGeneralOp portico::findDot(KernelOp kernel) {
  DotGeneralOp found;
  for (Operation &op : kernel.getBody().front())
    if (auto dot = dyn_cast<DotGeneralOp>(op)) {
      if (found)
        return nullptr;
      found = dot;
    }
  return found;
}

/// A dimension of the contraction with its stride in two of the three tensors.
struct Dim {
  int64_t size, x, y;
};

/// Joins neighbouring dimensions that both tensors walk without a jump, dropping
/// those of size 1.
static void joinDims(SmallVectorImpl<Dim> &dims) {
  SmallVector<Dim> joined;
  for (const Dim &dim : dims) {
    if (dim.size == 1)
      continue;
    if (!joined.empty() && joined.back().x == dim.x * dim.size &&
        joined.back().y == dim.y * dim.size)
      joined.back() = {joined.back().size * dim.size, dim.x, dim.y};
    else
      joined.push_back(dim);
  }
  dims = std::move(joined);
}

namespace {
struct OperandView {
  MatmulOperand operand;
  SmallVector<int64_t> strides;
};
} // namespace

static OperandView directView(Value value) {
  OperandView view;
  view.operand.value = value;
  view.operand.elem = elementTypeOf(value);
  if (auto strided = stridedViewOf(value)) {
    view.operand.argument = strided->source.getArgNumber();
    view.operand.offset = strided->offset;
    view.strides = strided->strides;
  }
  return view;
}

/// A copy with the dimensions in the order of `value`, of the contracted
/// dimensions in the order the other operand's copy has them.
static OperandView copiedView(Value value, ArrayRef<int64_t> order) {
  OperandView view;
  view.operand.value = value;
  view.operand.elem = computeType(elementTypeOf(value));
  view.operand.copyOrder = llvm::to_vector(order);
  ArrayRef<int64_t> shape = shapeOf(value);
  view.strides.assign(shape.size(), 0);
  int64_t stride = 1;
  for (int64_t dim : llvm::reverse(order)) {
    view.strides[dim] = stride;
    stride *= shape[dim];
  }
  return view;
}

MatmulProblem portico::matmulProblemOf(DotGeneralOp dot) {
  Value values[2] = {dot.getLhs(), dot.getRhs()};
  ArrayRef<int64_t> batchDims[2] = {dot.getLhsBatch(), dot.getRhsBatch()};
  ArrayRef<int64_t> contractDims[2] = {dot.getLhsContract(), dot.getRhsContract()};
  SmallVector<int64_t> freeDims[2], order[2];
  OperandView views[2];
  for (int side = 0; side < 2; ++side) {
    int64_t rank = shapeOf(values[side]).size();
    for (int64_t dim = 0; dim < rank; ++dim)
      if (!llvm::is_contained(batchDims[side], dim) && !llvm::is_contained(contractDims[side], dim))
        freeDims[side].push_back(dim);
    llvm::append_range(order[side], batchDims[side]);
    llvm::append_range(order[side], freeDims[side]);
    llvm::append_range(order[side], contractDims[side]);
    views[side] = directView(values[side]);
    if (views[side].operand.copied())
      views[side] = copiedView(values[side], order[side]);
  }

  // The contracted dimensions have to become one. The order of the summands is
  // ours to choose: the one that lhs has in memory.
  auto contracted = [&] {
    SmallVector<Dim> dims;
    for (auto [l, r] : llvm::zip_equal(contractDims[0], contractDims[1]))
      dims.push_back({shapeOf(values[0])[l], views[0].strides[l], views[1].strides[r]});
    llvm::sort(dims, [](const Dim &p, const Dim &q) { return p.x > q.x; });
    joinDims(dims);
    return dims;
  };
  SmallVector<Dim> k = contracted();
  for (int side = 1; side >= 0 && k.size() > 1; --side) {
    views[side] = copiedView(values[side], order[side]);
    k = contracted();
  }

  MatmulProblem p;
  p.a = views[0].operand;
  p.b = views[1].operand;
  p.accumulator = computeType(elementTypeOf(dot.getResult()));
  p.allowTf32 = dot.getAllowTf32();
  if (!k.empty()) {
    p.k = k[0].size;
    p.aK = k[0].x;
    p.bK = k[0].y;
  }

  ArrayRef<int64_t> resultShape = shapeOf(dot.getResult());
  SmallVector<int64_t> resultStrides = rowMajorStrides(resultShape);
  int64_t nextResultDim = 0;
  for (auto [l, r] : llvm::zip_equal(batchDims[0], batchDims[1])) {
    int64_t c = resultStrides[nextResultDim];
    p.batch.push_back({resultShape[nextResultDim], views[0].strides[l], views[1].strides[r], c});
    ++nextResultDim;
  }
  // Free dimensions that do not join stay as batch dimensions over which the
  // other operand does not move.
  for (int side = 0; side < 2; ++side) {
    SmallVector<Dim> dims;
    for (int64_t dim : freeDims[side])
      dims.push_back(
          {shapeOf(values[side])[dim], views[side].strides[dim], resultStrides[nextResultDim++]});
    joinDims(dims);
    if (dims.empty())
      continue;
    Dim inner = dims.pop_back_val();
    (side == 0 ? p.m : p.n) = inner.size;
    (side == 0 ? p.aM : p.bN) = inner.x;
    (side == 0 ? p.cM : p.cN) = inner.y;
    for (const Dim &dim : dims)
      p.batch.push_back({dim.size, side == 0 ? dim.x : 0, side == 1 ? dim.x : 0, dim.y});
  }
  // Drop and join batch dimensions: each costs a division per task.
  SmallVector<MatmulBatchDim> batch;
  for (const MatmulBatchDim &dim : p.batch) {
    if (dim.size == 1)
      continue;
    if (!batch.empty() && batch.back().a == dim.a * dim.size &&
        batch.back().b == dim.b * dim.size && batch.back().c == dim.c * dim.size)
      batch.back() = {batch.back().size * dim.size, dim.a, dim.b, dim.c};
    else
      batch.push_back(dim);
  }
  p.batch = std::move(batch);
  return p;
}
