//===- GpuModule.cpp - phases as kernels of the gpu dialect -----------------===//

#include "lowering/Kernels/Simt/GpuModule.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/StringMap.h"

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

/// Whether no strategy for work-groups wrote the phase.
bool isForTasks(const KernelPhase &phase) { return phase.shape.block[0] == 0; }

int64_t alignedScratch(const KernelABI &abi) { return llvm::alignTo(abi.scratchBytes, 64); }
int64_t alignedShared(const KernelABI &abi) { return llvm::alignTo(abi.sharedBytes, 64); }

LaunchShape shapeOfTasks(const KernelPhase &phase, int64_t scratchBytes) {
  int64_t most = kMostTasks;
  if (scratchBytes > 0)
    most = std::clamp<int64_t>(kMostScratch / scratchBytes, kTaskBlock, kMostTasksWithScratch);
  int64_t tasks = std::clamp<int64_t>(phase.extent, 1, most);
  return LaunchShape::ofGroups(llvm::divideCeil(tasks, kTaskBlock), kTaskBlock);
}

/// The arguments of a phase behind its inputs and results, counted from the last.
enum FromLast : unsigned { kStatus = 1, kEnd, kBegin, kShared, kScratch };

/// One phase on its way from the one form to the other.
class PhaseMover {
public:
  PhaseMover(func::FuncOp source, gpu::GPUModuleOp module, KernelPhase &phase, KernelABI &abi,
             int64_t sharedBytes)
      : source(source), module(module), phase(phase), abi(abi), b(source.getContext()),
        loc(source.getLoc()), sharedBytes(sharedBytes) {}

  void run() {
    bool forTasks = isForTasks(phase);
    if (forTasks)
      phase.shape = shapeOfTasks(phase, abi.scratchBytes);
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
    }
    for (Operation &op : body.without_terminator())
      if (!mapping.contains(&op))
        b.clone(op, mapping);
    placeMemory(kernel.getBody());
  }

private:
  Value index(int64_t value) { return arith::ConstantIndexOp::create(b, loc, value); }

  BlockArgument argument(FromLast which) {
    return source.getArgument(source.getNumArguments() - which);
  }

  /// A kernel without a body, which ends where the builder stands.
  void declareKernel() {
    Attribute global = space(b.getContext(), gpu::AddressSpace::Global);
    SmallVector<Type> types;
    for (BlockArgument tensor : source.getArguments().drop_back(kScratch))
      types.push_back(inSpace(tensor.getType(), global));
    types.push_back(MemRefType::get({sharedBytes}, b.getI8Type(), AffineMap(), global));
    types.push_back(b.getI64Type());
    types.push_back(inSpace(argument(kStatus).getType(), global));

    SmallVector<Type> group;
    source.walk([&](memref::AllocaOp alloca) {
      if (gpu::GPUDialect::hasWorkgroupMemoryAddressSpace(alloca.getType())) {
        group.push_back(alloca.getType());
        groupAllocas.push_back(alloca);
      }
    });
    assert(group.size() <= 1 && "a kernel has one piece of group memory");
    b.setInsertionPointToEnd(module.getBody());
    kernel = gpu::GPUFuncOp::create(b, loc, source.getName(), b.getFunctionType(types, {}), group);
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

  void mapGroupMemory() {
    for (auto [alloca, memory] : llvm::zip_equal(groupAllocas, kernel.getWorkgroupAttributions())) {
      mapping.map(alloca.getResult(), memory);
      mapping.map(alloca.getOperation(), kernel.getOperation());
      phase.shape.groupMemoryBytes = uint32_t(alloca.getType().getNumElements() *
                                              alloca.getType().getElementTypeBitWidth() / 8);
    }
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
    if (abi.scratchBytes > 0) {
      auto type = cast<MemRefType>(argument(kScratch).getType());
      Value offset =
          arith::AddIOp::create(b, loc, index(alignedShared(abi)),
                                arith::MulIOp::create(b, loc, id, index(alignedScratch(abi))));
      auto global = space(b.getContext(), gpu::AddressSpace::Global);
      Value own = memref::ViewOp::create(b, loc, cast<MemRefType>(inSpace(type, global)), shared,
                                         offset, ValueRange());
      mapping.map(argument(kScratch), own);
    } else {
      mapping.map(argument(kScratch), shared);
    }
    mapping.map(argument(kBegin), begin);
    mapping.map(argument(kEnd), end);
    Value some = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::ult, begin, end);
    auto guard = scf::IfOp::create(b, loc, some);
    b.setInsertionPoint(guard.thenBlock()->getTerminator());
  }

  func::FuncOp source;
  gpu::GPUModuleOp module;
  KernelPhase &phase;
  const KernelABI &abi;
  OpBuilder b;
  Location loc;
  int64_t sharedBytes;
  gpu::GPUFuncOp kernel;
  SmallVector<memref::AllocaOp> groupAllocas;
  IRMapping mapping;
};

} // namespace

/// An empty gpu.module, and in it the constants of the phases. A tool may lower several
/// kernels into one module; each has a gpu.module of its own.
static gpu::GPUModuleOp makeGpuModule(ModuleOp out) {
  OpBuilder b = OpBuilder::atBlockEnd(out.getBody());
  out->setAttr(gpu::GPUDialect::getContainerModuleAttrName(), b.getUnitAttr());
  std::string name = "kernels";
  for (unsigned number = 1; out.lookupSymbol(name); ++number)
    name = "kernels_" + std::to_string(number);
  auto module = gpu::GPUModuleOp::create(b, out.getLoc(), name);
  Attribute global = space(b.getContext(), gpu::AddressSpace::Global);
  for (auto constant : llvm::make_early_inc_range(out.getOps<memref::GlobalOp>())) {
    constant->moveBefore(module.getBody(), module.getBody()->begin());
    constant.setType(cast<MemRefType>(inSpace(constant.getType(), global)));
  }
  return module;
}

/// Shared memory with what tasks bring along: their scratch memory lies behind it.
static int64_t sharedWithScratch(const KernelABI &abi) {
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

/// What a strategy chose by the figures of the machine has to be within them.
static LogicalResult checkLaunch(KernelOp kernel, const LaunchShape &shape, const SimtInfo &simt) {
  int64_t items = int64_t(shape.block[0]) * shape.block[1] * shape.block[2];
  if (items > simt.maxWorkgroupSize)
    return kernel.emitError("[lower-kernels] a work-group is too large for the machine; got ")
           << items << " work-items; expected at most " << simt.maxWorkgroupSize;
  if (shape.groupMemoryBytes > simt.groupMemoryBytes)
    return kernel.emitError("[lower-kernels] a work-group shares more than the machine has; got ")
           << shape.groupMemoryBytes << " bytes; expected at most " << simt.groupMemoryBytes;
  return success();
}

LogicalResult portico::phasesToGpuModule(KernelOp kernel, ModuleOp out, const SimtInfo &simt,
                                         KernelABI &abi) {
  gpu::GPUModuleOp module = makeGpuModule(out);
  int64_t sharedBytes = sharedWithScratch(abi);
  // The same function may be several phases.
  llvm::StringMap<LaunchShape> moved;
  for (KernelPhase &phase : abi.phases) {
    if (auto source = out.lookupSymbol<func::FuncOp>(phase.name)) {
      PhaseMover(source, module, phase, abi, sharedBytes).run();
      source.erase();
      if (failed(checkLaunch(kernel, phase.shape, simt)))
        return failure();
      moved[phase.name] = phase.shape;
    }
    phase.shape = moved.lookup(phase.name);
  }
  abi.sharedBytes = sharedBytes;
  abi.scratchBytes = 0;
  return success();
}
