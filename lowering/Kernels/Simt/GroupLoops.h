//===- GroupLoops.h - generics without reductions, for work-groups ----------===//

#ifndef PORTICO_LOWERING_KERNELS_SIMT_GROUPLOOPS_H
#define PORTICO_LOWERING_KERNELS_SIMT_GROUPLOOPS_H

#include "lowering/Kernels/PhaseBuilder.h"

namespace portico {

/// A phase for the only stage of `nest`, which is collapsed: one work-item for a
/// point or, where neighbours lie side by side in all operands, for as many as
/// make a wide load.
void emitGroupLoops(PhaseBuilder &phases, Nest &nest, const TargetInfo &target);

/// GroupTranspose.cpp: the same for a nest with inputs that lie along `dim`.
void emitGroupTransposed(PhaseBuilder &phases, Nest &nest, unsigned dim, const TargetInfo &target);

} // namespace portico

#endif // PORTICO_LOWERING_KERNELS_SIMT_GROUPLOOPS_H
