//===- DriverError.h - why a function of a driver's table failed ------------===//

#ifndef PORTICO_TARGETS_COMMON_DRIVERERROR_H
#define PORTICO_TARGETS_COMMON_DRIVERERROR_H

#include <cstdint>
#include <string>

namespace portico {

/// Notes, for the calling thread, why a function of the table fails; its nonzero result.
int32_t failed(std::string message);

/// The `last_error` of a table. One text serves all drivers of a build: whoever sees a
/// function fail asks at once.
const char *lastError();

} // namespace portico

#endif // PORTICO_TARGETS_COMMON_DRIVERERROR_H
