# AMD GPUs: ROCDL to code objects, linked in this process; libamdhip64 by dlopen.
list(APPEND compile_sources rocm/RocmTarget.cpp rocm/RocmChips.cpp rocm/RocmLowering.cpp rocm/RocmMatrix.cpp
     rocm/RocmCodegen.cpp)
list(APPEND driver_sources rocm/RocmDriver.cpp rocm/RocmDevice.cpp rocm/HipApi.cpp)
