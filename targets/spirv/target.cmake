# Intel's GPUs, and every device of OpenCL that takes SPIR-V.
list(APPEND compile_sources spirv/SpirvTarget.cpp spirv/SpirvLowering.cpp spirv/SpirvCodegen.cpp spirv/SpirvCheck.cpp
     spirv/SpirvExpand.cpp spirv/SpirvIdentifiers.cpp spirv/SpirvMachineFunctions.cpp)
list(APPEND driver_sources spirv/SpirvDriver.cpp spirv/SpirvMachines.cpp spirv/SpirvLibrary.cpp
     spirv/SpirvCodeCache.cpp spirv/SpirvStore.cpp spirv/OpenCLLibrary.cpp spirv/OpenCLDiscovery.cpp
     spirv/OpenCLDevice.cpp spirv/OpenCLMemory.cpp spirv/OpenCLProgram.cpp spirv/LevelZeroLibrary.cpp
     spirv/LevelZeroDiscovery.cpp spirv/LevelZeroDevice.cpp)
