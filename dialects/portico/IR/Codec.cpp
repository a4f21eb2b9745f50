//===- Codec.cpp - between the recorder's words and MLIR -------------------===//

#include "dialects/portico/IR/Codec.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/DialectResourceBlobManager.h"

#include <cstring>

using namespace mlir;
using namespace portico;

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

std::optional<DType> portico::dtypeOf(Type type) {
  if (auto integer = dyn_cast_or_null<IntegerType>(type)) {
    if (integer.isUnsigned())
      return integer.getWidth() == 8 ? std::optional(DType::U8) : std::nullopt;
    if (!integer.isSignless())
      return std::nullopt;
    switch (integer.getWidth()) {
    case 1:
      return DType::Bool;
    case 8:
      return DType::I8;
    case 16:
      return DType::I16;
    case 32:
      return DType::I32;
    case 64:
      return DType::I64;
    default:
      return std::nullopt;
    }
  }
  if (isa_and_nonnull<Float16Type>(type))
    return DType::F16;
  if (isa_and_nonnull<BFloat16Type>(type))
    return DType::BF16;
  if (isa_and_nonnull<Float32Type>(type))
    return DType::F32;
  if (isa_and_nonnull<Float64Type>(type))
    return DType::F64;
  return std::nullopt;
}

Type portico::typeOf(DType dtype, MLIRContext *context) {
  switch (dtype) {
  case DType::Bool:
    return IntegerType::get(context, 1);
  case DType::U8:
    return IntegerType::get(context, 8, IntegerType::Unsigned);
  case DType::I8:
  case DType::I16:
  case DType::I32:
  case DType::I64:
    return IntegerType::get(context, 8 * itemSize(dtype));
  case DType::F16:
    return Float16Type::get(context);
  case DType::BF16:
    return BFloat16Type::get(context);
  case DType::F32:
    return Float32Type::get(context);
  case DType::F64:
    return Float64Type::get(context);
  }
  llvm_unreachable("no such dtype");
}

std::optional<TensorSpec> portico::specOf(Type type) {
  auto tensor = dyn_cast_or_null<RankedTensorType>(type);
  if (!tensor || !tensor.hasStaticShape() || tensor.getEncoding())
    return std::nullopt;
  std::optional<DType> dtype = dtypeOf(tensor.getElementType());
  if (!dtype)
    return std::nullopt;
  return TensorSpec(*dtype, tensor.getShape());
}

RankedTensorType portico::typeOf(const TensorSpec &spec, MLIRContext *context) {
  return RankedTensorType::get(spec.dims, typeOf(spec.dtype, context));
}

//===----------------------------------------------------------------------===//
// Elements
//===----------------------------------------------------------------------===//

/// Raw bytes as the flat encoding has them (bool: one byte each), if we can read them.
static bool rawBytes(ElementsAttr attr, DType dtype, SmallVectorImpl<char> &bytes) {
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(attr)) {
    AsmResourceBlob *blob = resource.getRawHandle().getBlob();
    if (!blob)
      return false;
    bytes.assign(blob->getData().begin(), blob->getData().end());
    return true;
  }
  auto dense = dyn_cast<DenseElementsAttr>(attr);
  if (!dense)
    return false;
  if (dtype != DType::Bool) {
    bytes.assign(dense.getRawData().begin(), dense.getRawData().end());
    return true;
  }
  // MLIR packs i1 in bits; we store bytes.
  if (dense.isSplat()) {
    bytes.push_back(dense.getSplatValue<bool>());
    return true;
  }
  for (bool value : dense.getValues<bool>())
    bytes.push_back(value);
  return true;
}

/// How many bytes rawBytes would give. Resources stand at the end of a file: while one is
/// parsed their size is not known, and the verifier asks again.
static int64_t rawSize(ElementsAttr attr, DType dtype) {
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(attr))
    if (AsmResourceBlob *blob = resource.getRawHandle().getBlob())
      return blob->getData().size();
  return attr.isSplat() ? itemSize(dtype) : attr.getNumElements() * itemSize(dtype);
}

static bool encodeElements(Attribute attr, SmallVectorImpl<int64_t> &flat, ElementBytes mode) {
  auto elements = dyn_cast_or_null<ElementsAttr>(attr);
  std::optional<TensorSpec> spec = elements ? specOf(elements.getType()) : std::nullopt;
  if (!spec)
    return false;
  flat.push_back(static_cast<int64_t>(spec->dtype));
  flat.push_back(spec->rank());
  flat.append(spec->dims.begin(), spec->dims.end());
  if (mode == ElementBytes::CountOnly) {
    if (!isa<DenseElementsAttr, DenseResourceElementsAttr>(elements))
      return false;
    flat.push_back(rawSize(elements, spec->dtype));
    return true;
  }
  SmallVector<char> bytes;
  if (!rawBytes(elements, spec->dtype, bytes))
    return false;
  flat.push_back(bytes.size());
  size_t at = flat.size();
  flat.resize(at + (bytes.size() + 7) / 8); // zero-filled: equal values have equal words
  if (!bytes.empty())
    std::memcpy(flat.data() + at, bytes.data(), bytes.size());
  return true;
}

static ElementsAttr decodeElements(ElementsView view, MLIRContext *context) {
  RankedTensorType type = typeOf(TensorSpec(view.dtype, view.dims), context);
  if (view.dtype == DType::Bool) {
    SmallVector<bool> values(view.bytes.begin(), view.bytes.end());
    return DenseElementsAttr::get(type, ArrayRef<bool>(values));
  }
  return DenseElementsAttr::getFromRawBuffer(type, view.bytes);
}

//===----------------------------------------------------------------------===//
// Attributes
//===----------------------------------------------------------------------===//

bool portico::encodeAttr(Attribute attr, const AttrInfo &info, SmallVectorImpl<int64_t> &flat,
                         ElementBytes bytes) {
  switch (info.kind) {
  case AttrKind::I64:
  case AttrKind::Enum:
    if (auto integer = dyn_cast_or_null<IntegerAttr>(attr)) {
      flat.push_back(integer.getInt());
      return true;
    }
    return false;
  case AttrKind::Bool:
    if (auto boolean = dyn_cast_or_null<BoolAttr>(attr)) {
      flat.push_back(boolean.getValue());
      return true;
    }
    return false;
  case AttrKind::Unit:
    flat.push_back(bool(attr));
    return !attr || isa<UnitAttr>(attr);
  case AttrKind::DType:
    if (auto type = dyn_cast_or_null<TypeAttr>(attr))
      if (std::optional<DType> dtype = dtypeOf(type.getValue())) {
        flat.push_back(static_cast<int64_t>(*dtype));
        return true;
      }
    return false;
  case AttrKind::I64Array:
    if (auto array = dyn_cast_or_null<DenseI64ArrayAttr>(attr)) {
      flat.push_back(array.size());
      flat.append(array.asArrayRef().begin(), array.asArrayRef().end());
      return true;
    }
    return false;
  case AttrKind::Elements:
    return encodeElements(attr, flat, bytes);
  }
  llvm_unreachable("no such attribute kind");
}

static Attribute decodeAttr(const AttrInfo &info, AttrReader &reader, Builder &builder) {
  switch (info.kind) {
  case AttrKind::I64:
  case AttrKind::Enum:
    return builder.getI64IntegerAttr(reader.i64());
  case AttrKind::Bool:
    return builder.getBoolAttr(reader.boolean());
  case AttrKind::Unit:
    return reader.boolean() ? builder.getUnitAttr() : Attribute();
  case AttrKind::DType:
    return TypeAttr::get(typeOf(reader.dtype(), builder.getContext()));
  case AttrKind::I64Array:
    return builder.getDenseI64ArrayAttr(reader.array());
  case AttrKind::Elements:
    return decodeElements(reader.elements(), builder.getContext());
  }
  llvm_unreachable("no such attribute kind");
}

void portico::encodeAttrs(Operation *op, SmallVectorImpl<int64_t> &flat) {
  const OpInfo *info = findOp(op->getName().getStringRef());
  assert(info && "not a primitive");
  for (const AttrInfo &attr : info->attrs) {
    std::optional<Attribute> value = op->getInherentAttr(attr.name);
    [[maybe_unused]] bool ok = value && encodeAttr(*value, attr, flat);
    assert(ok && "encoding an op that does not verify");
  }
}

void portico::decodeAttrs(OpKind kind, ArrayRef<int64_t> flat, OperationState &state) {
  Builder builder(state.getContext());
  AttrReader reader(flat);
  for (const AttrInfo &attr : opInfo(kind).attrs)
    if (Attribute value = decodeAttr(attr, reader, builder))
      state.addAttribute(attr.name, value);
}
