//===- Reproducer.h - what is left behind by a failure ----------------------===//

#ifndef PORTICO_LOWERING_REPRODUCER_H
#define PORTICO_LOWERING_REPRODUCER_H

#include "lowering/Compiler.h"
#include "targets/Target.h"

namespace portico {

/// Writes program.mlir, failing.mlir, what the target was given where it failed, and
/// report.txt into a folder of their own and returns its path; empty where nothing could
/// be written.
std::string writeReproducer(llvm::StringRef program, const CompileError &error,
                            llvm::StringRef pipeline, const Target &target,
                            const CompileOptions &options);

} // namespace portico

#endif // PORTICO_LOWERING_REPRODUCER_H
