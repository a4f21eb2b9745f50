//===- CpuDriver.h - the host as a device -----------------------------------===//

#ifndef PORTICO_TARGETS_CPU_CPUDRIVER_H
#define PORTICO_TARGETS_CPU_CPUDRIVER_H

#include "portico/driver.h"

namespace portico::cpu {

const portico_driver *driver();

} // namespace portico::cpu

#endif // PORTICO_TARGETS_CPU_CPUDRIVER_H
