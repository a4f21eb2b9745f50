//===- CudaMachines.h - what code can be made for ---------------------------===//

#ifndef PORTICO_TARGETS_CUDA_CUDAMACHINES_H
#define PORTICO_TARGETS_CUDA_CUDAMACHINES_H

#include "targets/Target.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <string>

namespace portico::cuda {

struct Machine {
  /// What LLVM and ptxas call it.
  std::string name;
  /// The oldest PTX that has it and what we use of it (80 is 8.0): the driver has to
  /// be at least that old to translate it.
  int ptxVersion;
  SimtInfo simt;
};

/// All of them, the most common first.
llvm::ArrayRef<Machine> machines();

/// The machine called `arch`, or, where LLVM's code for an earlier one runs on it, the
/// latest of those. Null where there is none.
const Machine *findMachine(llvm::StringRef arch);

} // namespace portico::cuda

#endif // PORTICO_TARGETS_CUDA_CUDAMACHINES_H
