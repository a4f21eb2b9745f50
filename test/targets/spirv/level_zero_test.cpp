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

TEST(spirv_level_zero_allocates_more_than_a_usual_block) {
  mock();
  const portico_driver &driver = *portico::spirv::driver();
  void *device = nullptr, *memory = nullptr;
  EXPECT(driver.device_open(0, &device) == 0);
  EXPECT(driver.memory_allocate(device, 2 << 20, &memory) == 0);
  driver.memory_release(device, memory, 2 << 20);
  driver.device_close(device);
}

// A hundred ticks of a clock of 19.2 MHz, whose ticks are no whole nanoseconds.
TEST(spirv_level_zero_tells_the_time_of_an_uneven_clock) {
  mock();
  const portico_driver &driver = *portico::spirv::driver();
  void *device = nullptr, *start = nullptr, *end = nullptr;
  EXPECT(driver.device_open(0, &device) == 0);
  EXPECT(driver.event_create(device, &start) == 0 && driver.event_create(device, &end) == 0);
  EXPECT(driver.event_record(device, start, nullptr) == 0);
  EXPECT(driver.event_record(device, end, nullptr) == 0);
  EXPECT(driver.event_wait(device, end) == 0);
  double milliseconds = 0;
  EXPECT(driver.event_elapsed(device, start, end, &milliseconds) == 0);
  EXPECT(milliseconds > 0.0052083 && milliseconds < 0.0052084);
  driver.event_destroy(device, start);
  driver.event_destroy(device, end);
  driver.device_close(device);
}

TEST(spirv_says_what_failed_while_it_looked) {
  setenv("MOCK_LEVEL_ZERO_LOST", "1", 1);
  mock();
  const portico_driver &driver = *portico::spirv::driver();
  EXPECT(driver.device_count() == 0);
  EXPECT(std::string(driver.unavailable_reason()).find("the device was lost") != std::string::npos);
}
