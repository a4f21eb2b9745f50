//===- RocmChips.h - the machines that code is made for ---------------------===//

#ifndef PORTICO_TARGETS_ROCM_ROCMCHIPS_H
#define PORTICO_TARGETS_ROCM_ROCMCHIPS_H

#include "targets/Target.h"

#include "llvm/ADT/ArrayRef.h"

namespace portico::rocm {

/// The machines, their names in `arch`, the default one first.
llvm::ArrayRef<TargetInfo> chips();

} // namespace portico::rocm

#endif // PORTICO_TARGETS_ROCM_ROCMCHIPS_H
