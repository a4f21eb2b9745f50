//===- LibraryKernels.h - code of the target's own instead of ours ----------===//
//
// A target may offer code for products of matrices (Target::libraryKernels). A kernel
// that is one product and nothing else takes it where it costs less than what this
// file estimates for the compiler's own.
//
//   PORTICO_LIBRARY_KERNELS=0 turns them off.
//
//===----------------------------------------------------------------------===//

#ifndef PORTICO_LOWERING_KERNELS_LIBRARYKERNELS_H
#define PORTICO_LOWERING_KERNELS_LIBRARYKERNELS_H

#include "lowering/Kernels/Kernels.h"

#include <optional>

namespace portico {

/// Whether they may be used in this process; decides what programs are.
bool libraryKernelsEnabled();

/// What a kernel computes, where it is a product of its two inputs and nothing else.
std::optional<LibraryProduct> libraryProductOf(KernelOp kernel);

/// Microseconds that the compiler's own kernel of a product is taken for. Rough: all
/// multipliers of the machine busy half of the time, at 1 GHz.
double estimateProduct(const LibraryProduct &product, const TargetInfo &target);

struct LibraryChoice {
  const LibraryKernel *kernel;
  LibraryProduct product;
};

/// The cheapest library kernel for `kernel`, where it is cheaper than compiling one.
std::optional<LibraryChoice> chooseLibraryKernel(KernelOp kernel, const Target &target);

/// The kernel of one phase that runs it; `launch` is what the target said.
KernelABI libraryKernelABI(const LibraryLaunch &launch);

} // namespace portico

#endif // PORTICO_LOWERING_KERNELS_LIBRARYKERNELS_H
