//===- OpenCLDiscovery.cpp - the devices of OpenCL that take SPIR-V ----------===//
//
// Two places are looked at. The packages of a Python environment bring Intel's
// runtime for processors as a plain library, registered nowhere: it is opened by
// its path and asked directly. The system's loader knows what is registered.
//
//===----------------------------------------------------------------------===//

#include "targets/spirv/OpenCLDevice.h"
#include "targets/spirv/OpenCLMemory.h"
#include "targets/spirv/SpirvLibrary.h"

#include <algorithm>
#include <filesystem>
#include <set>

using namespace portico::spirv;

namespace {

template <typename Query> std::string text(Query query) {
  size_t size = 0;
  if (query(size_t(0), nullptr, &size) != CL_SUCCESS || size == 0)
    return "";
  std::string value(size, '\0');
  query(size, value.data(), nullptr);
  return value.c_str();
}

class FoundOpenCL : public Found {
public:
  FoundOpenCL(std::shared_ptr<OpenCLLibrary> cl, cl_platform_id platform, cl_device_id device)
      : cl(std::move(cl)), platform(platform), device(device) {}

  template <typename T> T get(cl_device_info what) const {
    T value{};
    return cl->clGetDeviceInfo(device, what, sizeof(value), &value, nullptr) == CL_SUCCESS ? value
                                                                                           : T{};
  }
  std::string getText(cl_device_info what) const {
    return text([&](size_t size, char *data, size_t *needed) {
      return cl->clGetDeviceInfo(device, what, size, data, needed);
    });
  }

  bool isGpu() const { return get<cl_device_type>(CL_DEVICE_TYPE) & CL_DEVICE_TYPE_GPU; }

  std::string name() const override {
    std::string name = getText(CL_DEVICE_NAME);
    size_t first = name.find_first_not_of(' '), last = name.find_last_not_of(' ');
    name = first == std::string::npos ? "" : name.substr(first, last - first + 1);
    return name + (isGpu() ? " (OpenCL)" : " (OpenCL on the processor)");
  }
  std::string driverVersion() const override { return getText(CL_DRIVER_VERSION); }
  uint64_t memoryBytes() const override { return get<cl_ulong>(CL_DEVICE_GLOBAL_MEM_SIZE); }
  uint32_t computeUnits() const override { return get<cl_uint>(CL_DEVICE_MAX_COMPUTE_UNITS); }

  Abilities abilities() const override {
    Abilities abilities;
    size_t sizes[16], bytes = 0;
    if (cl->clGetDeviceInfo(device, CL_DEVICE_SUB_GROUP_SIZES_INTEL, sizeof(sizes), sizes,
                            &bytes) == CL_SUCCESS)
      for (size_t i = 0; i < bytes / sizeof(size_t); ++i)
        if (sizes[i] < sizeof(abilities.subgroupSizes))
          abilities.subgroupSizes[sizes[i]] = true;
    abilities.maxWorkgroupSize = get<size_t>(CL_DEVICE_MAX_WORK_GROUP_SIZE);
    abilities.groupMemoryBytes = get<cl_ulong>(CL_DEVICE_LOCAL_MEM_SIZE);
    abilities.doubles = get<cl_device_fp_config>(CL_DEVICE_DOUBLE_FP_CONFIG) != 0;
    // Major in the upper ten bits, minor in the next eight.
    cl_uint version = get<cl_uint>(CL_DEVICE_IP_VERSION_INTEL);
    abilities.version = isGpu() ? (version >> 22) * 1000 + ((version >> 14) & 0xff) : 0;
    return abilities;
  }

  /// Empty, or what the target needs and the device lacks.
  std::string lacks() const {
    if (getText(CL_DEVICE_IL_VERSION).find("SPIR-V_1.4") == std::string::npos)
      return "takes no SPIR-V 1.4";
    if (!hasOpenCLMemory(*cl, device))
      return "has neither unified nor shared virtual memory";
    if (!bestMachine(abilities()))
      return "has no subgroups of 8, 16 or 32 in work-groups of 256";
    return "";
  }

  std::unique_ptr<Device> open() const override { return openOpenCLDevice(cl, platform, device); }

private:
  std::shared_ptr<OpenCLLibrary> cl;
  cl_platform_id platform;
  cl_device_id device;
};

struct Search {
  Discovery &discovery;
  bool hasGpus;
  std::set<std::string> platforms;
  std::vector<std::unique_ptr<FoundOpenCL>> found;

  void lookInto(const std::string &path, const std::string &label) {
    std::string why;
    auto cl = OpenCLLibrary::open(path, why);
    if (!cl)
      return discovery.say(label + ": " + why);
    cl_platform_id ids[16];
    cl_uint count = 0;
    if (cl->clGetPlatformIDs(16, ids, &count) != CL_SUCCESS || count == 0)
      return discovery.say(label + ": no platform");
    for (cl_uint i = 0; i < std::min(count, 16u); ++i)
      lookInto(cl, ids[i], label);
  }

private:
  void lookInto(const std::shared_ptr<OpenCLLibrary> &cl, cl_platform_id platform,
                const std::string &label) {
    auto info = [&](cl_platform_info what) {
      return text([&](size_t size, char *data, size_t *needed) {
        return cl->clGetPlatformInfo(platform, what, size, data, needed);
      });
    };
    std::string name = info(CL_PLATFORM_NAME);
    // A runtime found by its path may be registered as well.
    if (!platforms.insert(name + info(CL_PLATFORM_VERSION)).second)
      return;
    cl_device_id ids[16];
    cl_uint count = 0;
    if (cl->clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, 16, ids, &count) != CL_SUCCESS)
      count = 0;
    if (count == 0)
      discovery.say(label + ": " + name + " has no device");
    for (cl_uint i = 0; i < std::min(count, 16u); ++i) {
      auto device = std::make_unique<FoundOpenCL>(cl, platform, ids[i]);
      std::string lacks = device->lacks();
      if (!lacks.empty())
        discovery.say(label + ": " + device->name() + " " + lacks);
      else if (!(hasGpus && device->isGpu()))
        found.push_back(std::move(device));
    }
  }
};

} // namespace

void portico::spirv::findOpenCL(Discovery &discovery, bool hasGpus) {
  Search search{discovery, hasGpus, {}, {}};
  std::error_code none;
  bool bundled = false;
  for (const std::string &folder : libraryFolders()) {
    std::string path = folder + "/libintelocl.so";
    if (!bundled && (bundled = std::filesystem::exists(path, none)))
      search.lookInto(path, path);
  }
  if (!bundled)
    discovery.say("libintelocl.so: not in the Python environment (package intel-opencl-rt)");
  search.lookInto("libOpenCL.so.1", "OpenCL");
  for (bool gpus : {true, false})
    for (auto &device : search.found)
      if (device && device->isGpu() == gpus)
        discovery.devices.push_back(std::move(device));
}
