//===- GpuModule.cpp - phases as kernels of the gpu dialect -----------------===//

#include "lowering/Kernels/Simt/GpuModule.h"

#include "lowering/Kernels/Simt/GpuPhase.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "llvm/ADT/StringMap.h"

using namespace mlir;
using namespace portico;

/// An empty gpu.module, and in it the constants of the phases. A tool may lower several
/// kernels into one module; each has a gpu.module of its own.
static gpu::GPUModuleOp makeGpuModule(ModuleOp out) {
  OpBuilder b = OpBuilder::atBlockEnd(out.getBody());
  out->setAttr(gpu::GPUDialect::getContainerModuleAttrName(), b.getUnitAttr());
  std::string name = "kernels";
  for (unsigned number = 1; out.lookupSymbol(name); ++number)
    name = "kernels_" + std::to_string(number);
  auto module = gpu::GPUModuleOp::create(b, out.getLoc(), name);
  for (auto constant : llvm::make_early_inc_range(out.getOps<memref::GlobalOp>())) {
    constant->moveBefore(module.getBody(), module.getBody()->begin());
    constant.setType(cast<MemRefType>(inGlobalMemory(constant.getType())));
  }
  return module;
}

/// What a strategy chose by the figures of the machine has to be within them.
static LogicalResult checkLaunch(KernelOp kernel, const LaunchShape &shape, const SimtInfo &simt) {
  if (shape.groups > 0)
    return kernel.emitError("[lower-kernels] more work-groups than a grid has; got ")
           << shape.groups << " groups with signals of their own; expected at most "
           << shape.grid[0] << "; try fewer products of a batch at a time";
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
      moveToGpu(source, module, phase, abi, sharedBytes);
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
