//===- driver_cases.h - what the driver's table must do on any device --------===//

#ifndef PORTICO_TEST_SPIRV_DRIVER_CASES_H
#define PORTICO_TEST_SPIRV_DRIVER_CASES_H

namespace portico::test::cases {

void describesItsDevices();
void runsKernels();
void ordersStreamsByEvents();
void isCalledBySeveralThreads();
void fillsWithEveryPattern();
void takesAddressesInsideABlock();
void saysWhatWentWrong();
void isNotUsedAfterAFork();
void closes();
void keepsWhatItBuilt();

} // namespace portico::test::cases

#endif // PORTICO_TEST_SPIRV_DRIVER_CASES_H
