//===- GroupSums.cpp - from the sums of a product to its results ------------===//

#include "lowering/Kernels/Simt/GroupSums.h"

#include "lowering/Kernels/KernelForm.h"
#include "lowering/Kernels/Simt/PerItem.h"

using namespace mlir;
using namespace portico;

GroupSums::GroupSums(KernelOp kernel, Value hero, Type accumulator, int64_t splits,
                     const SimtInfo &simt, ModuleOp out, StringRef name, KernelABI &abi)
    : kernel(kernel), hero(hero), accumulator(accumulator), splits(splits),
      elements(elementsOf(hero)), simt(simt), out(out), name(name), abi(abi),
      writer(kernel, hero, /*lanes=*/1) {
  if (!writer.elementwise()) {
    heroByte = abi.sharedBytes;
    abi.sharedBytes += writer.wholeBytes();
  }
  if (splits > 1) {
    partialsByte = abi.sharedBytes;
    abi.sharedBytes += alignBytes(splits * elements * storageBytes(accumulator));
  }
}

LogicalResult GroupSums::check() {
  if (writer.supported())
    return success();
  return refuse(kernel, "an op after the main op cannot be computed with its results",
                "elementwise ops and data movement");
}

Value GroupSums::partials(PhaseFunction &e) {
  return e.view(e.shared, partialsByte, splits * elements, accumulator);
}

void GroupSums::finish(PhaseFunction &e, Value place, Value sum) {
  if (!writer.elementwise())
    e.store(sum, e.view(e.shared, heroByte, elements, accumulator), place);
  else
    writer.writeRow(e, place, 1, e.idx(1), 1, [&](Value, int64_t) { return sum; });
}

void GroupSums::write(PhaseFunction &e, Value place, Value sum, Value split) {
  if (split)
    e.store(sum, partials(e), e.add(e.mul(split, elements), place));
  else
    finish(e, place, sum);
}

void GroupSums::emitPhases() {
  // A work-item for an element: its parts in the order of the splits.
  if (splits > 1)
    emitPerItem(kernel, out, name, abi, elements, simt, [&](PhaseFunction &e, Value place) {
      Value parts = partials(e);
      Value sum = e.loop(e.idx(1), e.idx(splits), 1, e.load(parts, place),
                         [&](Value number, ValueRange running) -> LoopEmitter::Values {
                           Value part = e.load(parts, e.add(e.mul(number, elements), place));
                           return {e.addNumbers(running[0], part)};
                         })[0];
      finish(e, place, sum);
    });
  if (!writer.elementwise())
    writer.emitLastPhase(out, name, abi, heroByte);
}
