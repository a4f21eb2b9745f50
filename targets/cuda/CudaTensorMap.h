//===- CudaTensorMap.h - tensor maps, as the driver makes them --------------===//

#ifndef PORTICO_TARGETS_CUDA_CUDATENSORMAP_H
#define PORTICO_TARGETS_CUDA_CUDATENSORMAP_H

#include "targets/cuda/TensorMap.h"

#include "portico/driver.h"

namespace portico::cuda {

/// CUtensorMap.
struct alignas(TensorMap::kAlignment) EncodedMap {
  unsigned char bytes[TensorMap::kBytes];
};

/// The map of a launch's buffer. Nonzero after a failure.
int32_t encode(const TensorMap &map, const portico_launch &launch, EncodedMap &result);

} // namespace portico::cuda

#endif // PORTICO_TARGETS_CUDA_CUDATENSORMAP_H
