//===- MachineFigures.h - what strategies take for granted ------------------===//

#ifndef PORTICO_TARGETS_MACHINEFIGURES_H
#define PORTICO_TARGETS_MACHINEFIGURES_H

#include "targets/Target.h"

namespace portico {

/// Strategies divide by the figures of a machine and lay their tiles out by them: those of
/// a target from outside are looked at before.
llvm::Error checkFigures(const TargetInfo &info);

} // namespace portico

#endif // PORTICO_TARGETS_MACHINEFIGURES_H
