//===- OpenCLDevice.h - SPIR-V through OpenCL --------------------------------===//

#ifndef PORTICO_TARGETS_SPIRV_OPENCLDEVICE_H
#define PORTICO_TARGETS_SPIRV_OPENCLDEVICE_H

#include "targets/spirv/OpenCLLibrary.h"
#include "targets/spirv/SpirvDevice.h"

namespace portico::spirv {

std::unique_ptr<Device> openOpenCLDevice(std::shared_ptr<OpenCLLibrary> cl, cl_platform_id platform,
                                         cl_device_id device);

} // namespace portico::spirv

#endif // PORTICO_TARGETS_SPIRV_OPENCLDEVICE_H
