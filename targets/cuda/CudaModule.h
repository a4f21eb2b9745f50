//===- CudaModule.h - loading code, and launching it ------------------------===//

#ifndef PORTICO_TARGETS_CUDA_CUDAMODULE_H
#define PORTICO_TARGETS_CUDA_CUDAMODULE_H

#include <cstddef>
#include <cstdint>

struct portico_launch;

namespace portico::cuda {

int32_t moduleLoad(void *device, const void *blob, size_t bytes, void **module);
void moduleUnload(void *device, void *module);
int32_t moduleKernel(void *device, void *module, const char *name, void **kernel);
int32_t launch(void *device, const portico_launch *launch);

} // namespace portico::cuda

#endif // PORTICO_TARGETS_CUDA_CUDAMODULE_H
