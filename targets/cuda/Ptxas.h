//===- Ptxas.h - NVIDIA's assembler, where it is installed ------------------===//

#ifndef PORTICO_TARGETS_CUDA_PTXAS_H
#define PORTICO_TARGETS_CUDA_PTXAS_H

#include "targets/cuda/CudaMachines.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <string>

namespace portico::cuda {

struct Ptxas {
  /// Empty: there is none, and the driver of the device translates.
  std::string path;
  /// 1208 is CUDA 12.8.
  int version = 0;

  /// Whether it is there and knows the machine.
  bool knows(const Machine &machine) const;
};

/// Looked for once: $PORTICO_PTXAS ("off": none), the PyPI package nvidia-cuda-nvcc
/// beside this one or in the environment of the running Python, $PATH, $CUDA_HOME,
/// /usr/local/cuda.
const Ptxas &ptxas();

struct Assembled {
  std::string cubin;
  /// What ptxas says of it: registers, group memory, spills.
  std::string report;
};

llvm::Expected<Assembled> assemble(const Ptxas &ptxas, llvm::StringRef ptx, const Machine &machine);

} // namespace portico::cuda

#endif // PORTICO_TARGETS_CUDA_PTXAS_H
