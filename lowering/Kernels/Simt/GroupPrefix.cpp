//===- GroupPrefix.cpp - running values over the work-items of a group ------===//
//
// In log2(items) rounds, each with what stands `step` before:
//
//   step 1   a  ab  bc   cd         step 2   a  ab  abc  abcd
//
//===----------------------------------------------------------------------===//

#include "lowering/Kernels/Simt/GroupPrefix.h"

using namespace mlir;
using namespace portico;

void portico::emitGroupPrefix(LoopEmitter &e, GroupBuilder &group, Value memory, int64_t items,
                              llvm::function_ref<Value(Value, Value)> combine) {
  Value item = group.item();
  for (int64_t step = 1; step < items; step *= 2) {
    Value own = e.load(memory, item);
    // The first `step` work-items are done; they read something and leave it.
    Value has = e.less(e.idx(step - 1), item);
    Value before = e.load(memory, e.select(has, e.sub(item, step), item));
    Value joined = e.select(has, combine(before, own), own);
    group.barrier();
    e.store(joined, memory, item);
    group.barrier();
  }
}
