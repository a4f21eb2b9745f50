//===- driver_test.cpp - tables of drivers and names of devices -------------===//

#include "mock.h"

#include <cstddef>
#include <cstring>

using namespace portico::test;

TEST(a_driver_answers_to_its_other_names) {
  portico_device *device = mockDevice(), *other = nullptr;
  Status status;
  EXPECT_OK(portico_device_get("pretend:0", &other, &status), status);
  EXPECT(other == device);
  EXPECT_OK(portico_device_get("mimic", &other, &status), status);
  EXPECT(other == device);
  EXPECT(std::string(portico_device_name(other)) == "mock:0");
  EXPECT(portico_device_count("pretend") == 2);
  for (const char *bad : {"pre", "mimic,pretend", ",", "pretend,"})
    EXPECT_CODE(portico_device_get(bad, &other, &status), PORTICO_UNAVAILABLE, status);
}

TEST(drivers_are_listed_in_order) {
  EXPECT(portico_driver_name(0));
  EXPECT(portico_driver_find("") == portico_driver_find(portico_driver_name(0)));
  mockDevice();
  int32_t count = 0;
  while (portico_driver_name(count))
    ++count;
  EXPECT(strcmp(portico_driver_name(count - 1), "mock") == 0);
  EXPECT(!portico_driver_name(-1));
}

TEST(a_table_without_the_optional_entries_is_whole) {
  portico_driver shorter = *portico_target_driver();
  shorter.name = "shorter";
  shorter.struct_size = offsetof(portico_driver, aliases);
  Status status;
  EXPECT_OK(portico_driver_register(&shorter, &status), status);
  const portico_driver *found = portico_driver_find("shorter");
  EXPECT(found && found->launch && !found->aliases && !found->memory_info);
}

TEST(a_table_that_lacks_something_is_refused) {
  Status status;
  portico_driver truncated = *portico_target_driver();
  truncated.struct_size = offsetof(portico_driver, last_error);
  EXPECT_CODE(portico_driver_register(&truncated, &status), PORTICO_INVALID_ARGUMENT, status);
  portico_driver older = *portico_target_driver();
  older.abi = PORTICO_DRIVER_ABI - 1;
  EXPECT_CODE(portico_driver_register(&older, &status), PORTICO_INVALID_ARGUMENT, status);
  EXPECT(status.says("another runtime"));
  portico_driver incomplete = *portico_target_driver();
  incomplete.stream_wait = nullptr;
  EXPECT_CODE(portico_driver_register(&incomplete, &status), PORTICO_INVALID_ARGUMENT, status);
  EXPECT(status.says("required function"));
  EXPECT(!portico_driver_find("mock"));
}

TEST(a_device_is_described_without_opening_it) {
  mockDevice({{"PORTICO_MOCK_MEMORY", "8192"}});
  portico_device_info info{};
  info.struct_size = sizeof(info);
  Status status;
  EXPECT_OK(portico_device_describe("mock:1", &info, &status), status);
  EXPECT(strcmp(info.name, "mock device 1") == 0 && info.memory_bytes == 8192);
  EXPECT(strcmp(info.driver_version, "1.2") == 0);
  // A caller with an older, shorter struct.
  portico_device_info old{};
  old.struct_size = offsetof(portico_device_info, arch);
  old.compute_units = 77;
  EXPECT_OK(portico_device_describe("mock:1", &old, &status), status);
  EXPECT(old.memory_bytes == 8192 && old.compute_units == 77);
}

TEST(an_absent_device_says_why) {
  setenv("PORTICO_MOCK_DEVICES", "0", 1);
  Status status;
  EXPECT_OK(portico_driver_register(portico_target_driver(), &status), status);
  portico_device *device = nullptr;
  EXPECT_CODE(portico_device_get("mock", &device, &status), PORTICO_UNAVAILABLE, status);
  EXPECT(status.says("PORTICO_MOCK_DEVICES is 0 in the environment"));
}

TEST(visible_devices_are_counted_anew) {
  setenv("PORTICO_VISIBLE_DEVICES", "mock:1", 1);
  portico_device *device = mockDevice();
  EXPECT(portico_device_count("mock") == 1);
  portico_device_info info{};
  info.struct_size = sizeof(info);
  Status status;
  EXPECT_OK(portico_device_describe(portico_device_name(device), &info, &status), status);
  EXPECT(strcmp(info.name, "mock device 1") == 0);
  EXPECT_CODE(portico_device_get("mock:1", &device, &status), PORTICO_UNAVAILABLE, status);
  // The default device is the host, which nobody can do without.
  EXPECT(portico_device_count(portico_driver_name(0)) == 1);
}

TEST(devices_that_are_not_visible_say_so) {
  setenv("PORTICO_VISIBLE_DEVICES", "other:0, mimic:7", 1);
  Status status;
  EXPECT_OK(portico_driver_register(portico_target_driver(), &status), status);
  EXPECT(portico_device_count("mock") == 0);
  portico_device *device = nullptr;
  EXPECT_CODE(portico_device_get("mock:0", &device, &status), PORTICO_UNAVAILABLE, status);
  EXPECT(status.says("PORTICO_VISIBLE_DEVICES"));
}

TEST(a_word_without_a_number_makes_all_its_devices_visible) {
  setenv("PORTICO_VISIBLE_DEVICES", "pretend", 1);
  mockDevice();
  EXPECT(portico_device_count("mock") == 2);
}
