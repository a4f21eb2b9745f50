# The host processor. Objects are linked by lld, in this process.
list(APPEND compile_sources cpu/CpuTarget.cpp cpu/CpuHost.cpp cpu/CpuLowering.cpp cpu/CpuCodegen.cpp cpu/CpuLink.cpp)
list(APPEND driver_sources cpu/CpuDriver.cpp cpu/CpuFeatures.cpp)
list(APPEND target_libraries lldELF lldCommon)
