//===- LevelZeroDiscovery.cpp - the GPUs of Level Zero -----------------------===//

#include "targets/spirv/LevelZeroDevice.h"

#include <algorithm>

using namespace portico::spirv;

namespace {

class FoundLevelZero : public Found {
public:
  FoundLevelZero(std::shared_ptr<LevelZeroLibrary> library, ze_driver_handle_t driver,
                 ze_device_handle_t device)
      : ze(std::move(library)), driver(driver), device(device) {
    properties.stype = ZE_STRUCTURE_TYPE_DEVICE_PROPERTIES;
    ze->check(ze->zeDeviceGetProperties(device, &properties), "zeDeviceGetProperties");
  }

  bool isGpu() const { return properties.type == ZE_DEVICE_TYPE_GPU; }

  std::string name() const override { return std::string(properties.name) + " (Level Zero)"; }

  std::string driverVersion() const override {
    ze_driver_properties_t driverProperties{};
    driverProperties.stype = ZE_STRUCTURE_TYPE_DRIVER_PROPERTIES;
    ze->check(ze->zeDriverGetProperties(driver, &driverProperties), "zeDriverGetProperties");
    uint32_t version = driverProperties.driverVersion;
    return std::to_string(version >> 24) + "." + std::to_string((version >> 16) & 0xff) + "." +
           std::to_string(version & 0xffff);
  }

  uint64_t memoryBytes() const override {
    uint32_t count = 0;
    ze->check(ze->zeDeviceGetMemoryProperties(device, &count, nullptr),
              "zeDeviceGetMemoryProperties");
    std::vector<ze_device_memory_properties_t> memories(count);
    for (auto &memory : memories)
      memory.stype = ZE_STRUCTURE_TYPE_DEVICE_MEMORY_PROPERTIES;
    ze->check(ze->zeDeviceGetMemoryProperties(device, &count, memories.data()),
              "zeDeviceGetMemoryProperties");
    uint64_t bytes = 0;
    for (const auto &memory : memories)
      bytes += memory.totalSize;
    return bytes;
  }

  uint32_t computeUnits() const override {
    return properties.numSlices * properties.numSubslicesPerSlice * properties.numEUsPerSubslice;
  }

  Abilities abilities() const override {
    ze_device_compute_properties_t compute{};
    compute.stype = ZE_STRUCTURE_TYPE_DEVICE_COMPUTE_PROPERTIES;
    ze->check(ze->zeDeviceGetComputeProperties(device, &compute), "zeDeviceGetComputeProperties");
    ze_device_module_properties_t module{};
    module.stype = ZE_STRUCTURE_TYPE_DEVICE_MODULE_PROPERTIES;
    ze->check(ze->zeDeviceGetModuleProperties(device, &module), "zeDeviceGetModuleProperties");
    Abilities abilities;
    for (uint32_t i = 0; i < compute.numSubGroupSizes; ++i)
      if (compute.subGroupSizes[i] < sizeof(abilities.subgroupSizes))
        abilities.subgroupSizes[compute.subGroupSizes[i]] = true;
    abilities.maxWorkgroupSize = compute.maxTotalGroupSize;
    abilities.groupMemoryBytes = compute.maxSharedLocalMemory;
    abilities.doubles = module.flags & ZE_DEVICE_MODULE_FLAG_FP64;
    return abilities;
  }

  std::unique_ptr<Device> open() const override { return openLevelZeroDevice(ze, driver, device); }

private:
  std::shared_ptr<LevelZeroLibrary> ze;
  ze_driver_handle_t driver;
  ze_device_handle_t device;
  ze_device_properties_t properties{};
};

} // namespace

void portico::spirv::findLevelZero(Discovery &discovery) {
  std::string why;
  auto ze = LevelZeroLibrary::open(why);
  if (!ze)
    return discovery.say("Level Zero: " + why);
  uint32_t driverCount = 0;
  if (ze->zeInit(ZE_INIT_FLAG_GPU_ONLY) != ZE_RESULT_SUCCESS ||
      ze->zeDriverGet(&driverCount, nullptr) != ZE_RESULT_SUCCESS || driverCount == 0)
    return discovery.say("Level Zero: no GPU");
  std::vector<ze_driver_handle_t> drivers(driverCount);
  ze->check(ze->zeDriverGet(&driverCount, drivers.data()), "zeDriverGet");
  size_t before = discovery.devices.size();
  for (ze_driver_handle_t driver : drivers) {
    uint32_t count = 0;
    ze->check(ze->zeDeviceGet(driver, &count, nullptr), "zeDeviceGet");
    std::vector<ze_device_handle_t> devices(count);
    ze->check(ze->zeDeviceGet(driver, &count, devices.data()), "zeDeviceGet");
    for (ze_device_handle_t device : devices) {
      auto found = std::make_unique<FoundLevelZero>(ze, driver, device);
      if (!found->isGpu())
        continue;
      if (bestMachine(found->abilities()))
        discovery.devices.push_back(std::move(found));
      else
        discovery.say("Level Zero: " + found->name() +
                      " has no subgroups of 8, 16 or 32 in work-groups of 256");
    }
  }
  if (discovery.devices.size() == before)
    discovery.say("Level Zero: no GPU that fits");
}
