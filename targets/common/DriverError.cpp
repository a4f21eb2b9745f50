//===- DriverError.cpp - why a function of a driver's table failed ----------===//

#include "targets/common/DriverError.h"

#include <utility>

static thread_local std::string text;

int32_t portico::failed(std::string message) {
  text = std::move(message);
  return 1;
}

const char *portico::lastError() { return text.c_str(); }
