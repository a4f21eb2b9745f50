//===- Scan.cpp - running sums, products, maxima and minima -----------------===//
//
// x is seen as [outer][n][inner], scanned along n.
//
// - inner > 1: items are blocks of columns. The running values of a block lie in
//   scratch (in the first cache); each row is added to them, vector by vector.
// - inner = 1: items are rows. Each vector gets its own prefix in log2(lanes)
//   shuffles, then what came before; only one addition per vector waits for the
//   vector before.
//
//===----------------------------------------------------------------------===//

#include "lowering/Kernels/Combine.h"
#include "lowering/Kernels/KernelForm.h"
#include "lowering/Kernels/MatmulStrategy.h"
#include "lowering/Kernels/MatmulTile.h"
#include "lowering/Kernels/ScanProblem.h"
#include "lowering/Kernels/Simt/GroupScan.h"
#include "lowering/ToLinalg/Casts.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace portico;

namespace {

class ScanLowering : ScanProblem {
public:
  ScanLowering(KernelOp kernel, ScanOp op, const TargetInfo &target, ModuleOp out, StringRef name,
               KernelABI &abi)
      : ScanProblem(op, target), kernel(kernel), out(out), name(name), abi(abi),
        lanes(lanesFor(type, target)) {}
  void lower() { inner > 1 ? emitColumns() : emitRows(); }

private:
  void emitColumns();
  void emitRows();
  Value prefix(LoopEmitter &e, Value vector);

  KernelOp kernel;
  ModuleOp out;
  StringRef name;
  KernelABI &abi;
  int64_t lanes;
};

} // namespace

void ScanLowering::emitColumns() {
  int64_t width = std::min<int64_t>(inner, 512), blocks = ceilDiv(inner, width);
  int64_t last = inner - (blocks - 1) * width;
  abi.scratchBytes = alignBytes(width * (running.getIntOrFloatBitWidth() / 8));
  PhaseFunction e(kernel, out, name, abi, outer * blocks, grainFor(double(n) * width / lanes));
  TypedMemory x{e.inputs[0], elem};
  Value carried = e.view(e.scratch, 0, width, running);
  e.loop(e.begin, e.end, 1, [&](Value item) {
    Value block = e.rem(item, blocks);
    Value base = e.add(e.mul(e.div(item, blocks), n * inner), e.mul(block, width));
    auto columns = [&](int64_t count) {
      auto at = [&](Value i) { return e.add(base, e.mul(position(e, i), inner)); };
      // The first row is its own result.
      auto row = [&](Value i, bool first) {
        e.loopLanes(count, lanes, [&](Value j, int64_t l) {
          Value place = e.add(at(i), j);
          Value value = widen(e, loadTypedVector(e, x, place, l), l);
          TypedMemory before{carried, running};
          if (!first)
            value = with(e, loadTypedVector(e, before, j, l), value);
          Value result = narrow(e, value, l);
          if (l > 1) {
            e.storeVector(value, carried, j);
            e.storeVector(result, e.results[0], place);
          } else {
            e.store(value, carried, j);
            e.store(result, e.results[0], place);
          }
        });
      };
      row(e.idx(0), true);
      e.loop(1, n, 1, [&](Value i) { row(i, false); });
    };
    if (last == width)
      return columns(width);
    e.when(e.less(block, blocks - 1), [&] { columns(width); }, [&] { columns(last); });
  });
}

/// Lane i of the result combines lanes 0..i (i.. when reverse).
Value ScanLowering::prefix(LoopEmitter &e, Value vector) {
  auto vectorType = cast<VectorType>(vector.getType());
  Value identity = identityOf(e.b, e.loc, kind, elem, vectorType);
  for (int64_t shift = 1; shift < lanes; shift *= 2) {
    // Shifted in: the identity, which is the second operand.
    SmallVector<int64_t> mask(lanes);
    for (int64_t i = 0; i < lanes; ++i) {
      int64_t from = op.getReverse() ? i + shift : i - shift;
      mask[i] = from >= 0 && from < lanes ? from : lanes;
    }
    vector = with(e, vector, vector::ShuffleOp::create(e.b, e.loc, vector, identity, mask));
  }
  return vector;
}

void ScanLowering::emitRows() {
  PhaseFunction e(kernel, out, name, abi, outer, grainFor(double(n)));
  TypedMemory x{e.inputs[0], elem};
  bool reverse = op.getReverse();
  int64_t whole = lanes > 1 ? n / lanes * lanes : 0;
  e.loop(e.begin, e.end, 1, [&](Value item) {
    Value base = e.mul(item, n);
    Value carry = identity(e);
    carry =
        e.loop(e.idx(0), e.idx(whole), lanes, ValueRange(carry), [&](Value i, ValueRange before) {
          Value at = reverse ? e.sub(e.idx(n - lanes), i) : i;
          Value place = e.add(base, at);
          Value own = prefix(e, loadTypedVector(e, x, place, lanes));
          Value wide = widen(e, own, lanes);
          Value all = with(e, e.splat(before[0], lanes), wide);
          e.storeVector(narrow(e, all, lanes), e.results[0], place);
          Value total = vector::ExtractOp::create(e.b, e.loc, wide,
                                                  ArrayRef<int64_t>{reverse ? 0 : lanes - 1});
          return LoopEmitter::Values{with(e, before[0], total)};
        })[0];
    e.loop(e.idx(whole), e.idx(n), 1, ValueRange(carry), [&](Value i, ValueRange before) {
      Value place = e.add(base, position(e, i));
      Value all = with(e, before[0], widen(e, loadTyped(e, x, place), 1));
      e.store(narrow(e, all, 1), e.results[0], place);
      return LoopEmitter::Values{all};
    });
  });
}

LogicalResult portico::lowerScanKernel(KernelOp kernel, const TargetInfo &target, ModuleOp out,
                                       StringRef name, KernelABI &abi) {
  auto op = dyn_cast_or_null<ScanOp>(soleOp(kernel));
  if (!op)
    return refuse(kernel, "a scan kernel is not a scan alone",
                  "one scan from its only input to its only result");
  // Every element is read just before it is written.
  abi.sameIndex.assign(1, SmallVector<bool, 2>(1, true));
  if (target.simt)
    lowerGroupScan(kernel, ScanProblem(op, target), *target.simt, out, name, abi);
  else
    ScanLowering(kernel, op, target, out, name, abi).lower();
  return success();
}
