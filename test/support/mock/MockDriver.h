//===- MockDriver.h - the host, dressed up as a device ----------------------===//

#ifndef PORTICO_TEST_SUPPORT_MOCKDRIVER_H
#define PORTICO_TEST_SUPPORT_MOCKDRIVER_H

#include "portico/driver.h"

/// The table, under the name by which a shared library offers its driver.
extern "C" __attribute__((visibility("default"))) const portico_driver *portico_target_driver();

#endif // PORTICO_TEST_SUPPORT_MOCKDRIVER_H
