//===- Failure.cpp - what a kernel did wrong --------------------------------===//

#include "targets/hostsimt/Failure.h"

#include <cstdarg>
#include <cstdio>

using namespace portico::hostsimt;

void Failure::report(std::string what, const Site *site) {
  std::lock_guard<std::mutex> lock(mutex);
  if (flag.load(std::memory_order_relaxed))
    return;
  text = "[kernel] " + std::move(what);
  if (site && site->where[0])
    text += std::string("; at ") + site->where;
  opInKernel = site ? site->op : -1;
  flag.store(true, std::memory_order_relaxed);
}

std::string portico::hostsimt::format(const char *form, ...) {
  char text[600];
  va_list arguments;
  va_start(arguments, form);
  vsnprintf(text, sizeof(text), form, arguments);
  va_end(arguments);
  return text;
}
