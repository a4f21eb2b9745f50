//===- DeviceLowering.h - what targets with work-groups share ---------------===//
//
// From a kernel module (the second form of lowering/Kernels/Kernels.h) to an
// llvm::Module. A target adds the patterns of its own dialect and emits the rest.
//
//===----------------------------------------------------------------------===//

#ifndef PORTICO_TARGETS_COMMON_DEVICELOWERING_H
#define PORTICO_TARGETS_COMMON_DEVICELOWERING_H

#include "mlir/Conversion/LLVMCommon/TypeConverter.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Transforms/DialectConversion.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/Error.h"

#include <functional>
#include <memory>

namespace llvm {
class TargetMachine;
}

namespace portico {

/// Vectors of any rank and shape become vectors of one dimension, strided views
/// become address arithmetic, and the conversions of bf16 become integer code: the
/// processor's own flush denormals, and where it has none LLVM calls a library.
void populateVectorExpansions(mlir::RewritePatternSet &patterns);

/// scf and affine to branches.
llvm::LogicalResult structuredToBranches(mlir::Operation *op);

/// Adds the patterns of arith, cf, index, math, memref, ub and vector.
void populateCommonToLLVM(mlir::LLVMTypeConverter &types, mlir::RewritePatternSet &patterns);

/// What a target adds to the conversion of a gpu.module.
struct DeviceDialect {
  /// The numbers of the address spaces.
  std::function<unsigned(mlir::gpu::AddressSpace)> addressSpace;
  /// The patterns of the target's own dialect, gpu.func among them.
  std::function<void(mlir::LLVMTypeConverter &, mlir::RewritePatternSet &)> populate;
  /// What the conversion may leave: the target's own dialect.
  std::function<void(mlir::ConversionTarget &)> configure;
};

/// Everything in `module`'s gpu.module to the LLVM dialect. Pointer arguments are
/// bare pointers, `kNoAliasAttr` becomes noalias.
llvm::LogicalResult lowerToLLVM(mlir::gpu::GPUModuleOp module, const DeviceDialect &dialect);

/// Registers the dialects that the above makes and their translations.
void registerDeviceDialects(mlir::DialectRegistry &registry);

/// Optimises for work-items: the short pipeline of the host, with vectors made
/// scalar but for loads and stores of up to 128 bits, and masked memory accesses
/// made branches. `machine` is null where its costs are not known.
llvm::Error optimiseForDevice(llvm::Module &module, llvm::TargetMachine *machine);

/// The text of `module`, for `TargetObject::stages`.
std::string printModule(const llvm::Module &module);

} // namespace portico

#endif // PORTICO_TARGETS_COMMON_DEVICELOWERING_H
