//===- Reproducer.h - what is left behind by a failure ----------------------===//

#ifndef PORTICO_LOWERING_REPRODUCER_H
#define PORTICO_LOWERING_REPRODUCER_H

#include "lowering/Compiler.h"

namespace portico {

/// Writes program.mlir, failing.mlir and report.txt into a folder of their own and
/// returns its path; empty where nothing could be written.
std::string writeReproducer(llvm::StringRef program, const CompileError &error,
                            llvm::StringRef pipeline, llvm::StringRef machine,
                            const CompileOptions &options);

} // namespace portico

#endif // PORTICO_LOWERING_REPRODUCER_H
