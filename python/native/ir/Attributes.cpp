//===- Attributes.cpp - MLIR attributes as plain data -----------------------===//

#include "python/native/ir/Attributes.h"

#include "mlir/IR/BuiltinTypes.h"

#include "llvm/Support/raw_ostream.h"

using namespace mlir;

namespace portico::native {

std::string typeText(Type type) {
  std::string text;
  llvm::raw_string_ostream(text) << type;
  return text;
}

static void append(std::vector<char> &bytes, const APInt &value) {
  uint64_t word = value.getZExtValue();
  unsigned size = value.getBitWidth() <= 8 ? 1 : value.getBitWidth() / 8;
  const char *data = reinterpret_cast<const char *>(&word); // little-endian, as every host of ours
  bytes.insert(bytes.end(), data, data + size);
}

DenseBytes readDense(DenseElementsAttr attr) {
  DenseBytes out;
  out.dtype = typeText(attr.getElementType());
  out.shape.assign(attr.getType().getShape().begin(), attr.getType().getShape().end());
  out.splat = attr.isSplat();
  int64_t count = out.splat ? 1 : attr.getNumElements();
  if (isa<FloatType>(attr.getElementType())) {
    auto it = attr.getValues<APFloat>().begin();
    for (int64_t i = 0; i < count; ++i, ++it)
      append(out.bytes, (*it).bitcastToAPInt());
  } else {
    auto it = attr.getValues<APInt>().begin();
    for (int64_t i = 0; i < count; ++i, ++it)
      append(out.bytes, *it);
  }
  return out;
}

} // namespace portico::native
