//===- ProgramWriter.h - a planned program as bytes -------------------------===//

#ifndef PORTICO_LOWERING_PROGRAM_PROGRAMWRITER_H
#define PORTICO_LOWERING_PROGRAM_PROGRAMWRITER_H

#include "lowering/Program/BufferPlan.h"

namespace portico {

struct ProgramParts {
  std::string compiler;
  std::string target;
  std::string arch;
  /// What the target linked.
  std::string code;
  const BufferPlan &plan;
  llvm::ArrayRef<std::shared_ptr<const CompiledKernel>> kernels;
  llvm::ArrayRef<std::string> opNames;
};

/// Writes the parts down in the format of runtime/program.fbs.
std::vector<uint8_t> writeProgram(const ProgramParts &parts);

} // namespace portico

#endif // PORTICO_LOWERING_PROGRAM_PROGRAMWRITER_H
