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
