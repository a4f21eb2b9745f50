//===- SpirvLowering.h - kernels to the LLVM dialect as SPIR-V wants it ------===//

#ifndef PORTICO_TARGETS_SPIRV_SPIRVLOWERING_H
#define PORTICO_TARGETS_SPIRV_SPIRVLOWERING_H

#include "targets/spirv/SpirvMachines.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"

namespace portico::spirv {

/// Every kernel of `module` becomes a function of the LLVM dialect with the calling
/// convention of OpenCL's kernels:
///
///     gpu.func @k(%x: memref<Nxbf16, global>, ...) workgroup(%g: memref<Bxi8, workgroup>)
///         kernel attributes {known_block_size = array<i32: 64, 1, 1>}
///     ->
///     llvm.func spir_kernelcc @k(%x: !llvm.ptr<1>, ..., %g: !llvm.ptr<3>)
///         attributes {reqd_work_group_size, intel_reqd_sub_group_size}
///
/// The memory of the group is the last argument: the caller says how much. bf16 is
/// i16 throughout, since SPIR-V has the type only in an extension.
llvm::LogicalResult lowerToLLVM(mlir::gpu::GPUModuleOp module, const Machine &machine);

} // namespace portico::spirv

#endif // PORTICO_TARGETS_SPIRV_SPIRVLOWERING_H
