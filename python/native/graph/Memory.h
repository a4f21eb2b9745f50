//===- Memory.h - copies between buffers and strided memory ----------------===//

#ifndef PORTICO_NATIVE_GRAPH_MEMORY_H
#define PORTICO_NATIVE_GRAPH_MEMORY_H

#include "python/native/graph/View.h"

namespace portico::native {

/// Copies strided memory (strides in bytes) into contiguous memory, or back.
void copyStrided(char *contiguous, char *strided, llvm::ArrayRef<int64_t> dims,
                 llvm::ArrayRef<int64_t> byteStrides, int64_t itemSize, bool toStrided);

/// What external memory holds at this moment, as a value of its own.
Ref<Node> snapshot(const External &memory, const TensorSpec &spec, const Geometry &geometry,
                   DeviceId device);
/// External memory itself, contiguous from `offset` on, as a value. Good only
/// until somebody writes to it.
Ref<Node> borrow(const Ref<Storage> &storage, const TensorSpec &spec, int64_t offset,
                 DeviceId device);
/// Evaluates `value` and gives it as one of the host's, fit for a write into memory of this
/// geometry.
Ref<Node> valueForWrite(Ref<Node> value, const Geometry &geometry);
/// Writes such a value into external memory.
void scatterInto(External &memory, const Geometry &geometry, const Node &value);

} // namespace portico::native

#endif // PORTICO_NATIVE_GRAPH_MEMORY_H
