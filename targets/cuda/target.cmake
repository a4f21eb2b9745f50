# NVIDIA GPUs. The driver finds libcuda at run time.
list(APPEND compile_sources cuda/CudaTarget.cpp cuda/CudaMachines.cpp cuda/CudaLowering.cpp cuda/CudaMatrix.cpp cuda/CudaGroupMatrix.cpp cuda/CudaTileCopy.cpp cuda/CudaCodegen.cpp cuda/Ptxas.cpp)
list(APPEND driver_sources cuda/CudaDriver.cpp cuda/CudaApi.cpp cuda/CudaArch.cpp cuda/CudaDevice.cpp cuda/CudaGraph.cpp cuda/CudaModule.cpp cuda/CudaTensorMap.cpp)
