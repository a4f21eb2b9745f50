//===- GpuPhase.cpp - one phase as a kernel of the gpu dialect --------------===//

#include "lowering/Kernels/Simt/GpuPhase.h"

#include "dialects/simt/Simt.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;
using namespace portico;

namespace {

constexpr int64_t kTaskBlock = 64;
/// Private memory of all tasks together: beyond it there are fewer tasks.
constexpr int64_t kMostScratch = int64_t(64) << 20;
constexpr int64_t kMostTasks = int64_t(1) << 22, kMostTasksWithScratch = int64_t(1) << 16;

Attribute space(MLIRContext *context, gpu::AddressSpace which) {
  return gpu::AddressSpaceAttr::get(context, which);
}

Type inSpace(Type type, Attribute where) {
  auto memref = dyn_cast<MemRefType>(type);
  if (!memref || memref.getMemorySpace())
    return type;
  return MemRefType::Builder(memref).setMemorySpace(where);
}

/// Gives every memref of `body` its address space: what comes from an argument or
/// a global lies in `global`, what a work-item allocates in `private`.
void placeMemory(Region &body) {
  MLIRContext *context = body.getContext();
  Attribute global = space(context, gpu::AddressSpace::Global);
  Attribute own = space(context, gpu::AddressSpace::Private);
  body.walk<WalkOrder::PreOrder>([&](Operation *op) {
    for (Value result : op->getResults()) {
      auto type = dyn_cast<MemRefType>(result.getType());
      if (!type || type.getMemorySpace())
        continue;
      Attribute where = isa<memref::AllocaOp>(op) ? own : global;
      for (Value operand : op->getOperands())
        if (auto source = dyn_cast<MemRefType>(operand.getType()))
          where = source.getMemorySpace();
      result.setType(inSpace(type, where));
    }
    for (Region &region : op->getRegions())
      for (Block &block : region)
        for (BlockArgument argument : block.getArguments())
          argument.setType(inSpace(argument.getType(), global));
  });
}

int64_t alignedScratch(const KernelABI &abi) { return llvm::alignTo(abi.scratchBytes, 64); }
int64_t alignedShared(const KernelABI &abi) { return llvm::alignTo(abi.sharedBytes, 64); }

/// The arguments of a phase behind its inputs and results, counted from the last.
enum FromLast : unsigned { kStatus = 1, kEnd, kBegin, kShared, kScratch };

/// One phase on its way from the one form to the other.
class PhaseMover {
public:
  PhaseMover(func::FuncOp source, gpu::GPUModuleOp module, KernelPhase &phase, const KernelABI &abi,
             int64_t sharedBytes)
      : source(source), module(module), phase(phase), abi(abi), b(source.getContext()),
        loc(source.getLoc()), sharedBytes(sharedBytes) {}

  void run() {
    bool forTasks = isForTasks(phase);
    if (forTasks)
      phase.shape = shapeOfTasks(phase, abi.scratchBytes);
    findGroupMemory();
    declareKernel();
    Block &body = source.getBody().front();
    // inputs..., results..., shared, extent, status
    unsigned tensors = body.getNumArguments() - kScratch;
    for (unsigned i = 0; i < tensors; ++i)
      mapping.map(body.getArgument(i), kernel.getArgument(i));
    Value shared = kernel.getArgument(tensors), extent = kernel.getArgument(tensors + 1);
    mapping.map(argument(kShared), shared);
    mapping.map(argument(kStatus), kernel.getArgument(tensors + 2));
    Value end = arith::IndexCastOp::create(b, loc, b.getIndexType(), extent);
    if (forTasks) {
      takeTask(shared, end);
    } else {
      mapping.map(argument(kBegin), index(0));
      mapping.map(argument(kEnd), end);
      mapGroupMemory();
      if (phase.shape.groups > 0)
        takeGroups();
    }
    for (Operation &op : body.without_terminator())
      if (!mapping.contains(&op))
        b.clone(op, mapping);
    if (loop)
      closeLoop();
    placeMemory(kernel.getBody());
  }

private:
  Value index(int64_t value) { return arith::ConstantIndexOp::create(b, loc, value); }

  BlockArgument argument(FromLast which) {
    return source.getArgument(source.getNumArguments() - which);
  }

  /// inputs..., results..., shared, extent, status
  FunctionType kernelType() {
    SmallVector<Type> types;
    for (BlockArgument tensor : source.getArguments().drop_back(kScratch))
      types.push_back(inGlobalMemory(tensor.getType()));
    types.push_back(inGlobalMemory(MemRefType::get({sharedBytes}, b.getI8Type())));
    types.push_back(b.getI64Type());
    types.push_back(inGlobalMemory(argument(kStatus).getType()));
    return b.getFunctionType(types, {});
  }

  void findGroupMemory() {
    source.walk([&](memref::AllocaOp alloca) {
      if (!gpu::GPUDialect::hasWorkgroupMemoryAddressSpace(alloca.getType()))
        return;
      assert(!groupMemory && "a kernel has one piece of group memory");
      groupMemory = alloca;
    });
  }

  /// A kernel without a body, which ends where the builder stands.
  void declareKernel() {
    SmallVector<Type> group;
    if (groupMemory)
      group.push_back(groupMemory.getType());
    b.setInsertionPointToEnd(module.getBody());
    kernel = gpu::GPUFuncOp::create(b, loc, source.getName(), kernelType(), group);
    kernel->setAttr(gpu::GPUDialect::getKernelFuncAttrName(), b.getUnitAttr());
    if (Attribute why = source->getAttr(kNotStreamedAttr))
      kernel->setAttr(kNotStreamedAttr, why);
    SmallVector<int32_t> block(phase.shape.block.begin(), phase.shape.block.end());
    kernel.setKnownBlockSizeAttr(b.getDenseI32ArrayAttr(block));
    Block &entry = kernel.getBody().front();
    b.setInsertionPointToEnd(&entry);
    auto end = gpu::ReturnOp::create(b, loc);
    b.setInsertionPoint(end);
  }

  /// What was allocated is an attribution of the kernel.
  void mapGroupMemory() {
    if (!groupMemory)
      return;
    mapping.map(groupMemory.getResult(), kernel.getWorkgroupAttributions().front());
    mapping.map(groupMemory.getOperation(), kernel.getOperation());
    MemRefType type = groupMemory.getType();
    phase.shape.groupMemoryBytes =
        uint32_t(type.getNumElements() * type.getElementTypeBitWidth() / 8);
  }

  /// Machines whose groups have signals of their own (GroupStream.h), which are made once,
  /// count groups, not work-items.
  void takeGroups() {
    bool hasSignals =
        source.walk([](simt::InitSignalsOp) { return WalkResult::interrupt(); }).wasInterrupted();
    if (!hasSignals) {
      loop = loopOverGroups();
      return;
    }
    phase.shape.grid[0] = uint32_t(std::min<int64_t>(phase.shape.groups, INT32_MAX));
    if (phase.shape.groups == phase.shape.grid[0])
      phase.shape.groups = 0;
  }

  /// The numbers of the groups that this one does; what follows runs for each:
  ///
  ///     %group = gpu.block_id x; ...the body...
  ///     ->
  ///     %first = gpu.block_id x
  ///     scf.for %group = %first to %groups step %grid { ...the body...; gpu.barrier }
  scf::ForOp loopOverGroups() {
    Value first = gpu::BlockIdOp::create(b, loc, gpu::Dimension::x);
    auto made =
        scf::ForOp::create(b, loc, first, index(phase.shape.groups), index(phase.shape.grid[0]));
    b.setInsertionPoint(made.getBody()->getTerminator());
    return made;
  }

  void closeLoop() {
    loop.getBody()->walk([&](gpu::BlockIdOp number) {
      number.replaceAllUsesWith(loop.getInductionVar());
      number.erase();
    });
    // The next group writes to the memory that this one reads.
    if (groupMemory)
      gpu::BarrierOp::create(b, loc);
    phase.shape.groups = 0;
  }

  /// The items of this work-item, and its part of the scratch memory; what follows runs
  /// where there are any.
  void takeTask(Value shared, Value extent) {
    Value item = gpu::ThreadIdOp::create(b, loc, gpu::Dimension::x);
    Value group = gpu::BlockIdOp::create(b, loc, gpu::Dimension::x);
    Value groups = gpu::GridDimOp::create(b, loc, gpu::Dimension::x);
    Value width = index(kTaskBlock);
    Value id = arith::AddIOp::create(b, loc, arith::MulIOp::create(b, loc, group, width), item);
    Value all = arith::MulIOp::create(b, loc, groups, width);
    Value rounded =
        arith::AddIOp::create(b, loc, extent, arith::SubIOp::create(b, loc, all, index(1)));
    Value items = arith::DivUIOp::create(b, loc, rounded, all);
    Value begin = arith::MulIOp::create(b, loc, id, items);
    Value end = arith::MinUIOp::create(b, loc, arith::AddIOp::create(b, loc, begin, items), extent);
    mapping.map(argument(kScratch), abi.scratchBytes > 0 ? scratchOf(id, shared) : shared);
    mapping.map(argument(kBegin), begin);
    mapping.map(argument(kEnd), end);
    Value some = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::ult, begin, end);
    auto guard = scf::IfOp::create(b, loc, some);
    b.setInsertionPoint(guard.thenBlock()->getTerminator());
  }

  /// The part of shared memory that is the scratch memory of task `id`.
  Value scratchOf(Value id, Value shared) {
    Value behind = index(alignedShared(abi));
    Value offset = arith::AddIOp::create(
        b, loc, behind, arith::MulIOp::create(b, loc, id, index(alignedScratch(abi))));
    auto type = cast<MemRefType>(inGlobalMemory(argument(kScratch).getType()));
    return memref::ViewOp::create(b, loc, type, shared, offset, ValueRange());
  }

  func::FuncOp source;
  gpu::GPUModuleOp module;
  KernelPhase &phase;
  const KernelABI &abi;
  OpBuilder b;
  Location loc;
  int64_t sharedBytes;
  gpu::GPUFuncOp kernel;
  /// Null where the phase has none.
  memref::AllocaOp groupMemory;
  /// Null where a group of the grid does one group.
  scf::ForOp loop;
  IRMapping mapping;
};

} // namespace

LaunchShape LaunchShape::ofGroups(int64_t groups, int64_t items) {
  // Drivers count the groups in 31 bits, or the work-items in 32.
  int64_t most = std::min<int64_t>(INT32_MAX, UINT32_MAX / items);
  LaunchShape shape;
  shape.grid = {uint32_t(std::clamp<int64_t>(groups, 1, most)), 1, 1};
  shape.block = {uint32_t(items), 1, 1};
  shape.groups = groups > most ? groups : 0;
  return shape;
}

LaunchShape portico::shapeOfTasks(const KernelPhase &phase, int64_t scratchBytes) {
  int64_t most = kMostTasks;
  if (scratchBytes > 0)
    most = std::clamp<int64_t>(kMostScratch / scratchBytes, kTaskBlock, kMostTasksWithScratch);
  int64_t tasks = std::clamp<int64_t>(phase.extent, 1, most);
  return LaunchShape::ofGroups(llvm::divideCeil(tasks, kTaskBlock), kTaskBlock);
}

int64_t portico::sharedWithScratch(const KernelABI &abi) {
  int64_t tasks = 0;
  for (const KernelPhase &phase : abi.phases)
    if (isForTasks(phase)) {
      LaunchShape shape = shapeOfTasks(phase, abi.scratchBytes);
      tasks = std::max<int64_t>(tasks, int64_t(shape.grid[0]) * shape.block[0]);
    }
  if (abi.scratchBytes == 0 || tasks == 0)
    return abi.sharedBytes;
  return alignedShared(abi) + tasks * alignedScratch(abi);
}

Type portico::inGlobalMemory(Type type) {
  return inSpace(type, space(type.getContext(), gpu::AddressSpace::Global));
}

void portico::moveToGpu(func::FuncOp source, gpu::GPUModuleOp module, KernelPhase &phase,
                        const KernelABI &abi, int64_t sharedBytes) {
  PhaseMover(source, module, phase, abi, sharedBytes).run();
}
