//===- GroupScan.cpp - running sums and the like, for work-groups -----------===//
//
// - Many or short lines: a work-item for each.
// - Few long lines: a group for each chunk of a line.
//
//     phase 0   total of each chunk                      (more than one chunk)
//     phase 1   a line's totals, scanned by a work-item  (more than one chunk)
//     phase 2   each work-item of a group combines its run of neighbours; the group
//               scans these; each work-item goes through its run again
//
// The order in which elements are combined depends on the sizes alone.
//
//===----------------------------------------------------------------------===//

#include "lowering/Kernels/Simt/GroupScan.h"

#include "lowering/Kernels/MatmulTile.h"
#include "lowering/Kernels/Simt/GroupPrefix.h"
#include "lowering/Kernels/Simt/PerItem.h"

using namespace mlir;
using namespace portico;

namespace {

/// Elements that a work-item takes of a chunk.
constexpr int64_t kRun = 16;
constexpr int64_t kShortLine = 256;

class GroupScan {
public:
  GroupScan(KernelOp kernel, const ScanProblem &problem, const SimtInfo &simt, ModuleOp out,
            StringRef name, KernelABI &abi)
      : kernel(kernel), p(problem), simt(simt), out(out), name(name), abi(abi),
        block(std::min<int64_t>(256, simt.maxWorkgroupSize)), lines(p.outer * p.inner),
        chunk(block * kRun), chunks(ceilDiv(p.n, chunk)) {}

  void lower() {
    if (p.n < kShortLine || lines >= simt.computeUnits * block)
      return emitLines();
    if (chunks > 1) {
      totalsByte = abi.sharedBytes;
      abi.sharedBytes += alignBytes(lines * chunks * bytes());
      emitChunks(/*totalsOnly=*/true);
      emitTotals();
    }
    emitChunks(/*totalsOnly=*/false);
  }

private:
  int64_t bytes() const { return p.running.getIntOrFloatBitWidth() / 8; }
  Value totals(PhaseFunction &e) { return e.view(e.shared, totalsByte, lines * chunks, p.running); }
  Value baseOf(PhaseFunction &e, Value line) {
    return e.add(e.mul(e.div(line, p.inner), p.n * p.inner), e.rem(line, p.inner));
  }
  Value load(PhaseFunction &e, Value base, Value i) {
    Value at = e.add(base, e.mul(p.position(e, i), p.inner));
    return p.widen(e, loadTyped(e, {e.inputs[0], p.elem}, at), 1);
  }
  void store(PhaseFunction &e, Value base, Value i, Value value) {
    Value at = e.add(base, e.mul(p.position(e, i), p.inner));
    e.store(p.narrow(e, value, 1), e.results[0], at);
  }
  /// Elements [from, to) of a line, combined with `before` and written.
  void writeRun(PhaseFunction &e, Value base, Value from, Value to, Value before) {
    e.loop(from, to, 1, ValueRange(before), [&](Value i, ValueRange running) {
      Value all = p.with(e, running[0], load(e, base, i));
      store(e, base, i, all);
      return LoopEmitter::Values{all};
    });
  }

  void emitLines() {
    emitPerItem(kernel, out, name, abi, lines, simt, [&](PhaseFunction &e, Value line) {
      writeRun(e, baseOf(e, line), e.idx(0), e.idx(p.n), p.identity(e));
    });
  }

  /// totals[line][chunk] = what comes before the chunk.
  void emitTotals() {
    emitPerItem(kernel, out, name, abi, lines, simt, [&](PhaseFunction &e, Value line) {
      Value memory = totals(e), first = e.mul(line, chunks);
      e.loop(first, e.add(first, chunks), 1, ValueRange(p.identity(e)),
             [&](Value at, ValueRange before) {
               Value own = e.load(memory, at);
               e.store(before[0], memory, at);
               return LoopEmitter::Values{p.with(e, before[0], own)};
             });
    });
  }

  void emitChunks(bool totalsOnly) {
    PhaseFunction e(kernel, out, name, abi, lines * chunks, 1);
    LaunchShape &launch = abi.phases.back().shape;
    launch.grid = {uint32_t(lines * chunks), 1, 1};
    launch.block = {uint32_t(block), 1, 1};
    GroupBuilder group(e.b, e.loc, simt);
    group.allocateGroup(block * bytes());
    Value runs = group.viewGroup(0, block, p.running);
    Value number = group.group(), item = group.item();
    Value base = baseOf(e, e.div(number, chunks));
    Value from = e.add(e.mul(e.rem(number, chunks), chunk), e.mul(item, kRun));
    from = e.min(from, p.n);
    Value to = e.min(e.add(from, kRun), p.n);
    Value own = e.loop(from, to, 1, ValueRange(p.identity(e)), [&](Value i, ValueRange running) {
      return LoopEmitter::Values{p.with(e, running[0], load(e, base, i))};
    })[0];
    e.store(own, runs, item);
    group.barrier();
    if (totalsOnly) {
      e.when(e.equal(item, 0), [&] {
        Value all = e.loop(e.idx(1), e.idx(block), 1, ValueRange(own),
                           [&](Value other, ValueRange running) {
                             return LoopEmitter::Values{p.with(e, running[0], e.load(runs, other))};
                           })[0];
        e.store(all, totals(e), number);
      });
      return;
    }
    emitGroupPrefix(e, group, runs, block,
                    [&](Value before, Value own) { return p.with(e, before, own); });
    Value has = e.less(e.idx(0), item);
    Value before = e.select(has, e.load(runs, e.select(has, e.sub(item, 1), item)), p.identity(e));
    if (chunks > 1)
      before = p.with(e, e.load(totals(e), number), before);
    writeRun(e, base, from, to, before);
  }

  KernelOp kernel;
  const ScanProblem &p;
  const SimtInfo &simt;
  ModuleOp out;
  StringRef name;
  KernelABI &abi;
  int64_t block, lines, chunk, chunks;
  int64_t totalsByte = 0;
};

} // namespace

void portico::lowerGroupScan(KernelOp kernel, const ScanProblem &problem, const SimtInfo &simt,
                             ModuleOp out, StringRef name, KernelABI &abi) {
  GroupScan(kernel, problem, simt, out, name, abi).lower();
}
