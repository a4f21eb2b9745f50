//===- Codec.h - between the recorder's words and MLIR ---------------------===//
//
// Generic over the op table: dtypes and types, flat attributes and attributes.
//
//===----------------------------------------------------------------------===//

#ifndef PORTICO_IR_CODEC_H
#define PORTICO_IR_CODEC_H

#include "dialects/portico/IR/OpTable.h"

#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Operation.h"

namespace portico {

/// The dtype of an MLIR element type; none for a type that is not ours.
std::optional<DType> dtypeOf(mlir::Type elementType);
mlir::Type typeOf(DType dtype, mlir::MLIRContext *context);

/// Dtype and shape of a static ranked tensor of one of our dtypes; none otherwise.
std::optional<TensorSpec> specOf(mlir::Type tensorType);
mlir::RankedTensorType typeOf(const TensorSpec &spec, mlir::MLIRContext *context);

/// Appends the flat encoding of the attributes of a primitive.
void encodeAttrs(mlir::Operation *op, llvm::SmallVectorImpl<int64_t> &flat);
/// Adds to `state` the attributes whose flat encoding is `flat`.
void decodeAttrs(OpKind kind, llvm::ArrayRef<int64_t> flat, mlir::OperationState &state);

/// Whether encoding copies the bytes of an elements attribute: inference needs
/// only their number.
enum class ElementBytes { Copy, CountOnly };
/// Appends one attribute; false when it is not of the kind the table asks for.
bool encodeAttr(mlir::Attribute attr, const AttrInfo &info, llvm::SmallVectorImpl<int64_t> &flat,
                ElementBytes bytes = ElementBytes::Copy);

} // namespace portico

#endif // PORTICO_IR_CODEC_H
