//===- harness.h - tests in C++: TEST(name) { EXPECT(condition); } ----------===//
//
// Each test is run in a process of its own (test_cpp.py), so that it may fork, set
// limits, and break what it likes.
//
//===----------------------------------------------------------------------===//

#ifndef PORTICO_TEST_HARNESS_H
#define PORTICO_TEST_HARNESS_H

#include "portico/runtime.h"

#include <cstdio>
#include <cstdlib>
#include <string>

namespace portico::test {

using Function = void (*)();
void add(const char *name, Function function);

[[noreturn]] inline void failAt(const char *file, int line, const std::string &what) {
  fprintf(stderr, "%s:%d: expected %s\n", file, line, what.c_str());
  exit(1);
}

/// Ends the test, which cannot be run here.
[[noreturn]] inline void skip(const char *why) {
  fprintf(stderr, "%s\n", why);
  exit(77);
}

/// A status that says how large it is.
struct Status : portico_status {
  Status() : portico_status{} { struct_size = sizeof(portico_status); }
  std::string text() const { return message; }
  bool says(const char *part) const { return text().find(part) != std::string::npos; }
};

/// The default device.
portico_device *device();

} // namespace portico::test

#define TEST(name)                                                                                 \
  static void name();                                                                              \
  namespace {                                                                                      \
  struct Add_##name {                                                                              \
    Add_##name() { portico::test::add(#name, name); }                                              \
  } add_##name;                                                                                    \
  }                                                                                                \
  static void name()

#define EXPECT(condition)                                                                          \
  do {                                                                                             \
    if (!(condition))                                                                              \
      portico::test::failAt(__FILE__, __LINE__, #condition);                                       \
  } while (false)

/// For calls that return a portico_code: shows the message where it is not the one expected.
#define EXPECT_CODE(call, expected, status)                                                        \
  do {                                                                                             \
    portico_code got = (call);                                                                     \
    if (got != (expected))                                                                         \
      portico::test::failAt(__FILE__, __LINE__,                                                    \
                            std::string(#call " to return " #expected ", got ") +                  \
                                std::to_string(got) + ": " + (status).message);                    \
  } while (false)
#define EXPECT_OK(call, status) EXPECT_CODE(call, PORTICO_OK, status)

#endif // PORTICO_TEST_HARNESS_H
