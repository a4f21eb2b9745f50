//===- LevelZeroDevice.h - SPIR-V through Level Zero -------------------------===//

#ifndef PORTICO_TARGETS_SPIRV_LEVELZERODEVICE_H
#define PORTICO_TARGETS_SPIRV_LEVELZERODEVICE_H

#include "targets/spirv/LevelZeroLibrary.h"
#include "targets/spirv/SpirvDevice.h"

namespace portico::spirv {

std::unique_ptr<Device> openLevelZeroDevice(std::shared_ptr<LevelZeroLibrary> ze,
                                            ze_driver_handle_t driver, ze_device_handle_t device);

} // namespace portico::spirv

#endif // PORTICO_TARGETS_SPIRV_LEVELZERODEVICE_H
