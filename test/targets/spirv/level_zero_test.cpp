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

static long live() {
  static auto count = reinterpret_cast<long (*)()>(dlsym(mock(), "mock_level_zero_live"));
  return count();
}

TEST(spirv_level_zero_leaves_nothing_behind) {
  on(cases::closes);
  EXPECT(live() == 0);
}

TEST(spirv_level_zero_keeps_no_signal_of_work_that_is_done) {
  mock();
  const portico_driver &driver = *portico::spirv::driver();
  void *device = nullptr, *event = nullptr, *stream = nullptr;
  EXPECT(driver.device_open(0, &device) == 0);
  EXPECT(driver.event_create(device, &event) == 0);
  EXPECT(driver.stream_create(device, &stream) == 0);
  auto round = [&] {
    EXPECT(driver.event_record(device, event, stream) == 0);
    EXPECT(driver.stream_wait(device, nullptr, event) == 0);
    EXPECT(driver.event_record(device, event, nullptr) == 0);
    EXPECT(driver.stream_wait(device, stream, event) == 0);
  };
  round();
  long before = live();
  for (int i = 0; i < 100; ++i)
    round();
  EXPECT(live() <= before + 10);
}

TEST(spirv_says_what_failed_while_it_looked) {
  setenv("MOCK_LEVEL_ZERO_LOST", "1", 1);
  mock();
  const portico_driver &driver = *portico::spirv::driver();
  EXPECT(driver.device_count() == 0);
  EXPECT(std::string(driver.unavailable_reason()).find("the device was lost") != std::string::npos);
}
