//===- SpirvExpand.h - intrinsics that SPIR-V has no instruction for ---------===//

#ifndef PORTICO_TARGETS_SPIRV_SPIRVEXPAND_H
#define PORTICO_TARGETS_SPIRV_SPIRVEXPAND_H

#include "llvm/IR/Module.h"

namespace portico::spirv {

/// Reductions of masks element by element; to be called before optimising, since
/// LLVM's own expansion makes an integer of as many bits as there are elements:
///
///     %any = call i1 @llvm.vector.reduce.or.v2i1(<2 x i1> %m)
///     ->
///     %any = or i1 (extractelement %m, 0), (extractelement %m, 1)
void expandMaskReductions(llvm::Module &module);

/// Rotations, reversals of bits, three-way comparisons, tests for classes of floats, and the
/// maximum and minimum that keep NaN: the back end knows no instruction for these, or one
/// that does something else (OpenCL's fmax forgets NaN). To be called after optimising,
/// which makes some of them. It makes reversals of any width, of the index of a point whose
/// dimensions of two change their order:
///
///     %r = zext i3 (call i3 @llvm.bitreverse.i3(trunc i64 %i to i3)) to i64
///     ->
///     the bits of %i, one by one, in i8
void expandIntrinsics(llvm::Module &module);

} // namespace portico::spirv

#endif // PORTICO_TARGETS_SPIRV_SPIRVEXPAND_H
