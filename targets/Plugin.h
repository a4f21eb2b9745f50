//===- Plugin.h - targets from outside the tree -----------------------------===//

#ifndef PORTICO_TARGETS_PLUGIN_H
#define PORTICO_TARGETS_PLUGIN_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"

#include <string>

namespace portico {

/// Loads the shared libraries of a target (targets/plugin.h), which together have one or both
/// of its halves, and makes it known; they stay loaded. Returns the target's name. A library
/// of another version, one with neither half, or a name that is taken is an error, and then
/// nothing was added. `maker` is who is told of its mistakes, such as a package with its
/// version; empty: the library with the compile half.
llvm::Expected<std::string> loadTarget(llvm::ArrayRef<std::string> paths,
                                       llvm::StringRef maker = "");

} // namespace portico

#endif // PORTICO_TARGETS_PLUGIN_H
