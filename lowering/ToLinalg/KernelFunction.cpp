//===- KernelFunction.cpp - the function a kernel becomes -------------------===//

#include "lowering/ToLinalg/KernelFunction.h"

#include "lowering/ToLinalg/Casts.h"
#include "lowering/ToLinalg/ToLinalg.h"

using namespace mlir;

namespace portico {

KernelFunction::KernelFunction(KernelOp kernel, ModuleOp out, StringRef name,
                               ArrayRef<SmallVector<int64_t>> resultShapes)
    : kernel(kernel), b(kernel.getContext()), name(name) {
  auto stored = [](Value value, ArrayRef<int64_t> shape) -> Type {
    Type elem = cast<RankedTensorType>(value.getType()).getElementType();
    return MemRefType::get(shape, storageType(elem));
  };
  SmallVector<Type> types;
  for (Value input : kernel.getInputs())
    types.push_back(stored(input, cast<RankedTensorType>(input.getType()).getShape()));
  for (auto [value, shape] : llvm::zip_equal(kernel.getResults(), resultShapes))
    types.push_back(stored(value, shape));
  types.push_back(MemRefType::get({4}, b.getI64Type()));
  b.setInsertionPointToEnd(out.getBody());
  func = func::FuncOp::create(b, kernel.getLoc(), name, b.getFunctionType(types, {}));
  b.setInsertionPointToEnd(func.addEntryBlock());
  auto end = func::ReturnOp::create(b, kernel.getLoc());
  b.setInsertionPoint(end);
  for (auto [k, arg] : llvm::enumerate(kernel.getBody().front().getArguments()))
    leaves[arg] = {func.getArgument(k)};
}

Value peelReshapes(Value value) {
  while (auto reshape = value.getDefiningOp<ReshapeOp>())
    value = reshape.getX();
  return value;
}

bool KernelFunction::elementwiseStage(Location loc, ArrayRef<int64_t> extents, ValueRange values,
                                      ValueRange outputs, bool inComputeType) {
  BodyBuilder body(b, loc, extents, leaves, status(), name);
  MLIRContext *context = b.getContext();
  SmallVector<AffineExpr> dims;
  for (size_t k = 0; k < extents.size(); ++k)
    dims.push_back(getAffineDimExpr(k, context));
  SmallVector<Value> elements;
  for (Value value : values) {
    auto type = cast<RankedTensorType>(value.getType());
    auto index = reindex(dims, extents, type.getShape(), body.ranges(), context);
    Value element = body.evaluate(value, index);
    if (!element)
      return false;
    elements.push_back(element);
  }
  AffineMap identity = AffineMap::getMultiDimIdentityMap(extents.size(), context);
  SmallVector<AffineMap> maps(outputs.size(), identity);
  SmallVector<utils::IteratorType> iterators(extents.size(), utils::IteratorType::parallel);
  body.finish(outputs, maps, iterators, [&](OpBuilder &at, ValueRange) {
    SmallVector<Value> stored;
    for (auto [element, value] : llvm::zip_equal(elements, values)) {
      Type elem = cast<RankedTensorType>(value.getType()).getElementType();
      bool asIs = inComputeType && !elem.isInteger(1);
      stored.push_back(asIs ? element : toStorage(at, loc, element, elem));
    }
    return stored;
  });
  return true;
}

func::FuncOp kernelToLinalg(KernelOp kernel, ModuleOp out, StringRef name) {
  if (kernel.getCategory() == "row")
    return rowKernelToLinalg(kernel, out, name);
  return loopKernelToLinalg(kernel, out, name);
}

} // namespace portico
