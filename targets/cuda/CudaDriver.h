//===- CudaDriver.h - the run half of the target ----------------------------===//

#ifndef PORTICO_TARGETS_CUDA_CUDADRIVER_H
#define PORTICO_TARGETS_CUDA_CUDADRIVER_H

struct portico_driver;

namespace portico::cuda {
const portico_driver *driver();
}

#endif // PORTICO_TARGETS_CUDA_CUDADRIVER_H
