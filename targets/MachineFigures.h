//===- MachineFigures.h - what strategies take for granted ------------------===//

#ifndef PORTICO_TARGETS_MACHINEFIGURES_H
#define PORTICO_TARGETS_MACHINEFIGURES_H

#include "targets/Target.h"

namespace portico {

/// Strategies divide by the figures of a machine and lay their tiles out by them: those that
/// come from outside, of a plug-in or the options of a tool, are looked at before.
llvm::Error checkFigures(const TargetInfo &info);

/// Whether a work-group has room for every strategy. On a smaller machine some kernels are
/// refused one by one, which is nothing for a target.
llvm::Error checkRoom(const TargetInfo &info);

} // namespace portico

#endif // PORTICO_TARGETS_MACHINEFIGURES_H
