//===- Passes.cpp - the stages of lowering as passes -----------------------===//

#include "lowering/Passes.h"

#include "lowering/Kernels/Kernels.h"
#include "lowering/Math/ExpandMath.h"
#include "lowering/ToLinalg/ToLinalg.h"
#include "targets/MachineFigures.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Interfaces/FunctionInterfaces.h"

using namespace mlir;
using namespace portico;

namespace portico {
#define GEN_PASS_DEF_PORTICOTOLINALG
#define GEN_PASS_DEF_PORTICOLOWERKERNELS
#define GEN_PASS_DEF_PORTICOEXPANDMATH
#include "portico/LoweringPasses.h.inc"
} // namespace portico

/// What the caller of a phase has to know, as attributes of its function.
static void annotate(ModuleOp module, const KernelABI &abi) {
  Builder builder(module.getContext());
  for (const KernelPhase &phase : abi.phases) {
    Operation *function = nullptr;
    module.walk([&](FunctionOpInterface candidate) {
      if (candidate.getName() == phase.name)
        function = candidate;
    });
    function->setAttr("portico.extent", builder.getI64IntegerAttr(phase.extent));
    if (phase.shape.block[0]) {
      auto array = [&](const std::array<uint32_t, 3> &values) {
        return builder.getDenseI64ArrayAttr({values[0], values[1], values[2]});
      };
      function->setAttr("portico.grid", array(phase.shape.grid));
    } else {
      function->setAttr("portico.grain", builder.getI64IntegerAttr(phase.grain));
    }
    if (abi.scratchBytes)
      function->setAttr("portico.scratch_bytes", builder.getI64IntegerAttr(abi.scratchBytes));
    if (abi.sharedBytes)
      function->setAttr("portico.shared_bytes", builder.getI64IntegerAttr(abi.sharedBytes));
  }
}

namespace {

struct ToLinalg : portico::impl::PorticoToLinalgBase<ToLinalg> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    SmallVector<func::FuncOp> holders(module.getOps<func::FuncOp>());
    SmallVector<KernelOp> kernels;
    module.walk([&](KernelOp kernel) { kernels.push_back(kernel); });
    for (auto [i, kernel] : llvm::enumerate(kernels)) {
      StringRef category = kernel.getCategory().value_or("loop");
      if (category != "loop" && category != "row") {
        kernel.emitError("[to-linalg] a kernel is not written in linalg; got one of category '")
            << category << "'; expected 'loop' or 'row'";
        return signalPassFailure();
      }
      if (!kernelToLinalg(kernel, module, ("kernel" + Twine(i)).str()))
        return signalPassFailure();
    }
    for (func::FuncOp holder : holders)
      holder.erase();
  }
};

struct LowerKernels : portico::impl::PorticoLowerKernelsBase<LowerKernels> {
  using PorticoLowerKernelsBase::PorticoLowerKernelsBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    TargetInfo target = machine();
    if (llvm::Error error = checkFigures(target)) {
      module.emitError(llvm::toString(std::move(error)));
      return signalPassFailure();
    }
    SmallVector<KernelOp> kernels;
    module.walk([&](KernelOp kernel) { kernels.push_back(kernel); });
    // Apart, so that no function is taken for one that is in the module already.
    OwningOpRef<ModuleOp> lowered = ModuleOp::create(module.getLoc());
    for (auto [i, kernel] : llvm::enumerate(kernels)) {
      KernelABI abi;
      std::string name = ("kernel" + Twine(i)).str();
      if (failed(lowerKernel(kernel, target, *lowered, name, abi)))
        return signalPassFailure();
      annotate(*lowered, abi);
    }
    for (auto holder : llvm::make_early_inc_range(module.getOps<func::FuncOp>()))
      holder.erase();
    for (NamedAttribute attribute : lowered->getOperation()->getDiscardableAttrs())
      module->setAttr(attribute.getName(), attribute.getValue());
    auto &ops = module.getBody()->getOperations();
    ops.splice(ops.end(), lowered->getBody()->getOperations());
  }

private:
  /// The machine that the options describe.
  TargetInfo machine() {
    TargetInfo target;
    target.vectorBits = vectorBits;
    target.vectorRegisters = vectorRegisters;
    target.maskedMemory = maskedMemory;
    target.doubles = doubles;
    if (subgroupSize != 0) {
      target.simt.emplace();
      target.simt->subgroupSize = subgroupSize;
      target.simt->maxWorkgroupSize = maxWorkgroupSize;
      target.simt->groupMemoryBytes = groupMemoryBytes;
      target.simt->computeUnits = computeUnits;
    }
    return target;
  }
};

struct ExpandMath : portico::impl::PorticoExpandMathBase<ExpandMath> {
  using PorticoExpandMathBase::PorticoExpandMathBase;

  void runOnOperation() override {
    if (failed(expandMath(getOperation(), doubles)))
      signalPassFailure();
  }
};

} // namespace
