//===- driver_test.cpp - the run half, against a library that only notes ----===//

#include "test/runtime/harness.h"

#include "portico/driver.h"

#include <cstring>
#include <dlfcn.h>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

using namespace portico::test;

namespace {

/// The driver with an imitation of AMD's library, and what it called.
class Mock {
public:
  explicit Mock(const char *library = PORTICO_MOCK_HIP) {
    setenv("PORTICO_HIP_LIBRARY", library, 1);
    driver = portico_driver_find("rocm");
    EXPECT(driver);
    if (void *handle = dlopen(library, RTLD_NOW)) {
      getLog = reinterpret_cast<const char *(*)()>(dlsym(handle, "mock_hip_log"));
      clear = reinterpret_cast<void (*)()>(dlsym(handle, "mock_hip_clear"));
    }
  }

  void *open(int32_t ordinal) {
    void *device = nullptr;
    EXPECT(driver->device_open(ordinal, &device) == 0);
    clear();
    return device;
  }

  /// The calls since the last time.
  std::string log() {
    std::string text = getLog();
    clear();
    return text;
  }

  const portico_driver *driver;
  const char *(*getLog)() = nullptr;
  void (*clear)() = nullptr;
};

#define EXPECT_LOG(mock, expected)                                                                 \
  do {                                                                                             \
    std::string got = (mock).log();                                                                \
    if (got != (expected))                                                                         \
      failAt(__FILE__, __LINE__, std::string(expected) + "got\n" + got);                           \
  } while (false)

bool contains(const char *text, const char *part) { return strstr(text, part) != nullptr; }

portico_device_info describe(const portico_driver &driver, int32_t ordinal) {
  portico_device_info info{};
  info.struct_size = sizeof(info);
  EXPECT(driver.device_info(ordinal, &info) == 0);
  return info;
}

} // namespace

TEST(rocm_devices_are_described) {
  Mock mock;
  EXPECT(mock.driver->device_count() == 2);
  EXPECT(!mock.driver->unavailable_reason());
  portico_device_info info = describe(*mock.driver, 0);
  EXPECT(std::string(info.name) == "AMD Mock gfx000 #0");
  EXPECT(std::string(info.arch) == "gfx90a");
  EXPECT(std::string(info.driver_version) == "HIP 6.3.42134");
  EXPECT(info.memory_bytes == uint64_t(1) << 30 && info.compute_units == 104 && !info.host_memory);
  EXPECT(info.version_major == 9 && info.version_minor == 0);
  EXPECT(std::string(describe(*mock.driver, 1).arch) == "gfx1100");
  EXPECT(describe(*mock.driver, 1).version_major == 11);
  EXPECT(mock.driver->device_supports(0, "gfx90a") == 1);
  EXPECT(mock.driver->device_supports(0, "gfx9") == 0);
  EXPECT(mock.driver->device_supports(1, "gfx90a") == 0);
}

TEST(rocm_reads_the_properties_of_older_libraries) {
  Mock mock(PORTICO_MOCK_HIP_5);
  EXPECT(std::string(describe(*mock.driver, 0).arch) == "gfx90a");
  EXPECT(std::string(describe(*mock.driver, 1).arch) == "gfx1100");
}

TEST(rocm_says_what_it_looked_for) {
  Mock mock("/nowhere/libamdhip64.so");
  EXPECT(mock.driver->device_count() == 0);
  EXPECT(contains(mock.driver->unavailable_reason(), "/nowhere/libamdhip64.so"));
}

TEST(rocm_says_why_the_library_finds_nothing) {
  setenv("MOCK_HIP_FAIL", "hipInit:100", 1);
  Mock mock;
  EXPECT(mock.driver->device_count() == 0);
  EXPECT(contains(mock.driver->unavailable_reason(), "hipInit: something else"));
}

TEST(rocm_has_no_device_where_the_library_counts_none) {
  setenv("MOCK_HIP_DEVICES", "0", 1);
  Mock mock;
  EXPECT(mock.driver->device_count() == 0);
  EXPECT(contains(mock.driver->unavailable_reason(), "no device"));
  Status status;
  portico_device *device = nullptr;
  EXPECT_CODE(portico_device_get("rocm:0", &device, &status), PORTICO_UNAVAILABLE, status);
}

TEST(rocm_copies_on_the_stream_that_it_is_told) {
  Mock mock;
  void *device = mock.open(1), *memory = nullptr, *pinned = nullptr, *stream = nullptr;
  EXPECT(mock.driver->memory_allocate(device, 64, &memory) == 0);
  EXPECT(mock.driver->host_allocate(device, 64, &pinned) == 0);
  EXPECT(mock.driver->stream_create(device, &stream) == 0);
  EXPECT_LOG(mock, "hipMalloc device 1, 64\nhipHostMalloc 64, 0\n"
                   "hipStreamCreateWithFlags device 1, stream 2, flags 1\n");
  char *bytes = static_cast<char *>(memory);
  strcpy(static_cast<char *>(pinned), "portico");
  EXPECT(mock.driver->copy(device, bytes, pinned, 8, PORTICO_COPY_TO_DEVICE, nullptr) == 0);
  EXPECT(mock.driver->copy(device, bytes + 8, bytes, 8, PORTICO_COPY_WITHIN, stream) == 0);
  char back[8] = "";
  EXPECT(mock.driver->copy(device, back, bytes + 8, 8, PORTICO_COPY_TO_HOST, stream) == 0);
  EXPECT(std::string(back) == "portico");
  EXPECT(mock.driver->stream_synchronize(device, stream) == 0);
  EXPECT(mock.driver->stream_synchronize(device, nullptr) == 0);
  EXPECT(mock.driver->synchronize(device) == 0);
  EXPECT_LOG(mock, "hipMemcpyHtoDAsync 8, stream 1\nhipMemcpyDtoDAsync 8, stream 2\n"
                   "hipMemcpyDtoHAsync 8, stream 2\nhipStreamSynchronize stream 2\n"
                   "hipStreamSynchronize stream 1\nhipDeviceSynchronize device 1\n");
  mock.driver->stream_destroy(device, stream);
  mock.driver->host_release(device, pinned);
  mock.driver->memory_release(device, memory, 64);
  mock.driver->device_close(device);
  EXPECT_LOG(mock, "hipStreamDestroy stream 2\nhipHostFree\nhipFree\nhipStreamDestroy stream 1\n");
}

TEST(rocm_fills_with_patterns_of_every_width) {
  Mock mock;
  void *device = mock.open(0), *memory = nullptr;
  constexpr size_t kBytes = 56;
  EXPECT(mock.driver->memory_allocate(device, kBytes, &memory) == 0);
  mock.clear();
  auto filled = [&](uint64_t pattern, uint32_t width, size_t bytes) {
    std::vector<char> expected(kBytes, 'z'), got(kBytes);
    memset(memory, 'z', kBytes);
    for (size_t at = 0; at + width <= bytes; at += width)
      memcpy(&expected[at], &pattern, width);
    EXPECT(mock.driver->fill(device, memory, pattern, width, bytes, nullptr) == 0);
    memcpy(got.data(), memory, kBytes);
    return got == expected;
  };
  EXPECT(filled(0x7f, 1, 13));
  EXPECT_LOG(mock, "hipMemsetD8Async 127, 13, stream 1\n");
  EXPECT(filled(0x1234, 2, 10));
  EXPECT_LOG(mock, "hipMemsetD16Async 4660, 5, stream 1\n");
  EXPECT(filled(0x12345678, 4, 12));
  EXPECT_LOG(mock, "hipMemsetD32Async 305419896, 3, stream 1\n");
  EXPECT(filled(0, 8, 48));
  EXPECT_LOG(mock, "hipMemsetD32Async 0, 12, stream 1\n");
  EXPECT(filled(0x0000000100000001, 8, 48));
  EXPECT_LOG(mock, "hipMemsetD32Async 1, 12, stream 1\n");
  EXPECT(filled(0x0000000200000001, 8, 0) && filled(1, 4, 3));
  EXPECT_LOG(mock, "");
  EXPECT(filled(0x0000000200000001, 8, 40));
  EXPECT_LOG(mock, "hipMemsetD32Async 1, 1, stream 1\nhipMemsetD32Async 2, 1, stream 1\n"
                   "hipMemcpyDtoDAsync 8, stream 1\nhipMemcpyDtoDAsync 16, stream 1\n"
                   "hipMemcpyDtoDAsync 8, stream 1\n");
  EXPECT(mock.driver->fill(device, memory, 1, 3, 9, nullptr) != 0);
  EXPECT(contains(mock.driver->last_error(), "expected 1, 2, 4 or 8"));
}

TEST(rocm_orders_streams_by_events) {
  Mock mock;
  void *device = mock.open(0), *first = nullptr, *second = nullptr, *stream = nullptr;
  EXPECT(mock.driver->event_create(device, &first) == 0);
  EXPECT(mock.driver->event_create(device, &second) == 0);
  EXPECT(mock.driver->stream_create(device, &stream) == 0);
  mock.clear();
  EXPECT(mock.driver->event_record(device, first, nullptr) == 0);
  EXPECT(mock.driver->stream_wait(device, stream, first) == 0);
  EXPECT(mock.driver->event_record(device, second, stream) == 0);
  EXPECT(mock.driver->event_wait(device, second) == 0);
  int32_t done = 0;
  EXPECT(mock.driver->event_query(device, second, &done) == 0 && done == 1);
  double milliseconds = 0;
  EXPECT(mock.driver->event_elapsed(device, first, second, &milliseconds) == 0);
  EXPECT(milliseconds == 1.5);
  EXPECT_LOG(mock, "hipEventRecord event 2, stream 1\n"
                   "hipStreamWaitEvent stream 4, event 2, flags 0\n"
                   "hipEventRecord event 3, stream 4\nhipEventSynchronize event 3\n"
                   "hipEventQuery event 3\nhipEventElapsedTime event 2, event 3\n");
  // Not ready is an answer, not a failure.
  setenv("MOCK_HIP_FAIL", "hipEventQuery:600", 1);
  EXPECT(mock.driver->event_query(device, second, &done) == 0 && done == 0);
  setenv("MOCK_HIP_FAIL", "hipEventQuery:2", 1);
  EXPECT(mock.driver->event_query(device, second, &done) != 0);
}

TEST(rocm_captures_graphs_from_its_default_stream) {
  Mock mock;
  void *device = mock.open(0), *memory = nullptr, *graph = nullptr;
  EXPECT(mock.driver->memory_allocate(device, 64, &memory) == 0);
  mock.clear();
  EXPECT(mock.driver->graph_begin(device, nullptr) == 0);
  EXPECT(mock.driver->fill(device, memory, 0, 1, 64, nullptr) == 0);
  EXPECT(mock.driver->graph_end(device, nullptr, &graph) == 0);
  EXPECT(mock.driver->graph_launch(device, graph, nullptr) == 0);
  mock.driver->graph_destroy(device, graph);
  EXPECT_LOG(mock, "hipStreamBeginCapture stream 1, mode 1\nhipMemsetD8Async 0, 64, stream 1\n"
                   "hipStreamEndCapture stream 1\nhipGraphInstantiate graph 2, exec 3\n"
                   "hipGraphDestroy graph 2\nhipGraphLaunch exec 3, stream 1\n"
                   "hipGraphExecDestroy exec 3\n");
}

TEST(rocm_reports_failures_in_the_words_of_the_library) {
  Mock mock;
  void *device = mock.open(0), *memory = nullptr, *module = nullptr;
  setenv("MOCK_HIP_FAIL", "hipMalloc:2", 1);
  EXPECT(mock.driver->memory_allocate(device, 64, &memory) != 0);
  EXPECT(std::string(mock.driver->last_error()) ==
         "hipMalloc: out of memory (hipErrorOutOfMemory)");
  std::vector<char> garbage(4096, 'g');
  EXPECT(mock.driver->module_load(device, garbage.data(), garbage.size(), &module) != 0);
  EXPECT(contains(mock.driver->last_error(), "hipModuleLoadData: something else"));
  unsetenv("MOCK_HIP_FAIL");
  uint64_t left = 0, total = 0;
  EXPECT(mock.driver->memory_info(device, &left, &total) == 0 && left == 100 && total == 1000);
}

TEST(rocm_leaves_the_threads_device_and_errors_to_others) {
  Mock mock;
  void *library = dlopen(PORTICO_MOCK_HIP, RTLD_NOW), *device = mock.open(1), *memory = nullptr;
  auto currentDevice = reinterpret_cast<int (*)(int *)>(dlsym(library, "hipGetDevice"));
  auto lastError = reinterpret_cast<int (*)()>(dlsym(library, "hipGetLastError"));
  int current = -1;
  EXPECT(mock.driver->memory_allocate(device, 64, &memory) == 0);
  EXPECT_LOG(mock, "hipMalloc device 1, 64\n");
  EXPECT(currentDevice(&current) == 0 && current == 0);
  setenv("MOCK_HIP_FAIL", "hipMalloc:2", 1);
  EXPECT(mock.driver->memory_allocate(device, 64, &memory) != 0);
  EXPECT(currentDevice(&current) == 0 && current == 0);
  EXPECT(lastError() == 0);
}

TEST(rocm_in_a_forked_child_says_what_to_do) {
  Mock mock;
  void *device = mock.open(0);
  pid_t child = fork();
  if (child == 0) {
    void *memory = nullptr;
    bool refused = mock.driver->memory_allocate(device, 64, &memory) != 0 &&
                   contains(mock.driver->last_error(), "'spawn'");
    portico_device_info info{};
    refused = refused && mock.driver->device_info(0, &info) != 0 &&
              contains(mock.driver->last_error(), "'spawn'");
    _exit(refused ? 0 : 1);
  }
  int status = 1;
  waitpid(child, &status, 0);
  EXPECT(status == 0);
}

TEST(rocm_launches_no_empty_grid) {
  Mock mock;
  void *device = mock.open(0);
  portico_launch launch{};
  launch.struct_size = sizeof(launch);
  EXPECT(mock.driver->launch(device, &launch) == 0);
  EXPECT_LOG(mock, "");
}

TEST(rocm_refuses_grids_that_the_library_cannot_count) {
  Mock mock;
  void *device = mock.open(0);
  portico_launch launch{};
  launch.struct_size = sizeof(launch);
  launch.grid[0] = 1u << 24;
  launch.block[0] = 256;
  launch.grid[1] = launch.grid[2] = launch.block[1] = launch.block[2] = 1;
  EXPECT(mock.driver->launch(device, &launch) != 0);
  EXPECT(contains(mock.driver->last_error(), "got 4294967296 in dimension 0"));
  EXPECT_LOG(mock, "");
}
