//===- Status.cpp - how failures are described ------------------------------===//

#include "Status.h"

#include <cstdarg>
#include <cstddef>
#include <cstdio>
#include <cstring>

namespace portico::rt {

portico_code fail(portico_status *status, portico_code code, const char *format, ...) {
  // A caller compiled against an older, smaller struct gets what fits in it.
  if (!status || status->struct_size < offsetof(portico_status, message))
    return code;
  status->code = code;
  status->op = -1;
  status->value = 0;
  status->bound = 0;
  if (status->struct_size >= offsetof(portico_status, program) + sizeof(status->program))
    status->program = nullptr;
  uint64_t room = status->struct_size - offsetof(portico_status, message);
  if (room > sizeof(status->message))
    room = sizeof(status->message);
  if (room == 0)
    return code;
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(status->message, room, format, arguments);
  va_end(arguments);
  return code;
}

void setOp(portico_status *status, const portico_program *program, int32_t op, int64_t value,
           int64_t bound) {
  if (!status || status->struct_size < offsetof(portico_status, message))
    return;
  status->op = op;
  status->value = value;
  status->bound = bound;
  if (status->struct_size >= offsetof(portico_status, program) + sizeof(status->program))
    status->program = program;
}

std::string humanBytes(uint64_t bytes) {
  static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  double value = double(bytes);
  unsigned unit = 0;
  while (value >= 1024 && unit + 1 < sizeof(units) / sizeof(*units)) {
    value /= 1024;
    ++unit;
  }
  char text[32];
  snprintf(text, sizeof(text), unit ? "%.1f %s" : "%.0f %s", value, units[unit]);
  return text;
}

} // namespace portico::rt
