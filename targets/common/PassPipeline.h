//===- PassPipeline.h - LLVM's passes, by their names -----------------------===//

#ifndef PORTICO_TARGETS_COMMON_PASSPIPELINE_H
#define PORTICO_TARGETS_COMMON_PASSPIPELINE_H

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Analysis/CGSCCPassManager.h"
#include "llvm/Support/Error.h"

namespace llvm {
class TargetMachine;
}

namespace portico {

/// Runs `pipeline`, as `opt -passes=` has it, on `module`. `machine` is null where its
/// costs are not known; `prepare` may register analyses before those of LLVM.
llvm::Error runPasses(llvm::Module &module, llvm::StringRef pipeline, llvm::TargetMachine *machine,
                      llvm::function_ref<void(llvm::FunctionAnalysisManager &)> prepare = nullptr);

} // namespace portico

#endif // PORTICO_TARGETS_COMMON_PASSPIPELINE_H
