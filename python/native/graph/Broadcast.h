//===- Broadcast.h - shapes that meet --------------------------------------===//

#ifndef PORTICO_NATIVE_GRAPH_BROADCAST_H
#define PORTICO_NATIVE_GRAPH_BROADCAST_H

#include "python/native/graph/Tape.h"

namespace portico::native {

/// The common shape of two. Throws PyTorch's sentence, with the op's name.
llvm::SmallVector<int64_t, 4> broadcastDims(const char *op, llvm::ArrayRef<int64_t> a,
                                            llvm::ArrayRef<int64_t> b);
/// `x`, repeated to a shape that it broadcasts to.
Tracked broadcastTo(Tracked x, llvm::ArrayRef<int64_t> dims);
Tracked castTo(Tracked x, DType dtype);
/// A number of the user's as a value of any shape.
Tracked numberLike(DType dtype, uint64_t bits, llvm::ArrayRef<int64_t> dims, DeviceId device);

} // namespace portico::native

#endif // PORTICO_NATIVE_GRAPH_BROADCAST_H
