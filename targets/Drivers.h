//===- Drivers.h - the run halves of this build -----------------------------===//

#ifndef PORTICO_TARGETS_DRIVERS_H
#define PORTICO_TARGETS_DRIVERS_H

namespace portico {

/// Makes the drivers of this build known to the runtime, the default one first.
/// May be called again.
void registerDrivers();

} // namespace portico

#endif // PORTICO_TARGETS_DRIVERS_H
