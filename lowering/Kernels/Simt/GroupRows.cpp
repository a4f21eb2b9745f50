//===- GroupRows.cpp - kernels with reductions, for work-groups -------------===//
//
//   %m = max over d1 of x[d0, d1]        the work-items of row d0 take every perRow-th
//   %s = sum over d1 of exp(x - %m)  ->  element; what they have is combined by
//   y  = exp(x - %m) / %s                exchanges in the subgroup and, between
//                                        subgroups, through the memory of the group
//
// Enough rows: one phase does all passes of a row in one group. Few long rows: the
// chunks of a row are groups of their own, each pass is a phase that leaves partial
// results in memory and a phase that combines them, in order.
//
//===----------------------------------------------------------------------===//

#include "lowering/Kernels/Simt/GroupRows.h"

#include "lowering/Kernels/Simt/GroupRowEmitter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "llvm/ADT/MapVector.h"

using namespace mlir;
using namespace portico;

namespace {

class GroupRowLowering {
public:
  GroupRowLowering(PhaseBuilder &phases, RowStages &stages, const TargetInfo &target)
      : phases(phases), stages(stages), simt(*target.simt),
        shape(chooseGroupShape(stages.nest, stages.mostReductions(), simt)),
        b(phases.linalgFunc.getContext()), loc(phases.linalgFunc.getLoc()) {}

  void run() {
    placeTemporaries();
    if (shape.splits > 1)
      emitSplit();
    else
      emitWhole();
  }

private:
  func::FuncOp start(int64_t groups) {
    func::FuncOp f = phases.start(b, std::max<int64_t>(1, shape.rows), 1);
    phases.abi.phases.back().shape = LaunchShape::ofGroups(groups, shape.block());
    return f;
  }

  void reserve(Value value, int64_t count,
               llvm::MapVector<Value, std::pair<int64_t, int64_t>> &in) {
    int64_t &bytes = phases.abi.sharedBytes;
    in[value] = {bytes, count};
    int64_t element = cast<MemRefType>(value.getType()).getElementTypeBitWidth() / 8;
    bytes = llvm::alignTo(bytes + count * element, 64);
  }

  Value view(func::FuncOp f, Value value, std::pair<int64_t, int64_t> where) {
    Type elem = cast<MemRefType>(value.getType()).getElementType();
    Value at = arith::ConstantIndexOp::create(b, loc, where.first);
    return memref::ViewOp::create(b, loc, MemRefType::get({where.second}, elem), phases.shared(f),
                                  at, ValueRange());
  }

  /// Values of the full shape that a later pass reads. A work-item reads what it
  /// has written itself.
  void placeTemporaries() {
    for (unsigned s = 0; s < stages.info.size(); ++s)
      if (stages.info[s].kind == RowStages::Kind::full)
        for (Value output : stages.outputs(s))
          if (stages.isTemporary(output) && stages.isReadLater(output))
            reserve(output, stages.nest.points(), temporaries);
  }

  void bind(GroupRowEmitter &rows, func::FuncOp f) {
    for (auto &[value, where] : temporaries)
      rows.memories[value] = view(f, value, where);
  }

  void emitWhole() {
    func::FuncOp f = start(shape.groups());
    GroupRowEmitter rows(phases, stages, shape, simt, b, f);
    bind(rows, f);
    rows.begin();
    for (unsigned pass = 1; pass <= stages.passes; ++pass) {
      rows.keep(pass, rows.runPass(pass));
      rows.runKept(pass);
    }
  }

  SmallVector<Value> reductionsOf(unsigned pass) {
    SmallVector<Value> result;
    for (unsigned s : stages.stagesOfPass(pass))
      if (stages.info[s].combiner)
        llvm::append_range(result, stages.outputs(s));
    return result;
  }

  void emitSplit() {
    for (unsigned pass = 1; pass <= stages.passes; ++pass)
      for (Value output : reductionsOf(pass)) {
        reserve(output, shape.rows, temporaries);
        reserve(output, shape.rows * shape.splits, partials);
      }
    for (unsigned pass = 1; pass <= stages.passes; ++pass) {
      if (!stages.stagesOfPass(pass).empty())
        emitPartials(pass);
      if (!reductionsOf(pass).empty() || !stages.keptAfterPass(pass).empty())
        emitCombination(pass);
    }
  }

  /// Partial results lie as [row][split].
  void emitPartials(unsigned pass) {
    func::FuncOp f = start(shape.groups() * shape.splits);
    GroupRowEmitter rows(phases, stages, shape, simt, b, f);
    bind(rows, f);
    rows.begin();
    auto values = rows.runPass(pass);
    if (values.empty())
      return;
    rows.oncePerRow([&] {
      Value splits = rows.group.index(shape.splits);
      Value at = arith::AddIOp::create(b, loc, arith::MulIOp::create(b, loc, rows.row, splits),
                                       rows.split);
      for (auto [output, value] : llvm::zip_equal(reductionsOf(pass), values))
        memref::StoreOp::create(b, loc, value, view(f, output, partials[output]), ValueRange(at));
    });
  }

  /// One work-item for a row.
  void emitCombination(unsigned pass) {
    GroupShape rowsOnly;
    rowsOnly.rows = shape.rows;
    rowsOnly.along = false;
    rowsOnly.rowsPerGroup = shape.block();
    func::FuncOp f = phases.start(b, shape.rows, 1);
    phases.abi.phases.back().shape = LaunchShape::ofGroups(rowsOnly.groups(), rowsOnly.block());
    GroupRowEmitter rows(phases, stages, rowsOnly, simt, b, f);
    bind(rows, f);
    rows.begin();
    if (SmallVector<Value> outputs = reductionsOf(pass); !outputs.empty()) {
      SmallVector<Value> whole = addPartials(rows, f, pass, outputs);
      rows.keep(pass, whole);
      // For the phases that follow.
      rows.oncePerRow([&] {
        for (auto [output, value] : llvm::zip_equal(outputs, whole))
          memref::StoreOp::create(b, loc, value, rows.memories[output], ValueRange(rows.row));
      });
    }
    rows.runKept(pass);
  }

  /// What the splits of a row have left, combined in their order.
  SmallVector<Value> addPartials(GroupRowEmitter &rows, func::FuncOp f, unsigned pass,
                                 ArrayRef<Value> outputs) {
    SmallVector<Value> memory;
    for (Value output : outputs)
      memory.push_back(view(f, output, partials[output]));
    auto read = [&](Value at) {
      SmallVector<Value> loaded;
      for (Value m : memory)
        loaded.push_back(memref::LoadOp::create(b, loc, m, ValueRange(at)));
      return loaded;
    };
    Value splits = rows.group.index(shape.splits), one = rows.group.index(1);
    Value first = arith::MulIOp::create(b, loc, rows.row, splits);
    Value last = arith::AddIOp::create(b, loc, first, splits);
    Value second = arith::AddIOp::create(b, loc, first, one);
    return rows.group.loop(second, last, one, read(first), [&](Value at, ValueRange running) {
      return rows.combiner.combine(pass, running, read(at));
    });
  }

  PhaseBuilder &phases;
  RowStages &stages;
  const SimtInfo &simt;
  GroupShape shape;
  OpBuilder b;
  Location loc;
  /// Offset and number of elements in shared memory.
  llvm::MapVector<Value, std::pair<int64_t, int64_t>> temporaries, partials;
};

} // namespace

void portico::emitGroupRows(PhaseBuilder &phases, RowStages &stages, const TargetInfo &target) {
  GroupRowLowering(phases, stages, target).run();
}
