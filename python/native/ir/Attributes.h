//===- Attributes.h - MLIR attributes as Python values ----------------------===//

#ifndef PORTICO_NATIVE_IR_ATTRIBUTES_H
#define PORTICO_NATIVE_IR_ATTRIBUTES_H

#include "mlir/IR/BuiltinAttributes.h"

#include <string>
#include <vector>

namespace portico::native {

/// A dense constant in portico's storage layout: row-major, i1 as one byte.
struct DenseBytes {
  /// Portico's element type as text: `f32`, `ui8`, `i1`, ...
  std::string dtype;
  std::vector<int64_t> shape;
  /// One element when `splat`, all of them otherwise.
  std::vector<char> bytes;
  bool splat = false;
};

DenseBytes readDense(mlir::DenseElementsAttr attr);

/// The text of an element or tensor type.
std::string typeText(mlir::Type type);

} // namespace portico::native

#endif // PORTICO_NATIVE_IR_ATTRIBUTES_H
