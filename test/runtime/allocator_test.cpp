//===- allocator_test.cpp - buffers and the caching allocator ---------------===//

#include "harness.h"

#include <cstddef>
#include <cstring>
#include <thread>
#include <vector>

using namespace portico::test;

namespace {

portico_buffer *allocate(uint64_t bytes) {
  Status status;
  portico_buffer *buffer = nullptr;
  EXPECT_OK(portico_buffer_allocate(device(), bytes, &buffer, &status), status);
  return buffer;
}

portico_memory_stats stats() {
  portico_memory_stats result{};
  result.struct_size = sizeof(result);
  portico_memory_get_stats(device(), &result);
  return result;
}

} // namespace

TEST(buffers_of_every_size_are_aligned_and_hold_their_bytes) {
  for (uint64_t bytes : {0ull, 1ull, 63ull, 64ull, 65ull, 511ull, 512ull, 513ull, 577ull, 1000ull,
                         4097ull, 100000ull, 1048577ull, 3000001ull, 70000001ull}) {
    portico_buffer *buffer = allocate(bytes);
    EXPECT(portico_buffer_bytes(buffer) == bytes);
    EXPECT(reinterpret_cast<uintptr_t>(portico_buffer_data(buffer)) % PORTICO_ALIGNMENT == 0);
    memset(portico_buffer_data(buffer), 1, bytes);
    uint64_t live = stats().live_bytes;
    EXPECT(live >= bytes);
    // Size classes: at most an eighth is lost, and 64 bytes.
    EXPECT(live <= bytes + bytes / 8 + 64);
    portico_buffer_release(buffer);
    EXPECT(stats().live_bytes == 0);
  }
}

TEST(memory_is_used_again) {
  portico_buffer *first = allocate(10000);
  void *memory = portico_buffer_data(first);
  portico_buffer_release(first);
  EXPECT(stats().cached_bytes >= 10000);
  portico_buffer *second = allocate(9990);
  EXPECT(portico_buffer_data(second) == memory);
  EXPECT(stats().cache_hits == 1);
  EXPECT(stats().allocations == 2);
  EXPECT(stats().cached_bytes == 0);
  portico_buffer_release(second);
}

TEST(statistics_count_live_and_peak) {
  portico_buffer *a = allocate(1 << 20), *b = allocate(1 << 20);
  EXPECT(stats().live_bytes == 2 << 20);
  EXPECT(stats().live_buffers == 2);
  portico_buffer_release(a);
  EXPECT(stats().live_bytes == 1 << 20);
  EXPECT(stats().peak_bytes == 2 << 20);
  portico_memory_reset_peak(device());
  EXPECT(stats().peak_bytes == 1 << 20);
  portico_buffer_release(b);
  portico_memory_release_cached(device());
  EXPECT(stats().cached_bytes == 0);
}

TEST(statistics_fit_an_older_struct) {
  portico_memory_stats old{};
  old.struct_size = offsetof(portico_memory_stats, cached_bytes);
  old.cached_bytes = 12345;
  portico_buffer *buffer = allocate(64);
  portico_memory_get_stats(device(), &old);
  EXPECT(old.live_bytes == 64);
  EXPECT(old.cached_bytes == 12345);
  portico_buffer_release(buffer);
}

TEST(references_keep_a_buffer) {
  portico_buffer *buffer = allocate(100);
  portico_buffer_retain(buffer);
  EXPECT(portico_buffer_references(buffer) == 2);
  portico_buffer_release(buffer);
  EXPECT(stats().live_buffers == 1);
  portico_buffer_release(buffer);
  EXPECT(stats().live_buffers == 0);
  portico_buffer_release(nullptr);
}

TEST(absurd_sizes_are_errors) {
  for (uint64_t bytes : {uint64_t(1) << 50, uint64_t(1) << 60, (uint64_t(1) << 60) + 1,
                         uint64_t(1) << 63, UINT64_MAX}) {
    Status status;
    portico_buffer *buffer = nullptr;
    EXPECT_CODE(portico_buffer_allocate(device(), bytes, &buffer, &status), PORTICO_OUT_OF_MEMORY,
                status);
    EXPECT(!buffer);
    EXPECT(status.says("out of memory"));
  }
  EXPECT(stats().live_bytes == 0);
  portico_buffer_release(allocate(1000));
}

TEST(out_of_memory_frees_the_cache_and_then_explains) {
  portico_memory_set_limit(device(), 10 << 20);
  portico_buffer *kept = allocate(4 << 20);
  portico_buffer_release(allocate(5 << 20));
  EXPECT(stats().cached_bytes == 5 << 20);
  // Too large beside the cache, not without it.
  portico_buffer *other = allocate(6 << 20);
  EXPECT(stats().cached_bytes == 0);
  Status status;
  portico_buffer *refused = nullptr;
  EXPECT_CODE(portico_buffer_allocate(device(), 1 << 20, &refused, &status), PORTICO_OUT_OF_MEMORY,
              status);
  EXPECT(status.says("1.0 MiB"));
  EXPECT(status.says("1 x 6.0 MiB, 1 x 4.0 MiB"));
  EXPECT(status.says("limit 10.0 MiB"));
  portico_buffer_release(other);
  portico_buffer_release(allocate(1 << 20));
  portico_buffer_release(kept);
  portico_memory_set_limit(device(), 0);
  EXPECT(stats().limit_bytes > 10 << 20);
}

TEST(external_memory_is_given_back_once) {
  static int deleted = 0;
  static int token = 0;
  std::vector<char> memory(100);
  Status status;
  portico_buffer *buffer = nullptr;
  EXPECT_OK(portico_buffer_wrap(
                device(), memory.data(), memory.size(),
                [](void *context) { deleted += context == &token; }, &token, &buffer, &status),
            status);
  EXPECT(portico_buffer_is_external(buffer));
  EXPECT(portico_buffer_data(buffer) == memory.data());
  EXPECT(stats().external_bytes == 100);
  EXPECT(stats().live_bytes == 0);
  portico_buffer_retain(buffer);
  portico_buffer_release(buffer);
  EXPECT(deleted == 0);
  portico_buffer_release(buffer);
  EXPECT(deleted == 1);
  EXPECT(stats().external_bytes == 0);
  EXPECT_CODE(portico_buffer_wrap(device(), nullptr, 4, nullptr, nullptr, &buffer, &status),
              PORTICO_INVALID_ARGUMENT, status);
}

TEST(reads_and_writes_stay_inside) {
  portico_buffer *buffer = allocate(10);
  Status status;
  char bytes[10] = "123456789", back[10] = {};
  EXPECT_OK(portico_buffer_write(buffer, 0, bytes, 10, &status), status);
  EXPECT_OK(portico_buffer_read(buffer, 4, back, 6, &status), status);
  EXPECT(strcmp(back, "56789") == 0);
  EXPECT_CODE(portico_buffer_write(buffer, 5, bytes, 6, &status), PORTICO_INVALID_ARGUMENT, status);
  EXPECT_CODE(portico_buffer_read(buffer, UINT64_MAX, back, 2, &status), PORTICO_INVALID_ARGUMENT,
              status);
  portico_buffer_release(buffer);
}

TEST(threads_share_the_allocator) {
  auto work = [] {
    for (int i = 0; i < 2000; ++i) {
      uint64_t bytes = 64 + uint64_t(i * 37 % 5000);
      portico_buffer *buffer = allocate(bytes);
      memset(portico_buffer_data(buffer), i & 0xff, bytes);
      const auto *data = static_cast<unsigned char *>(portico_buffer_data(buffer));
      EXPECT(data[0] == (i & 0xff) && data[bytes - 1] == (i & 0xff));
      portico_buffer_release(buffer);
    }
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back(work);
  for (std::thread &thread : threads)
    thread.join();
  EXPECT(stats().live_bytes == 0);
  EXPECT(stats().allocations == 8000);
}

TEST(devices_are_found_by_name) {
  Status status;
  portico_device *first = nullptr, *second = nullptr;
  std::string name = portico_device_name(device());
  EXPECT(name.substr(name.size() - 2) == ":0");
  EXPECT_OK(portico_device_get(name.c_str(), &first, &status), status);
  EXPECT_OK(portico_device_get(nullptr, &second, &status), status);
  EXPECT(first == second);
  std::string driver = name.substr(0, name.size() - 2);
  EXPECT(portico_device_count(driver.c_str()) >= 1);
  EXPECT(portico_device_count("nonesuch") == 0);
  for (std::string bad : {std::string("nonesuch"), driver + ":", driver + ":x", driver + ":-1",
                          driver + ":9999", driver + ":99999999999999999999", std::string(":0")})
    EXPECT_CODE(portico_device_get(bad.c_str(), &first, &status), PORTICO_UNAVAILABLE, status);
}
