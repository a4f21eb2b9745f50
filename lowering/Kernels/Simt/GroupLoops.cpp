//===- GroupLoops.cpp - generics without reductions, for work-groups --------===//
//
//   linalg.generic over (d0, d1)           %id = number of the work-item
//     ins(x[d0, d1], bias[d1])     ->      %d0, %d1 = digits of %id
//     outs(y[d0, d1])                      memref.load, arith, memref.store
//
//   linalg.generic over (d0)               %first = %id * 4;  scf.if %first + 4 <= %extent
//     ins(x[d0]) outs(y[d0])       ->        vector.load, arith, vector.store
//                                          else, one by one
//                                            memref.load, arith, memref.store
//
//===----------------------------------------------------------------------===//

#include "lowering/Kernels/Simt/GroupLoops.h"

#include "lowering/Kernels/Loops.h"
#include "lowering/Kernels/Simt/GroupBuilder.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;

namespace portico {

constexpr int64_t kBlock = 256;

/// How many neighbours one work-item does: as many as fill a wide load of the
/// largest element, where all operands lie alike and computing is cheap.
static int64_t pointsPerItem(Nest &nest, const TargetInfo &target) {
  constexpr int64_t kCheap = 24;
  NestStage &stage = nest.stages.front();
  if (nest.sizes.size() > 1 || costOf(stage.generic) > kCheap)
    return 1;
  int64_t bits = 8;
  for (auto [operand, access] : llvm::zip_equal(stage.generic->getOperands(), stage.accesses)) {
    if (access != getAffineDimExpr(0, access.getContext()))
      return 1;
    bits = std::max<int64_t>(bits, cast<MemRefType>(operand.getType()).getElementTypeBitWidth());
  }
  return std::clamp<int64_t>(target.vectorBits / bits, 1, 8);
}

namespace {

class GroupLoopEmitter {
public:
  GroupLoopEmitter(PhaseBuilder &phases, Nest &nest, const TargetInfo &target)
      : phases(phases), nest(nest), stage(nest.stages.front()), target(target),
        b(phases.linalgFunc.getContext()), loc(stage.generic.getLoc()) {}

  void emit() {
    int64_t count = nest.points(), perItem = pointsPerItem(nest, target);
    int64_t block = std::min(kBlock, target.simt->maxWorkgroupSize);
    f = phases.start(b, count, count);
    phases.abi.phases.back().shape =
        LaunchShape::ofGroups(llvm::divideCeil(count, block * perItem), block);
    GroupBuilder group(b, loc, *target.simt);
    Value start = arith::MulIOp::create(b, loc, group.group(), group.index(block));
    Value id = arith::AddIOp::create(b, loc, start, group.item());
    perItem == 1 ? emitSingle(id) : emitNeighbours(id, perItem);
  }

private:
  /// Point `at`, or as many along the innermost dimension as there are lanes.
  void emitAt(ArrayRef<VaryingIndex> at, LaneBuilder &lanes) {
    emitPoints(lanes, phases, f, stage, at, nullptr, DenseMap<unsigned, Value>());
  }

  void emitOne(Value at) {
    LaneBuilder lanes(b, loc, /*lanes=*/1, indexBitsFor(nest));
    SmallVector<VaryingIndex> dims;
    for (Value digit : delinearize(b, loc, at, nest.sizes))
      dims.push_back(lanes.uniform(digit));
    emitAt(dims, lanes);
  }

  /// A point for each work-item there is a point for.
  void emitSingle(Value id) {
    Value inside = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::ult, id, phases.end(f));
    auto guard = scf::IfOp::create(b, loc, inside);
    b.setInsertionPoint(guard.thenBlock()->getTerminator());
    emitOne(id);
  }

  /// `perItem` neighbours by wide loads and stores; the last ones of all one by one.
  void emitNeighbours(Value id, int64_t perItem) {
    Value width = arith::ConstantIndexOp::create(b, loc, perItem);
    Value first = arith::MulIOp::create(b, loc, id, width);
    Value last = arith::AddIOp::create(b, loc, first, width);
    Value extent = phases.end(f);
    Value whole = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::ule, last, extent);
    auto branch = scf::IfOp::create(b, loc, whole, /*withElseRegion=*/true);
    b.setInsertionPoint(branch.thenBlock()->getTerminator());
    LaneBuilder lanes(b, loc, perItem, indexBitsFor(nest));
    emitAt({VaryingIndex{first, 1, nullptr}}, lanes);
    b.setInsertionPoint(branch.elseBlock()->getTerminator());
    forLoop(b, loc, first, extent, 1, [&](Value at) { emitOne(at); });
  }

  PhaseBuilder &phases;
  Nest &nest;
  NestStage &stage;
  const TargetInfo &target;
  OpBuilder b;
  Location loc;
  func::FuncOp f;
};

} // namespace

void emitGroupLoops(PhaseBuilder &phases, Nest &nest, const TargetInfo &target) {
  GroupLoopEmitter(phases, nest, target).emit();
}

} // namespace portico
