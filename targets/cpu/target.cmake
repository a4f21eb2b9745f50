# The host processor.
list(APPEND compile_sources cpu/CpuTarget.cpp cpu/CpuHost.cpp cpu/CpuLowering.cpp cpu/CpuEntry.cpp)
list(APPEND driver_sources cpu/CpuDriver.cpp cpu/CpuFeatures.cpp)
