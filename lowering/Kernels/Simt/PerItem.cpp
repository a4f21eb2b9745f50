//===- PerItem.cpp - a phase with a work-item for each of so many -----------===//

#include "lowering/Kernels/Simt/PerItem.h"

#include "lowering/Kernels/Simt/GroupBuilder.h"

using namespace mlir;
using namespace portico;

void portico::emitPerItem(KernelOp kernel, ModuleOp out, StringRef name, KernelABI &abi,
                          int64_t count, const SimtInfo &simt,
                          llvm::function_ref<void(PhaseFunction &, Value)> body) {
  // Few items make small groups, so that they spread over the machine.
  int64_t most = std::min<int64_t>(256, simt.maxWorkgroupSize);
  int64_t block = std::min(most, simt.subgroupSize);
  while (2 * block <= most && count / block > 2 * simt.computeUnits)
    block *= 2;
  PhaseFunction e(kernel, out, name, abi, count, 1);
  abi.phases.back().shape = LaunchShape::ofGroups(ceilDiv(count, block), block);
  GroupBuilder group(e.b, e.loc, simt);
  Value number = e.add(e.mul(group.group(), block), group.item());
  if (count > 0)
    e.when(e.less(number, count), [&] { body(e, number); });
}
