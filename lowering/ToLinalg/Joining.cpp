//===- Joining.cpp - results whose elements have one of several sources -----===//
//
// Where an element comes from is a condition on its index, which becomes an
// scf.if. The strategies turn a condition that is the same for all lanes into a
// branch, and any other into masks.
//
//===----------------------------------------------------------------------===//

#include "lowering/ToLinalg/BodyBuilder.h"

using namespace mlir;

namespace portico {

static RankedTensorType tensorType(Value value) { return cast<RankedTensorType>(value.getType()); }

Value BodyBuilder::pad(PadOp op, ArrayRef<AffineExpr> index) {
  SmallVector<Condition> inside;
  Index source;
  for (auto [i, low, size] :
       llvm::zip_equal(index, op.getLow(), tensorType(op.getX()).getShape())) {
    AffineExpr place = i - low;
    source.push_back(place);
    inside.push_back({place});
    inside.push_back({(size - 1) - place});
  }
  Type elem = tensorType(op.getX()).getElementType();
  return guarded(
      inside, elem, [&] { return evaluate(op.getX(), source); },
      [&] { return evaluate(op.getValue(), {}); });
}

Value BodyBuilder::concat(ConcatOp op, ArrayRef<AffineExpr> index) {
  int64_t axis = op.getAxis();
  // Empty operands hold no element of the result.
  SmallVector<std::pair<Value, int64_t>> parts;
  int64_t offset = 0;
  for (Value x : op.getXs()) {
    int64_t size = tensorType(x).getShape()[axis];
    if (size != 0)
      parts.emplace_back(x, offset);
    offset += size;
  }
  // A binary decision over the parts.
  std::function<Value(size_t, size_t)> choose = [&](size_t begin, size_t end) -> Value {
    if (end - begin == 1) {
      Index source(index);
      source[axis] = source[axis] - parts[begin].second;
      return evaluate(parts[begin].first, source);
    }
    size_t middle = (begin + end) / 2;
    Condition first{(parts[middle].second - 1) - index[axis]};
    return guarded(
        first, tensorType(op).getElementType(), [&] { return choose(begin, middle); },
        [&] { return choose(middle, end); });
  };
  return choose(0, parts.size());
}

Value BodyBuilder::updateSlice(UpdateSliceOp op, ArrayRef<AffineExpr> index) {
  SmallVector<Condition> inside;
  Index source;
  RankedTensorType update = tensorType(op.getUpdate());
  if (update.getNumElements() == 0)
    return evaluate(op.getX(), index);
  for (auto [i, start, stride, size] :
       llvm::zip_equal(index, op.getStarts(), op.getStrides(), update.getShape())) {
    AffineExpr place = i - start;
    inside.push_back({place});
    inside.push_back({(size - 1) * stride - place});
    if (stride > 1)
      inside.push_back({place % stride, /*equal=*/true});
    source.push_back(place.floorDiv(stride));
  }
  return guarded(
      inside, update.getElementType(), [&] { return evaluate(op.getUpdate(), source); },
      [&] { return evaluate(op.getX(), index); });
}

} // namespace portico
