//===- driver_test.cpp - the driver on a device of OpenCL --------------------===//

#include "driver_cases.h"

#include "test/runtime/harness.h"

using namespace portico::test;

static void on(void (*test)()) {
  setenv("PORTICO_SPIRV_API", "opencl", 1);
  test();
}

TEST(spirv_opencl_describes_its_devices) { on(cases::describesItsDevices); }
TEST(spirv_opencl_runs_kernels) { on(cases::runsKernels); }
TEST(spirv_opencl_orders_streams_by_events) { on(cases::ordersStreamsByEvents); }
TEST(spirv_opencl_is_called_by_several_threads) { on(cases::isCalledBySeveralThreads); }
TEST(spirv_opencl_fills_with_every_pattern) { on(cases::fillsWithEveryPattern); }
TEST(spirv_opencl_takes_addresses_inside_a_block) { on(cases::takesAddressesInsideABlock); }
TEST(spirv_opencl_says_what_went_wrong) { on(cases::saysWhatWentWrong); }
TEST(spirv_opencl_is_not_used_after_a_fork) { on(cases::isNotUsedAfterAFork); }
TEST(spirv_opencl_keeps_what_it_built) { on(cases::keepsWhatItBuilt); }
TEST(spirv_opencl_closes) { on(cases::closes); }
