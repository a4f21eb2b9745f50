//===- OpenCLProgram.cpp - SPIR-V to what an OpenCL device runs --------------===//

#include "targets/spirv/OpenCLProgram.h"
#include "targets/spirv/SpirvDevice.h"
#include "targets/spirv/SpirvStore.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <set>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

using namespace portico::spirv;

extern char **environ;

namespace {

/// Code for this processor need not run on another one that shares the folder, and the
/// names of virtual ones tell little: the features themselves. Empty where there is no
/// way to tell.
std::string processorFeatures() {
#if defined(__x86_64__)
  std::string text;
  const unsigned leaves[][2] = {{1, 0}, {7, 0}, {7, 1}, {0xd, 0}, {0x80000001, 0}};
  for (auto [leaf, sub] : leaves) {
    unsigned a = 0, b = 0, c = 0, d = 0;
    __get_cpuid_count(leaf, sub, &a, &b, &c, &d);
    if (leaf == 1)
      b = 0; // the number of the core this runs on
    char part[48];
    snprintf(part, sizeof(part), "%x %x %x %x;", a, b, c, d);
    text += part;
  }
  return text;
#else
  return "";
#endif
}

/// Variables that change what Intel's compilers make.
std::string compilerSettings() {
  std::set<std::string> settings;
  for (char **variable = environ; variable && *variable; ++variable)
    for (const char *prefix : {"CL_CONFIG_", "VOLCANO_", "IGC_"})
      if (strncmp(*variable, prefix, strlen(prefix)) == 0)
        settings.insert(*variable);
  std::string text;
  for (const std::string &setting : settings)
    text += setting + "\n";
  return text;
}

/// A build rounds divisions and square roots as IEEE 754 says, where the device can.
std::string buildOptions(const OpenCLLibrary &cl, cl_device_id device) {
  std::string options;
  cl_device_fp_config config = 0;
  cl.clGetDeviceInfo(device, CL_DEVICE_SINGLE_FP_CONFIG, sizeof(config), &config, nullptr);
  if (config & CL_FP_CORRECTLY_ROUNDED_DIVIDE_SQRT)
    options = "-cl-fp32-correctly-rounded-divide-sqrt";
  if (const char *more = getenv("PORTICO_SPIRV_BUILD_OPTIONS"))
    options += std::string(" ") + more;
  return options;
}

std::string describe(const OpenCLLibrary &cl, cl_platform_id platform, cl_device_id device) {
  std::string text = "opencl\n";
  auto add = [&](auto ask, auto object, auto what) {
    size_t size = 0;
    if (ask(object, what, 0, nullptr, &size) != CL_SUCCESS)
      return;
    std::string value(size, '\0');
    ask(object, what, size, value.data(), nullptr);
    text += std::string(value.c_str()) + "\n";
  };
  add(cl.clGetPlatformInfo, platform, CL_PLATFORM_NAME);
  add(cl.clGetPlatformInfo, platform, CL_PLATFORM_VERSION);
  add(cl.clGetDeviceInfo, device, CL_DEVICE_NAME);
  add(cl.clGetDeviceInfo, device, CL_DEVICE_VERSION);
  add(cl.clGetDeviceInfo, device, CL_DRIVER_VERSION);
  cl_device_type type = 0;
  cl.clGetDeviceInfo(device, CL_DEVICE_TYPE, sizeof(type), &type, nullptr);
  if (type & CL_DEVICE_TYPE_CPU) {
    std::string features = processorFeatures();
    if (features.empty())
      return "";
    text += features + "\n";
  }
  return text + compilerSettings();
}

} // namespace

OpenCLBuilder::OpenCLBuilder(const OpenCLLibrary &cl, cl_platform_id platform, cl_device_id device,
                             cl_context context)
    : cl(cl), device(device), context(context), options(buildOptions(cl, device)),
      machine(describe(cl, platform, device)) {}

cl_program OpenCLBuilder::build(std::string_view spirv) const {
  if (machine.empty())
    return fromSpirv(spirv);
  std::string key = machine + options + "\n";
  key += spirv;
  if (std::optional<std::string> kept = findKept(key))
    if (cl_program program = fromBinary(*kept))
      return program;
  cl_program program = fromSpirv(spirv);
  if (std::string binary = binaryOf(program); !binary.empty())
    keep(key, binary);
  return program;
}

/// Null where the device does not take it.
cl_program OpenCLBuilder::fromBinary(const std::string &binary) const {
  size_t size = binary.size();
  auto *bytes = reinterpret_cast<const unsigned char *>(binary.data());
  cl_int state = CL_SUCCESS, code = CL_SUCCESS;
  cl_program program =
      cl.clCreateProgramWithBinary(context, 1, &device, &size, &bytes, &state, &code);
  if (!program)
    return nullptr;
  if (code == CL_SUCCESS && state == CL_SUCCESS &&
      cl.clBuildProgram(program, 1, &device, options.c_str(), nullptr, nullptr) == CL_SUCCESS)
    return program;
  cl.clReleaseProgram(program);
  return nullptr;
}

cl_program OpenCLBuilder::fromSpirv(std::string_view spirv) const {
  cl_int code;
  cl_program program = cl.clCreateProgramWithIL(context, spirv.data(), spirv.size(), &code);
  if (code != CL_SUCCESS)
    throw Error("clCreateProgramWithIL: " + openCLErrorName(code));
  code = cl.clBuildProgram(program, 1, &device, options.c_str(), nullptr, nullptr);
  if (code == CL_SUCCESS)
    return program;
  size_t size = 0;
  cl.clGetProgramBuildInfo(program, device, CL_PROGRAM_BUILD_LOG, 0, nullptr, &size);
  std::string log(size, '\0');
  cl.clGetProgramBuildInfo(program, device, CL_PROGRAM_BUILD_LOG, size, log.data(), nullptr);
  cl.clReleaseProgram(program);
  throw Error("clBuildProgram: " + openCLErrorName(code) + "\n" + log.c_str());
}

/// Empty where the device does not give it.
std::string OpenCLBuilder::binaryOf(cl_program program) const {
  size_t size = 0;
  if (cl.clGetProgramInfo(program, CL_PROGRAM_BINARY_SIZES, sizeof(size), &size, nullptr) !=
      CL_SUCCESS)
    return "";
  std::string binary(size, '\0');
  char *bytes = binary.data();
  if (cl.clGetProgramInfo(program, CL_PROGRAM_BINARIES, sizeof(bytes), &bytes, nullptr) !=
      CL_SUCCESS)
    return "";
  return binary;
}
