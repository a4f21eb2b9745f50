//===- GroupSort.cpp - stable sort of rows, for work-groups -----------------===//
//
//   begin     the key of each element
//   then the passes of GroupRadix
//   finish    values and positions
//
//===----------------------------------------------------------------------===//

#include "lowering/Kernels/Simt/GroupSort.h"

#include "lowering/Kernels/Simt/GroupRadix.h"
#include "lowering/Kernels/Simt/PerItem.h"
#include "lowering/Kernels/SortKeys.h"

using namespace mlir;
using namespace portico;

bool portico::wantsGroupSort(int64_t n) { return n > 48; }

void portico::lowerGroupSort(KernelOp kernel, SortOp op, const SimtInfo &simt, ModuleOp out,
                             StringRef name, KernelABI &abi) {
  int64_t outer = 1, n = 1, inner = 1;
  for (auto [i, size] : llvm::enumerate(shapeOf(op.getX())))
    (int64_t(i) < op.getAxis() ? outer : int64_t(i) == op.getAxis() ? n : inner) *= size;
  int64_t rows = outer * inner;
  Type elem = elementTypeOf(op.getX());
  int64_t bits = sortKeyBits(elem);
  GroupRadix radix(kernel, simt, out, name, abi, rows, n, bits, bits);

  auto input = [&](PhaseFunction &e) {
    return e.inputs[cast<BlockArgument>(op.getX()).getArgNumber()];
  };
  auto baseOf = [&](PhaseFunction &e, Value number) {
    Value row = e.div(number, n);
    return e.add(e.mul(e.div(row, inner), n * inner), e.rem(row, inner));
  };
  emitPerItem(kernel, out, name, abi, rows * n, simt, [&](PhaseFunction &e, Value number) {
    Value at = e.add(baseOf(e, number), e.mul(e.rem(number, n), inner));
    radix.put(e, number, emitSortKey(e, e.load(input(e), at), elem, op.getDescending()));
  });
  radix.emitPasses();
  emitPerItem(kernel, out, name, abi, rows * n, simt, [&](PhaseFunction &e, Value number) {
    Value base = baseOf(e, number), position = radix.position(e, number);
    Value to = e.add(base, e.mul(e.rem(number, n), inner));
    // Of the two results the kernel may yield one.
    auto yielded = cast<YieldOp>(op->getBlock()->getTerminator()).getValues();
    for (auto [r, value] : llvm::enumerate(yielded)) {
      Value result = value == op.getValues() ? e.load(input(e), e.add(base, e.mul(position, inner)))
                                             : e.indexToInt(position, e.b.getI64Type());
      e.store(result, e.results[r], to);
    }
  });
}
