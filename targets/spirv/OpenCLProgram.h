//===- OpenCLProgram.h - SPIR-V to what an OpenCL device runs ----------------===//
//
// A device's compiler takes 40 to 500 ms for a kernel. What it made is kept for other
// processes, under a key of all that it depends on, and loads in one.
//
//===----------------------------------------------------------------------===//

#ifndef PORTICO_TARGETS_SPIRV_OPENCLPROGRAM_H
#define PORTICO_TARGETS_SPIRV_OPENCLPROGRAM_H

#include "targets/spirv/OpenCLLibrary.h"

#include <string_view>

namespace portico::spirv {

class OpenCLBuilder {
public:
  OpenCLBuilder(const OpenCLLibrary &cl, cl_platform_id platform, cl_device_id device,
                cl_context context);

  /// A program that was built; throws `Error` with the compiler's log.
  cl_program build(std::string_view spirv) const;

private:
  cl_program fromBinary(const std::string &binary) const;
  cl_program fromSpirv(std::string_view spirv) const;
  std::string binaryOf(cl_program program) const;

  const OpenCLLibrary &cl;
  cl_device_id device;
  cl_context context;
  std::string options;
  /// What a build depends on apart from the module; empty where that cannot be told.
  std::string machine;
};

} // namespace portico::spirv

#endif // PORTICO_TARGETS_SPIRV_OPENCLPROGRAM_H
