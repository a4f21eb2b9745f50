//===- driver_test.cpp - what the driver asks of libcuda --------------------===//

#include "mock.h"

#include "test/runtime/harness.h"

#include <atomic>
#include <chrono>
#include <cstring>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

using namespace portico::test;
using portico::test::mock::Mock;
using portico::test::mock::Opened;

static bool contains(const std::string &text, const char *part) {
  return text.find(part) != std::string::npos;
}

//===----------------------------------------------------------------------===//
// Devices
//===----------------------------------------------------------------------===//

TEST(cuda_without_the_library_says_what_was_looked_for) {
  setenv("PORTICO_CUDA_LIBRARY", "/nowhere/libcuda.so.1", 1);
  const portico_driver &driver = *portico::cuda::driver();
  EXPECT(driver.device_count() == 0);
  EXPECT(contains(driver.unavailable_reason(), "/nowhere/libcuda.so.1"));
  portico_device_info info{};
  EXPECT(driver.device_info(0, &info) != 0);
  EXPECT(contains(driver.last_error(), "no such device"));
}

TEST(cuda_without_an_entry_point_names_it) {
  setenv("PORTICO_CUDA_LIBRARY", "libm.so.6", 1);
  EXPECT(portico::cuda::driver()->device_count() == 0);
  EXPECT(contains(portico::cuda::driver()->unavailable_reason(), "cuInit is not in libm.so.6"));
}

TEST(cuda_that_does_not_initialise_says_why) {
  Mock mock;
  mock.devices(0, 0, 0);
  setenv("CUDA_VISIBLE_DEVICES", "7", 1);
  EXPECT(portico::cuda::driver()->device_count() == 0);
  std::string reason = portico::cuda::driver()->unavailable_reason();
  EXPECT(contains(reason, "CUDA_ERROR_NO_DEVICE"));
  EXPECT(contains(reason, "CUDA_VISIBLE_DEVICES is '7'"));
}

TEST(cuda_describes_its_devices) {
  Mock mock;
  mock.devices(2, 9, 0);
  const portico_driver &driver = *portico::cuda::driver();
  EXPECT(driver.device_count() == 2);
  EXPECT(driver.unavailable_reason() == nullptr);
  portico_device_info info{};
  EXPECT(driver.device_info(1, &info) == 0);
  EXPECT(std::string(info.name) == "Mock 9.0 #1");
  EXPECT(std::string(info.arch) == "sm_90a");
  EXPECT(std::string(info.driver_version) == "CUDA 12.4");
  EXPECT(info.version_major == 9 && info.version_minor == 0);
  EXPECT(info.compute_units == 132 && info.memory_bytes == 1u << 30 && !info.host_memory);
  EXPECT(driver.device_info(2, &info) != 0);
}

TEST(cuda_runs_code_of_its_machine_and_of_earlier_ones) {
  Mock mock;
  mock.devices(1, 9, 0);
  const portico_driver &driver = *portico::cuda::driver();
  for (const char *arch : {"sm_80", "sm_89;ptx78", "sm_90", "sm_90a", "sm_90a;ptx80;cubin"})
    EXPECT(driver.device_supports(0, arch) == 1);
  for (const char *arch : {"sm_100", "sm_80a", "sm_100a", "gfx942", "", "sm_", "sm_9", "sm_9x"})
    EXPECT(driver.device_supports(0, arch) == 0);
}

TEST(cuda_closes_what_it_opened) {
  Mock mock;
  {
    Opened opened;
    EXPECT(mock.live("context") == 1 && mock.live("stream") == 1);
  }
  EXPECT(mock.live("context") == 0 && mock.live("stream") == 0);
}

TEST(cuda_gives_the_context_back_where_opening_fails) {
  Mock mock;
  mock.fail("cuStreamCreate", 2, 1);
  void *device = nullptr;
  EXPECT(portico::cuda::driver()->device_open(0, &device) != 0);
  EXPECT(contains(portico::cuda::driver()->last_error(),
                  "cuStreamCreate: CUDA_ERROR_OUT_OF_MEMORY (out of memory)"));
  EXPECT(mock.live("context") == 0);
}

TEST(cuda_works_from_every_thread_and_leaves_their_context) {
  Mock mock;
  mock.devices(2, 8, 0);
  Opened first(0), second(1);
  std::thread([&] {
    void *memory = nullptr;
    EXPECT(first.driver.memory_allocate(first.device, 64, &memory) == 0);
    EXPECT(second.driver.synchronize(second.device) == 0);
    first.driver.memory_release(first.device, memory, 64);
  }).join();
  EXPECT(mock.live("memory") == 0);
}

TEST(cuda_in_a_forked_child_says_what_to_do) {
  Mock mock;
  Opened opened;
  pid_t child = fork();
  if (child == 0) {
    void *memory = nullptr;
    bool refused = opened.driver.memory_allocate(opened.device, 64, &memory) != 0 &&
                   contains(opened.driver.last_error(), "'spawn'");
    _exit(refused ? 0 : 1);
  }
  int status = 1;
  waitpid(child, &status, 0);
  EXPECT(status == 0);
}

//===----------------------------------------------------------------------===//
// Memory and copies
//===----------------------------------------------------------------------===//

namespace {

/// Memory of a device, given back at the end.
struct Memory {
  Memory(const Opened &opened, size_t bytes) : opened(opened), bytes(bytes) {
    EXPECT(opened.driver.memory_allocate(opened.device, bytes, &data) == 0);
  }
  ~Memory() { opened.driver.memory_release(opened.device, data, bytes); }

  std::vector<unsigned char> read() const {
    std::vector<unsigned char> host(bytes);
    EXPECT(opened.driver.copy(opened.device, host.data(), data, bytes, PORTICO_COPY_TO_HOST,
                              nullptr) == 0);
    EXPECT(opened.driver.stream_synchronize(opened.device, nullptr) == 0);
    return host;
  }

  const Opened &opened;
  size_t bytes;
  void *data = nullptr;
};

} // namespace

TEST(cuda_reports_memory_that_is_not_there) {
  Mock mock;
  Opened opened;
  void *memory = nullptr;
  EXPECT(opened.driver.memory_allocate(opened.device, size_t(1) << 40, &memory) != 0);
  EXPECT(contains(opened.driver.last_error(), "cuMemAlloc: CUDA_ERROR_OUT_OF_MEMORY"));
  uint64_t free = 0, total = 0;
  Memory held(opened, 4096);
  EXPECT(opened.driver.memory_info(opened.device, &free, &total) == 0);
  EXPECT(total == 1u << 30 && free == total - 4096);
}

TEST(cuda_copies_from_pageable_memory_that_changes_afterwards) {
  Mock mock;
  Opened opened;
  Memory memory(opened, 4);
  unsigned char host[4] = {1, 2, 3, 4};
  EXPECT(opened.driver.copy(opened.device, memory.data, host, 4, PORTICO_COPY_TO_DEVICE, nullptr) ==
         0);
  memset(host, 9, 4);
  EXPECT(memory.read() == (std::vector<unsigned char>{1, 2, 3, 4}));
}

TEST(cuda_copies_pinned_memory_behind_the_call) {
  Mock mock;
  Opened opened;
  Memory memory(opened, 64), other(opened, 64);
  void *host = nullptr;
  EXPECT(opened.driver.host_allocate(opened.device, 64, &host) == 0);
  memset(host, 5, 64);
  mock.log();
  auto copy = [&](void *to, const void *from, portico_copy_kind kind) {
    EXPECT(opened.driver.copy(opened.device, to, from, 64, kind, nullptr) == 0);
  };
  copy(memory.data, host, PORTICO_COPY_TO_DEVICE);
  copy(other.data, memory.data, PORTICO_COPY_WITHIN);
  EXPECT(mock.live("pending") == 2);
  EXPECT(opened.driver.stream_synchronize(opened.device, nullptr) == 0);
  memset(host, 0, 64);
  copy(host, other.data, PORTICO_COPY_TO_HOST);
  EXPECT(static_cast<char *>(host)[0] == 0);
  EXPECT(opened.driver.synchronize(opened.device) == 0);
  EXPECT(static_cast<char *>(host)[63] == 5);
  EXPECT(contains(mock.log(), "cuMemcpyHtoDAsync 64 pinned s1\ncuMemcpyDtoDAsync 64 s1\n"));
  opened.driver.host_release(opened.device, host);
  EXPECT(mock.live("host") == 0);
}

TEST(cuda_copies_and_fills_nothing_without_a_call) {
  Mock mock;
  Opened opened;
  mock.log();
  EXPECT(opened.driver.copy(opened.device, nullptr, nullptr, 0, PORTICO_COPY_WITHIN, nullptr) == 0);
  EXPECT(opened.driver.fill(opened.device, nullptr, 0, 4, 0, nullptr) == 0);
  EXPECT(std::string(mock.log()).empty());
}

TEST(cuda_fills_with_patterns_of_every_width) {
  Mock mock;
  Opened opened;
  const uint64_t pattern = 0x8877665544332211;
  for (uint32_t width : {1, 2, 4, 8})
    for (size_t count : {1, 2, 3, 5, 64, 1000}) {
      Memory memory(opened, width * count + 16);
      EXPECT(opened.driver.fill(opened.device, memory.data, pattern, width, width * count,
                                nullptr) == 0);
      std::vector<unsigned char> got = memory.read();
      for (size_t i = 0; i < width * count; ++i)
        EXPECT(got[i] == 0x11 * (i % width + 1));
      for (size_t i = width * count; i < got.size(); ++i)
        EXPECT(got[i] == 0xcd);
    }
  Memory memory(opened, 16);
  EXPECT(opened.driver.fill(opened.device, memory.data, 0, 3, 15, nullptr) != 0);
  EXPECT(contains(opened.driver.last_error(), "got 3 bytes"));
}

TEST(cuda_fills_zeros_of_eight_bytes_in_one_call) {
  Mock mock;
  Opened opened;
  Memory memory(opened, 800);
  mock.log();
  EXPECT(opened.driver.fill(opened.device, memory.data, 0, 8, 800, nullptr) == 0);
  EXPECT(std::string(mock.log()) == "cuMemsetD32Async 0 x 200 s1\n");
}

TEST(cuda_reports_copies_outside_of_memory) {
  Mock mock;
  Opened opened;
  Memory memory(opened, 64);
  char host[128] = {};
  EXPECT(opened.driver.copy(opened.device, memory.data, host, 128, PORTICO_COPY_TO_DEVICE,
                            nullptr) != 0);
  EXPECT(contains(opened.driver.last_error(), "cuMemcpyHtoDAsync: CUDA_ERROR_INVALID_VALUE"));
}

//===----------------------------------------------------------------------===//
// Streams and events
//===----------------------------------------------------------------------===//

TEST(cuda_streams_wait_for_events_of_others) {
  Mock mock;
  Opened opened;
  const portico_driver &driver = opened.driver;
  Memory memory(opened, 4);
  void *writer = nullptr, *reader = nullptr, *event = nullptr;
  EXPECT(driver.stream_create(opened.device, &writer) == 0);
  EXPECT(driver.stream_create(opened.device, &reader) == 0);
  EXPECT(driver.event_create(opened.device, &event) == 0);
  EXPECT(driver.fill(opened.device, memory.data, 7, 1, 4, writer) == 0);
  EXPECT(driver.event_record(opened.device, event, writer) == 0);
  EXPECT(driver.stream_wait(opened.device, reader, event) == 0);
  unsigned char host[4] = {};
  EXPECT(driver.copy(opened.device, host, memory.data, 4, PORTICO_COPY_TO_HOST, reader) == 0);
  EXPECT(driver.stream_synchronize(opened.device, reader) == 0);
  EXPECT(host[3] == 7);
  driver.event_destroy(opened.device, event);
  driver.stream_destroy(opened.device, writer);
  driver.stream_destroy(opened.device, reader);
  EXPECT(mock.live("event") == 0 && mock.live("stream") == 1);
}

TEST(cuda_user_streams_do_not_wait_for_the_legacy_stream) {
  Mock mock;
  Opened opened;
  EXPECT(contains(mock.log(), "cuStreamCreate flags=0"));
  void *stream = nullptr;
  EXPECT(opened.driver.stream_create(opened.device, &stream) == 0);
  EXPECT(contains(mock.log(), "cuStreamCreate flags=1"));
  opened.driver.stream_destroy(opened.device, stream);
}

TEST(cuda_events_happen_once_the_work_before_them_is_done) {
  Mock mock;
  Opened opened;
  const portico_driver &driver = opened.driver;
  Memory memory(opened, 4);
  void *start = nullptr, *end = nullptr;
  EXPECT(driver.event_create(opened.device, &start) == 0);
  EXPECT(driver.event_create(opened.device, &end) == 0);
  int32_t done = 0;
  EXPECT(driver.event_query(opened.device, end, &done) == 0 && done == 1);
  EXPECT(driver.event_record(opened.device, start, nullptr) == 0);
  EXPECT(driver.fill(opened.device, memory.data, 7, 1, 4, nullptr) == 0);
  EXPECT(driver.event_record(opened.device, end, nullptr) == 0);
  EXPECT(driver.event_query(opened.device, end, &done) == 0 && done == 0);
  double milliseconds = 0;
  EXPECT(driver.event_elapsed(opened.device, start, end, &milliseconds) != 0);
  EXPECT(driver.event_wait(opened.device, end) == 0);
  EXPECT(driver.event_query(opened.device, end, &done) == 0 && done == 1);
  EXPECT(driver.event_elapsed(opened.device, start, end, &milliseconds) == 0);
  EXPECT(milliseconds == 2);
  driver.event_destroy(opened.device, start);
  driver.event_destroy(opened.device, end);
}

//===----------------------------------------------------------------------===//
// Graphs
//===----------------------------------------------------------------------===//

TEST(cuda_graphs_keep_work_and_do_it_when_launched) {
  Mock mock;
  Opened opened;
  const portico_driver &driver = opened.driver;
  Memory memory(opened, 4);
  EXPECT(driver.graph_begin(opened.device, nullptr) == 0);
  EXPECT(driver.fill(opened.device, memory.data, 7, 1, 4, nullptr) == 0);
  void *graph = nullptr;
  EXPECT(driver.graph_end(opened.device, nullptr, &graph) == 0);
  EXPECT(mock.live("pending") == 0 && mock.live("graph") == 0 && mock.live("executable") == 1);
  EXPECT(memory.read()[0] == 0xcd);
  for (int i = 0; i < 2; ++i) {
    EXPECT(driver.fill(opened.device, memory.data, 0, 1, 4, nullptr) == 0);
    EXPECT(driver.graph_launch(opened.device, graph, nullptr) == 0);
    EXPECT(memory.read()[3] == 7);
  }
  driver.graph_destroy(opened.device, graph);
  EXPECT(mock.live("executable") == 0);
}

TEST(cuda_graphs_that_cannot_be_made_leave_nothing) {
  Mock mock;
  Opened opened;
  void *graph = nullptr;
  EXPECT(opened.driver.graph_end(opened.device, nullptr, &graph) != 0);
  EXPECT(opened.driver.graph_begin(opened.device, nullptr) == 0);
  mock.fail("cuGraphInstantiateWithFlags", 2, 1);
  EXPECT(opened.driver.graph_end(opened.device, nullptr, &graph) != 0);
  EXPECT(contains(opened.driver.last_error(),
                  "cuGraphInstantiateWithFlags: CUDA_ERROR_OUT_OF_MEMORY"));
  EXPECT(mock.live("graph") == 0 && graph == nullptr);
}

TEST(cuda_graphs_let_other_threads_wait_for_the_device) {
  Mock mock;
  Opened opened;
  const portico_driver &driver = opened.driver;
  Memory memory(opened, 4);
  auto *spare = new Memory(opened, 64);
  void *pinned = nullptr;
  EXPECT(driver.host_allocate(opened.device, 64, &pinned) == 0);
  EXPECT(driver.graph_begin(opened.device, nullptr) == 0);
  int32_t waited = 1;
  std::thread other([&] {
    waited = driver.synchronize(opened.device);
    delete spare;
    driver.host_release(opened.device, pinned);
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT(driver.fill(opened.device, memory.data, 7, 1, 4, nullptr) == 0);
  void *graph = nullptr;
  EXPECT(driver.graph_end(opened.device, nullptr, &graph) == 0);
  other.join();
  EXPECT(waited == 0 && mock.live("memory") == 4 && mock.live("host") == 0);
  EXPECT(driver.graph_launch(opened.device, graph, nullptr) == 0);
  EXPECT(memory.read()[3] == 7);
  driver.graph_destroy(opened.device, graph);
}

TEST(cuda_graphs_hold_the_work_of_the_thread_that_records) {
  Mock mock;
  Opened opened;
  const portico_driver &driver = opened.driver;
  Memory memory(opened, 4);
  EXPECT(driver.graph_begin(opened.device, nullptr) == 0);
  EXPECT(driver.graph_begin(opened.device, nullptr) != 0);
  EXPECT(driver.synchronize(opened.device) != 0);
  EXPECT(contains(driver.last_error(), "a graph is being recorded"));
  std::thread([&] {
    EXPECT(driver.fill(opened.device, memory.data, 5, 1, 4, nullptr) == 0);
    EXPECT(driver.stream_synchronize(opened.device, nullptr) == 0);
  }).join();
  void *graph = nullptr;
  EXPECT(driver.graph_end(opened.device, nullptr, &graph) == 0);
  EXPECT(memory.read()[3] == 5);
  driver.graph_destroy(opened.device, graph);
  EXPECT(mock.live("stream") == 1);
}

TEST(cuda_graphs_are_launched_by_one_thread_at_a_time) {
  Mock mock;
  Opened opened;
  const portico_driver &driver = opened.driver;
  EXPECT(driver.graph_begin(opened.device, nullptr) == 0);
  void *graph = nullptr;
  EXPECT(driver.graph_end(opened.device, nullptr, &graph) == 0);
  std::atomic<int> failures{0};
  auto launch = [&] {
    for (int i = 0; i < 20; ++i)
      failures += driver.graph_launch(opened.device, graph, nullptr) != 0;
  };
  std::thread other(launch);
  launch();
  other.join();
  EXPECT(failures == 0);
  driver.graph_destroy(opened.device, graph);
}
