//===- Creation.cpp - values from attributes and scalars --------------------===//

#include "lowering/ToLinalg/BodyBuilder.h"
#include "lowering/ToLinalg/Casts.h"
#include "lowering/ToLinalg/Philox.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;

namespace portico {

/// The elements of `value` as they lie in memory.
static DenseElementsAttr storedElements(DenseElementsAttr value) {
  RankedTensorType type = cast<RankedTensorType>(value.getType());
  auto stored = RankedTensorType::get(type.getShape(), storageType(type.getElementType()));
  if (type.getElementType().isInteger(1)) {
    SmallVector<int8_t> bytes;
    for (bool bit : value.getValues<bool>())
      bytes.push_back(bit);
    return DenseElementsAttr::get(stored, ArrayRef(bytes));
  }
  if (stored == type)
    return value;
  return DenseElementsAttr::getFromRawBuffer(stored, value.getRawData());
}

/// The memref of a constant of the module that is equal to `value`.
static Value constantMemory(OpBuilder &b, Location loc, StringRef prefix, DenseElementsAttr value) {
  auto module = b.getInsertionBlock()->getParentOp()->getParentOfType<ModuleOp>();
  unsigned count = 0;
  for (auto global : module.getOps<memref::GlobalOp>()) {
    if (global.getInitialValue() == Attribute(value))
      return memref::GetGlobalOp::create(b, loc, global.getType(), global.getSymName());
    ++count;
  }
  std::string name = (prefix + "_constant_" + Twine(count)).str();
  auto tensor = cast<RankedTensorType>(value.getType());
  auto type = MemRefType::get(tensor.getShape(), tensor.getElementType());
  OpBuilder atTop = OpBuilder::atBlockBegin(module.getBody());
  memref::GlobalOp::create(atTop, loc, name, atTop.getStringAttr("private"), type, value,
                           /*constant=*/true, atTop.getI64IntegerAttr(64));
  return memref::GetGlobalOp::create(b, loc, type, name);
}

Value BodyBuilder::constant(ConstantOp op, ArrayRef<AffineExpr> index) {
  auto value = dyn_cast<DenseElementsAttr>(op.getValue());
  Type elem = cast<RankedTensorType>(op.getType()).getElementType();
  if (!value) {
    op->emitError("[to-linalg] the elements of a constant are not at hand; got ")
        << op.getValue() << "; expected dense elements";
    return nullptr;
  }
  if (value.isSplat() || value.getNumElements() == 1) {
    if (isa<FloatType>(elem)) {
      APFloat scalar = *value.value_begin<APFloat>();
      bool exact;
      Type type = computeType(elem);
      scalar.convert(cast<FloatType>(type).getFloatSemantics(), APFloat::rmNearestTiesToEven,
                     &exact);
      return arith::ConstantOp::create(b, loc, b.getFloatAttr(type, scalar));
    }
    APInt scalar = *value.value_begin<APInt>();
    return arith::ConstantOp::create(b, loc, b.getIntegerAttr(computeType(elem), scalar));
  }
  // Read like an input, from memory made outside the generic.
  Leaf leaf{constantMemory(outside, loc, prefix, storedElements(value))};
  return read(leaf, op.getResult(), index);
}

Value BodyBuilder::iota(IotaOp op, ArrayRef<AffineExpr> index) {
  Value i = materialize(index[op.getAxis()]);
  Value wide = arith::IndexCastOp::create(b, loc, b.getI64Type(), i);
  return emitCast(b, loc, wide, b.getI64Type(),
                  cast<RankedTensorType>(op.getType()).getElementType());
}

Value BodyBuilder::randomBits(RandomBitsOp op, ArrayRef<AffineExpr> index) {
  AffineExpr flat = getAffineConstantExpr(0, b.getContext());
  for (auto [i, size] : llvm::zip_equal(index, cast<RankedTensorType>(op.getType()).getShape()))
    flat = flat * size + i;
  Value seed = evaluate(op.getSeed(), {}), offset = evaluate(op.getOffset(), {});
  if (!seed || !offset)
    return nullptr;
  Type i64 = b.getI64Type();
  Value block = arith::IndexCastOp::create(b, loc, i64, materialize(flat.floorDiv(4)));
  Value word = arith::IndexCastOp::create(b, loc, i64, materialize(flat % 4));
  Value counter = arith::AddIOp::create(b, loc, offset, block);
  return emitPhilox(b, loc, seed, counter, word);
}

} // namespace portico
