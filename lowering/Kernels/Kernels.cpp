//===- Kernels.cpp - the table of strategy families -------------------------===//

#include "lowering/Kernels/Kernels.h"

#include "lowering/Kernels/KernelForm.h"
#include "lowering/Kernels/PhaseFunction.h"
#include "lowering/Kernels/Simt/GpuModule.h"
#include "lowering/Math/ExpandMath.h"

#include "llvm/ADT/StringSwitch.h"

using namespace mlir;

namespace portico {

/// Whether no result has an element: the shapes say that nothing is to be computed.
static bool isEmpty(KernelOp kernel) {
  return llvm::all_of(kernel->getResultTypes(),
                      [](Type type) { return cast<RankedTensorType>(type).getNumElements() == 0; });
}

/// A kernel that passes on what it gets may have types that no op would take.
static LogicalResult checkSizes(KernelOp kernel) {
  for (Type type : llvm::concat<Type>(llvm::to_vector(kernel.getInputs().getTypes()),
                                      llvm::to_vector(kernel.getResultTypes())))
    if (!cast<RankedTensorType>(type).hasStaticShape())
      return kernel.emitError("[lower-kernels] a size is not known; got ")
             << type << "; expected static sizes";
  return success();
}

LogicalResult lowerKernel(KernelOp kernel, const TargetInfo &target, ModuleOp out, StringRef name,
                          KernelABI &abi) {
  if (failed(checkSizes(kernel)))
    return failure();
  StringRef category = kernel.getCategory().value_or("loop");
  // Strategies divide by the sizes that they cut up. A scatter checks its indices though
  // there is nothing to write.
  if (isEmpty(kernel) && category != "scatter") {
    setNothingInPlace(kernel, abi);
    return target.simt ? phasesToGpuModule(kernel, out, *target.simt, abi) : success();
  }
  auto strategy = llvm::StringSwitch<KernelStrategy>(category)
                      .Case("loop", lowerLoopKernel)
                      .Case("row", lowerRowKernel)
                      .Case("dot", lowerDotKernel)
                      .Case("conv", lowerConvKernel)
                      .Case("window", lowerWindowKernel)
                      .Case("scan", lowerScanKernel)
                      .Case("sort", lowerSortKernel)
                      .Case("scatter", lowerScatterKernel)
                      .Default(nullptr);
  if (!strategy)
    return refuse(kernel, "no strategy for kernels of category '" + category + "'",
                  "one of loop, row, dot, conv, window, scan, sort and scatter");
  if (failed(strategy(kernel, target, out, name, abi)))
    return failure();
  // Whatever the strategy, elementwise code may have come along.
  if (failed(expandMath(out, target.doubles)))
    return failure();
  return target.simt ? phasesToGpuModule(kernel, out, *target.simt, abi) : success();
}

} // namespace portico
