//===- mock.h - the mock device, for the tests ------------------------------===//

#ifndef PORTICO_TEST_RUNTIME_MOCK_H
#define PORTICO_TEST_RUNTIME_MOCK_H

#include "harness.h"

#include "test/support/mock/MockDriver.h"

#include <initializer_list>
#include <utility>

namespace portico::test {

/// A device that works apart from the host, with settings of test/support/mock.
inline portico_device *
mockDevice(std::initializer_list<std::pair<const char *, const char *>> settings = {},
           const char *name = "mock:0") {
  for (auto [variable, value] : settings)
    setenv(variable, value, 1);
  Status status;
  EXPECT_OK(portico_driver_register(portico_target_driver(), &status), status);
  portico_device *device = nullptr;
  EXPECT_OK(portico_device_get(name, &device, &status), status);
  return device;
}

} // namespace portico::test

#endif // PORTICO_TEST_RUNTIME_MOCK_H
