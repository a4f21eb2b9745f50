//===- PluginTarget.h - a compile half behind a C table ---------------------===//

#ifndef PORTICO_TARGETS_PLUGINTARGET_H
#define PORTICO_TARGETS_PLUGINTARGET_H

#include "targets/Target.h"
#include "targets/plugin.h"

namespace portico {

/// The target of a table (targets/plugin.h), for the first of its machines. The table must
/// stay where it is. `maker` is who is told of mistakes.
llvm::Expected<std::unique_ptr<const Target>> makePluginTarget(const portico_compiler *compiler,
                                                               std::string maker);

} // namespace portico

#endif // PORTICO_TARGETS_PLUGINTARGET_H
