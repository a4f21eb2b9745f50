//===- Nest.cpp - the iteration space and the accesses of generics ----------===//

#include "lowering/Kernels/Nest.h"

#include "lowering/ToLinalg/AffineRanges.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"

using namespace mlir;

namespace portico {

/// Nothing is known of a run-time index.
constexpr int64_t kAnySymbol = int64_t(1) << 40;

static AffineExpr simplify(AffineExpr expr, ArrayRef<int64_t> sizes) {
  unsigned symbols = 0;
  expr.walk([&](AffineExpr e) {
    if (auto s = dyn_cast<AffineSymbolExpr>(e))
      symbols = std::max(symbols, s.getPosition() + 1);
  });
  SmallVector<int64_t> symbolSizes(symbols, kAnySymbol);
  return simplifyInRanges(expr, {sizes, symbolSizes});
}

NestStage::NestStage(linalg::GenericOp generic, ArrayRef<AffineExpr> dims, ArrayRef<int64_t> sizes)
    : generic(generic) {
  MLIRContext *context = generic.getContext();
  for (auto [operand, map] :
       llvm::zip_equal(generic->getOperands(), generic.getIndexingMapsArray())) {
    AffineExpr flat = getAffineConstantExpr(0, context);
    auto shape = cast<MemRefType>(operand.getType()).getShape();
    for (auto [expr, size] : llvm::zip_equal(map.getResults(), shape))
      flat = flat * size + expr.replaceDims(dims);
    accesses.push_back(simplify(flat, sizes));
  }
  generic.getBody()->walk([&](Operation *op) {
    if (auto index = dyn_cast<linalg::IndexOp>(op))
      indexExprs[index] = dims[index.getDim()];
    auto apply = dyn_cast<affine::AffineApplyOp>(op);
    if (!apply)
      return;
    AffineMap map = apply.getAffineMap();
    SmallVector<AffineExpr> operands;
    for (auto [k, operand] : llvm::enumerate(apply.getMapOperands())) {
      auto index = operand.getDefiningOp<linalg::IndexOp>();
      operands.push_back(index ? dims[index.getDim()] : getAffineSymbolExpr(k, context));
    }
    ArrayRef<AffineExpr> all(operands);
    indexExprs[apply] =
        simplify(map.getResult(0).replaceDimsAndSymbols(all.take_front(map.getNumDims()),
                                                        all.drop_front(map.getNumDims())),
                 sizes);
  });
}

void NestStage::forEachExpr(llvm::function_ref<void(AffineExpr &)> fn) {
  for (AffineExpr &expr : accesses)
    fn(expr);
  for (auto &entry : indexExprs)
    fn(entry.second);
}

bool isInvariant(AffineExpr expr, unsigned k) { return !expr.isFunctionOfDim(k); }

std::optional<int64_t> strideOf(AffineExpr expr, unsigned k) {
  int64_t stride = 0;
  for (auto [term, factor] : termsOf(expr)) {
    auto dim = dyn_cast<AffineDimExpr>(term);
    if (dim && dim.getPosition() == k)
      stride += factor;
    else if (!dim && term.isFunctionOfDim(k))
      return std::nullopt;
  }
  return stride;
}

int64_t Nest::points() const {
  int64_t count = 1;
  for (int64_t size : sizes)
    count *= size;
  return count;
}

void Nest::substitute(ArrayRef<AffineExpr> dims) {
  for (NestStage &stage : stages)
    stage.forEachExpr([&](AffineExpr &expr) { expr = simplify(expr.replaceDims(dims), sizes); });
}

bool Nest::canJoin(unsigned k) {
  if (reduced[k] != reduced[k + 1])
    return false;
  bool good = true;
  for (NestStage &stage : stages)
    stage.forEachExpr([&](AffineExpr &expr) {
      auto outer = strideOf(expr, k), inner = strideOf(expr, k + 1);
      good &= outer && inner && *outer == *inner * sizes[k + 1];
    });
  return good;
}

void Nest::collapse() {
  if (stages.empty())
    return;
  MLIRContext *context = stages.front().generic.getContext();
  AffineExpr zero = getAffineConstantExpr(0, context);
  // Joins dimension k with the one after it, or drops it where its size is 1.
  auto remove = [&](unsigned k, bool join) {
    SmallVector<AffineExpr> dims;
    for (unsigned d = 0; d < sizes.size(); ++d)
      dims.push_back(d == k ? zero : getAffineDimExpr(d - (d > k), context));
    if (join)
      sizes[k + 1] *= sizes[k];
    sizes.erase(sizes.begin() + k);
    reduced.erase(reduced.begin() + k);
    substitute(dims);
  };
  for (unsigned k = sizes.size(); k-- > 0;)
    if (sizes[k] == 1 && sizes.size() > 1)
      remove(k, /*join=*/false);
  for (unsigned k = sizes.size() - 1; k-- > 0;)
    if (canJoin(k))
      remove(k, /*join=*/true);
}

void Nest::linearize() {
  MLIRContext *context = stages.front().generic.getContext();
  SmallVector<AffineExpr> dims(sizes.size());
  AffineExpr flat = getAffineDimExpr(0, context);
  int64_t stride = 1;
  for (unsigned k = sizes.size(); k-- > 0;) {
    dims[k] = k == 0 ? flat.floorDiv(stride) : flat.floorDiv(stride) % sizes[k];
    stride *= sizes[k];
  }
  // The address of what lies in the order of the space is the point itself; the
  // simplification cannot put the digits together again.
  SmallVector<int64_t> old = sizes;
  auto isRowMajor = [&](AffineExpr expr) {
    int64_t expected = 1;
    for (unsigned k = old.size(); k-- > 0; expected *= old[k])
      if (strideOf(expr, k) != expected)
        return false;
    return true;
  };
  sizes = {stride};
  reduced = {false};
  for (NestStage &stage : stages)
    stage.forEachExpr([&](AffineExpr &expr) {
      if (isRowMajor(expr)) {
        SmallVector<AffineExpr> zeros(old.size(), getAffineConstantExpr(0, context));
        expr = flat + expr.replaceDims(zeros);
      } else {
        expr = simplify(expr.replaceDims(dims), sizes);
      }
    });
}

} // namespace portico
