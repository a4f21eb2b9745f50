//===- level_zero_test.cpp - the driver on an imitation of Level Zero --------===//

#include "driver_cases.h"

#include "test/runtime/harness.h"

#include "portico/driver.h"

#include <dlfcn.h>

using namespace portico::test;

namespace portico::spirv {
const portico_driver *driver();
} // namespace portico::spirv

static void *mock() {
  setenv("PORTICO_SPIRV_API", "level_zero", 1);
  void *library = dlopen(PORTICO_MOCK_LEVEL_ZERO, RTLD_NOW | RTLD_GLOBAL);
  EXPECT(library);
  return library;
}

static void on(void (*test)()) {
  mock();
  test();
}

TEST(spirv_level_zero_describes_its_devices) { on(cases::describesItsDevices); }
TEST(spirv_level_zero_runs_kernels) { on(cases::runsKernels); }
TEST(spirv_level_zero_orders_streams_by_events) { on(cases::ordersStreamsByEvents); }
TEST(spirv_level_zero_is_called_by_several_threads) { on(cases::isCalledBySeveralThreads); }
TEST(spirv_level_zero_fills_with_every_pattern) { on(cases::fillsWithEveryPattern); }
TEST(spirv_level_zero_takes_addresses_inside_a_block) { on(cases::takesAddressesInsideABlock); }
TEST(spirv_level_zero_says_what_went_wrong) { on(cases::saysWhatWentWrong); }
TEST(spirv_level_zero_is_not_used_after_a_fork) { on(cases::isNotUsedAfterAFork); }
TEST(spirv_level_zero_closes) { on(cases::closes); }

TEST(spirv_level_zero_leaves_nothing_behind) {
  auto live = reinterpret_cast<long (*)()>(dlsym(mock(), "mock_level_zero_live"));
  on(cases::closes);
  EXPECT(live() == 0);
}
