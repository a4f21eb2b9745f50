//===- main.cpp - lists the tests, or runs those named ----------------------===//

#include "harness.h"

#include "targets/Drivers.h"

#include <cstring>
#include <vector>

namespace {

struct Case {
  const char *name;
  portico::test::Function function;
};

std::vector<Case> &cases() {
  static std::vector<Case> all;
  return all;
}

} // namespace

void portico::test::add(const char *name, Function function) {
  cases().push_back({name, function});
}

portico_device *portico::test::device() {
  Status status;
  portico_device *result = nullptr;
  EXPECT_OK(portico_device_get("", &result, &status), status);
  return result;
}

int main(int argc, char **argv) {
  // Never the user's own cache; test_cpp.py gives each test a folder and removes it.
  char fresh[] = "/tmp/portico-test-XXXXXX";
  if (!getenv("PORTICO_CACHE_DIR") && mkdtemp(fresh))
    setenv("PORTICO_CACHE_DIR", fresh, 1);
  portico::registerDrivers();
  if (argc == 2 && strcmp(argv[1], "--list") == 0) {
    for (const Case &test : cases())
      puts(test.name);
    return 0;
  }
  int run = 0;
  for (const Case &test : cases()) {
    bool wanted = argc == 1;
    for (int i = 1; i < argc; ++i)
      wanted |= strcmp(argv[i], test.name) == 0;
    if (!wanted)
      continue;
    test.function();
    ++run;
  }
  if (!run) {
    fprintf(stderr, "no such test\n");
    return 2;
  }
  return 0;
}
