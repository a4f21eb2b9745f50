//===- Status.h - how failures are described --------------------------------===//

#ifndef PORTICO_RUNTIME_STATUS_H
#define PORTICO_RUNTIME_STATUS_H

#include "portico/runtime.h"

#include <string>

namespace portico::rt {

/// Describes a failure in `status` (which may be null) and returns `code`.
portico_code fail(portico_status *status, portico_code code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/// "1.5 GiB"; sizes in messages are for people.
std::string humanBytes(uint64_t bytes);

} // namespace portico::rt

#endif // PORTICO_RUNTIME_STATUS_H
