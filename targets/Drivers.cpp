//===- Drivers.cpp - the run halves of this build ---------------------------===//

#include "targets/Drivers.h"

#include "portico/driver.h"
#include "portico/runtime.h"

#define PORTICO_TARGET(name)                                                                       \
  namespace portico::name {                                                                        \
  const portico_driver *driver();                                                                  \
  }
#include "portico/Targets.def"
#undef PORTICO_TARGET

void portico::registerDrivers() {
#define PORTICO_TARGET(name) portico_driver_register(portico::name::driver(), nullptr);
#include "portico/Targets.def"
#undef PORTICO_TARGET
}
