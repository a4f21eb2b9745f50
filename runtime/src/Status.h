//===- Status.h - how failures are described --------------------------------===//

#ifndef PORTICO_RUNTIME_STATUS_H
#define PORTICO_RUNTIME_STATUS_H

#include "portico/runtime.h"

#include <string>

namespace portico::rt {

/// Describes a failure in `status` (which may be null) and returns `code`.
portico_code fail(portico_status *status, portico_code code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/// Adds to a described failure which op of which program it was.
void setOp(portico_status *status, const portico_program *program, int32_t op, int64_t value = 0,
           int64_t bound = 0);

/// "1.5 GiB"; sizes in messages are for people.
std::string humanBytes(uint64_t bytes);

} // namespace portico::rt

#endif // PORTICO_RUNTIME_STATUS_H
