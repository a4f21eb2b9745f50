//===- SortKeys.h - elements as integers in the same order ------------------===//

#ifndef PORTICO_LOWERING_KERNELS_SORTKEYS_H
#define PORTICO_LOWERING_KERNELS_SORTKEYS_H

#include "lowering/Kernels/LoopEmitter.h"

namespace portico {

/// Bits of the key of an element of portico type `elem`: 8, 16, 32 or 64.
int64_t sortKeyBits(mlir::Type elem);

/// An integer of that many bits; compared as unsigned, keys are ordered as the
/// elements are: -0 equals 0, and nan is larger than everything. In descending
/// order the keys are complemented, so that a stable sort stays stable.
mlir::Value emitSortKey(LoopEmitter &e, mlir::Value stored, mlir::Type elem, bool descending);

} // namespace portico

#endif // PORTICO_LOWERING_KERNELS_SORTKEYS_H
