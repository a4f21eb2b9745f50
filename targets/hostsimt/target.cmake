# Emulated devices: LLVM IR for GPUs, run on the host.
if(NOT "cuda" IN_LIST PORTICO_TARGETS OR NOT "rocm" IN_LIST PORTICO_TARGETS)
  message(FATAL_ERROR "hostsimt runs the code of cuda and rocm: PORTICO_TARGETS must have both")
endif()
list(APPEND compile_sources hostsimt/HostsimtTarget.cpp hostsimt/Emulate.cpp hostsimt/Retarget.cpp
     hostsimt/KernelCode.cpp hostsimt/Checks.cpp hostsimt/Intrinsics.cpp
     hostsimt/NvvmIntrinsics.cpp hostsimt/NvvmTransfers.cpp hostsimt/AmdgcnIntrinsics.cpp hostsimt/MatrixIntrinsics.cpp
     hostsimt/Record.cpp hostsimt/Origins.cpp
     hostsimt/HalfConversions.cpp)
list(APPEND driver_sources hostsimt/HostsimtDriver.cpp hostsimt/Group.cpp hostsimt/Fiber.cpp
     hostsimt/GroupMemory.cpp hostsimt/Services.cpp hostsimt/Lanes.cpp hostsimt/Matrix.cpp
     hostsimt/Transfers.cpp hostsimt/GroupMultiply.cpp
     hostsimt/Failure.cpp)
