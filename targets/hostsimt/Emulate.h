//===- Emulate.h - a device's LLVM IR to code of the host -------------------===//

#ifndef PORTICO_TARGETS_HOSTSIMT_EMULATE_H
#define PORTICO_TARGETS_HOSTSIMT_EMULATE_H

#include "targets/Target.h"
#include "targets/hostsimt/KernelCode.h"

#include "llvm/ADT/StringMap.h"

namespace portico::hostsimt {

struct EmulateOptions {
  /// The symbol of kernel `name` is `prefix + name`.
  std::string prefix;
  uint32_t subgroupSize = 32;
  /// The blocks that kernels were made for, by name; others take any.
  llvm::StringMap<std::array<uint32_t, 3>> groupSizes;
  /// The tensor maps that kernels take behind their other parameters, by name.
  std::map<std::string, std::vector<cuda::TensorMap>> tensorMaps;
  OriginOf originOf = originOfSource;
  bool keepStages = false;
};

/// An object of the host out of the kernels of `device`, which may be NVVM's or
/// AMD's LLVM IR.
llvm::Expected<TargetObject> emulate(llvm::Module &device, const EmulateOptions &options);

} // namespace portico::hostsimt

#endif // PORTICO_TARGETS_HOSTSIMT_EMULATE_H
