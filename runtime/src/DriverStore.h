//===- DriverStore.h - what drivers keep for other processes -----------------===//

#ifndef PORTICO_RUNTIME_DRIVERSTORE_H
#define PORTICO_RUNTIME_DRIVERSTORE_H

#include "portico/driver.h"

namespace portico::rt {

/// Files in "built" of the user's cache.
const portico_store *driverStore();

} // namespace portico::rt

#endif // PORTICO_RUNTIME_DRIVERSTORE_H
