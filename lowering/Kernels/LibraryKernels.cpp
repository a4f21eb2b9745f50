//===- LibraryKernels.cpp - code of the target's own instead of ours --------===//

#include "lowering/Kernels/LibraryKernels.h"

#include <cstdlib>
#include <cstring>

using namespace mlir;
using namespace portico;

bool portico::libraryKernelsEnabled() {
  static const bool enabled = [] {
    const char *value = std::getenv("PORTICO_LIBRARY_KERNELS");
    return !value || std::strcmp(value, "0") != 0;
  }();
  return enabled;
}

static std::optional<MatrixUnit::Element> elementOf(Type type) {
  if (type.isF16())
    return MatrixUnit::Element::f16;
  if (type.isBF16())
    return MatrixUnit::Element::bf16;
  if (type.isF32())
    return MatrixUnit::Element::f32;
  if (type.isF64())
    return MatrixUnit::Element::f64;
  return std::nullopt;
}

/// The batch dimensions of both operands come first and in order.
static bool leading(ArrayRef<int64_t> dims) {
  for (auto [index, dim] : llvm::enumerate(dims))
    if (dim != int64_t(index))
      return false;
  return true;
}

std::optional<LibraryProduct> portico::libraryProductOf(KernelOp kernel) {
  Block &body = kernel.getBody().front();
  if (body.getNumArguments() != 2 || body.getOperations().size() != 2)
    return std::nullopt;
  auto dot = dyn_cast<DotGeneralOp>(body.front());
  if (!dot || dot.getLhs() != body.getArgument(0) || dot.getRhs() != body.getArgument(1))
    return std::nullopt;
  int64_t batches = dot.getLhsBatch().size();
  auto lhs = cast<RankedTensorType>(dot.getLhs().getType());
  auto rhs = cast<RankedTensorType>(dot.getRhs().getType());
  std::optional<MatrixUnit::Element> element = elementOf(lhs.getElementType());
  if (!element || lhs.getRank() != batches + 2 || rhs.getRank() != batches + 2 ||
      dot.getLhsContract().size() != 1 || !leading(dot.getLhsBatch()) ||
      !leading(dot.getRhsBatch()))
    return std::nullopt;
  LibraryProduct product;
  product.element = *element;
  for (int64_t dim = 0; dim < batches; ++dim)
    product.batch *= lhs.getDimSize(dim);
  product.lhsTransposed = dot.getLhsContract().front() == batches;
  product.rhsTransposed = dot.getRhsContract().front() != batches;
  product.k = lhs.getDimSize(dot.getLhsContract().front());
  product.m = lhs.getDimSize(product.lhsTransposed ? batches + 1 : batches);
  product.n = rhs.getDimSize(product.rhsTransposed ? batches : batches + 1);
  return product;
}

double portico::estimateProduct(const LibraryProduct &product, const TargetInfo &target) {
  double work = double(product.batch) * product.m * product.n * product.k;
  int64_t bits = product.element == MatrixUnit::Element::f64 ? 64 : 32;
  double perCycle = target.simt ? double(target.simt->computeUnits * target.simt->subgroupSize)
                                : double(target.vectorBits) / bits * (target.fma ? 2 : 1);
  constexpr double kCyclesPerMicrosecond = 1000, kBusy = 0.5;
  double launch = target.simt ? 5 : 0.5;
  return launch + work / (perCycle * kBusy * kCyclesPerMicrosecond);
}

std::optional<LibraryChoice> portico::chooseLibraryKernel(KernelOp kernel, const Target &target) {
  ArrayRef<LibraryKernel> offered = target.libraryKernels();
  if (offered.empty() || !libraryKernelsEnabled())
    return std::nullopt;
  std::optional<LibraryProduct> product = libraryProductOf(kernel);
  if (!product || product->batch * product->m * product->n * product->k == 0)
    return std::nullopt;
  std::optional<LibraryChoice> best;
  double bestCost = estimateProduct(*product, target.info());
  for (const LibraryKernel &candidate : offered) {
    std::optional<double> cost = candidate.cost(*product);
    if (cost && *cost < bestCost) {
      bestCost = *cost;
      best = {&candidate, *product};
    }
  }
  return best;
}

KernelABI portico::libraryKernelABI(const LibraryLaunch &launch) {
  KernelABI abi;
  KernelPhase &phase = abi.phases.emplace_back();
  phase.extent = launch.extent;
  phase.grain = launch.grain;
  phase.shape = {launch.grid, launch.block, launch.groupMemoryBytes};
  abi.scratchBytes = launch.scratchBytes;
  abi.sharedBytes = launch.sharedBytes;
  abi.sameIndex = {{false}, {false}};
  return abi;
}
