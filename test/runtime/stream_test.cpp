//===- stream_test.cpp - streams, events and the order of uses --------------===//
//
// The mock device does everything a little late, so that whatever is not waited for
// is seen before it was done.
//
//===----------------------------------------------------------------------===//

#include "mock.h"

#include <cstring>
#include <vector>

using namespace portico::test;

namespace {

portico_buffer *allocate(portico_device *device, uint64_t bytes) {
  Status status;
  portico_buffer *buffer = nullptr;
  EXPECT_OK(portico_buffer_allocate(device, bytes, &buffer, &status), status);
  return buffer;
}

void fill(portico_buffer *buffer, uint64_t pattern) {
  Status status;
  EXPECT_OK(portico_buffer_fill(buffer, pattern, 8, &status), status);
}

uint64_t first(portico_buffer *buffer) {
  Status status;
  uint64_t word = 0;
  EXPECT_OK(portico_buffer_read(buffer, 0, &word, sizeof(word), &status), status);
  return word;
}

portico_stream *next(portico_device *device) {
  Status status;
  portico_stream *stream = nullptr;
  EXPECT_OK(portico_stream_next(device, &stream, &status), status);
  return stream;
}

portico_memory_stats stats(portico_device *device) {
  portico_memory_stats result{};
  result.struct_size = sizeof(result);
  portico_memory_get_stats(device, &result);
  return result;
}

} // namespace

TEST(reads_wait_for_what_was_handed_over) {
  portico_device *device = mockDevice({{"PORTICO_MOCK_DELAY_US", "20000"}});
  EXPECT(!portico_device_is_host(device));
  portico_buffer *buffer = allocate(device, 64);
  fill(buffer, 7);
  portico_stream *stream = portico_stream_default(device);
  Status status;
  int32_t done = 1;
  EXPECT_OK(portico_stream_query(stream, &done, &status), status);
  EXPECT(!done);
  EXPECT(first(buffer) == 7);
  portico_buffer_release(buffer);
}

TEST(bytes_go_to_a_device_and_back) {
  portico_device *device = mockDevice();
  std::vector<char> sent(100000), back(sent.size());
  for (size_t i = 0; i < sent.size(); ++i)
    sent[i] = char(i * 31);
  portico_buffer *buffer = allocate(device, sent.size());
  Status status;
  EXPECT_OK(portico_buffer_write(buffer, 0, sent.data(), sent.size(), &status), status);
  EXPECT_OK(portico_buffer_read(buffer, 3, back.data(), back.size() - 3, &status), status);
  EXPECT(memcmp(back.data(), sent.data() + 3, sent.size() - 3) == 0);
  EXPECT_CODE(portico_buffer_fill(buffer, 0, 3, &status), PORTICO_INVALID_ARGUMENT, status);
  portico_buffer_release(buffer);
}

TEST(a_stream_comes_after_the_writer_of_what_it_reads) {
  portico_device *device = mockDevice({{"PORTICO_MOCK_DELAY_US", "20000"}});
  portico_stream *stream = next(device);
  portico_buffer *buffer = allocate(device, 64);
  fill(buffer, 7); // on the default stream
  portico_stream_set_current(stream);
  EXPECT(portico_stream_current(device) == stream);
  EXPECT(first(buffer) == 7);
  portico_buffer_release(buffer);
}

TEST(a_writer_comes_after_those_who_used_the_buffer) {
  portico_device *device = mockDevice({{"PORTICO_MOCK_DELAY_US", "20000"}});
  portico_stream *stream = next(device);
  portico_buffer *buffer = allocate(device, 64);
  portico_stream_set_current(stream);
  fill(buffer, 1);
  fill(buffer, 2);
  portico_stream_set_current(portico_stream_default(device));
  fill(buffer, 3);
  EXPECT(first(buffer) == 3);
  portico_buffer_release(buffer);
}

TEST(memory_goes_back_to_its_stream) {
  portico_device *device = mockDevice();
  portico_stream *stream = next(device);
  portico_buffer *first = allocate(device, 10000);
  void *memory = portico_buffer_data(first);
  portico_buffer_release(first);
  portico_stream_set_current(stream);
  portico_buffer *other = allocate(device, 10000);
  EXPECT(portico_buffer_data(other) != memory);
  portico_stream_set_current(portico_stream_default(device));
  portico_buffer *again = allocate(device, 10000);
  EXPECT(portico_buffer_data(again) == memory);
  portico_buffer_release(other);
  portico_buffer_release(again);
}

TEST(memory_used_by_another_stream_is_not_handed_out_too_early) {
  portico_device *device = mockDevice({{"PORTICO_MOCK_DELAY_US", "20000"}});
  portico_stream *stream = next(device);
  portico_buffer *buffer = allocate(device, 64);
  void *memory = portico_buffer_data(buffer);
  portico_stream_set_current(stream);
  for (int i = 0; i < 4; ++i)
    fill(buffer, 1); // 80 ms of work
  portico_buffer_release(buffer);
  portico_stream_set_current(portico_stream_default(device));
  buffer = allocate(device, 64);
  EXPECT(portico_buffer_data(buffer) == memory);
  fill(buffer, 2);
  Status status;
  EXPECT_OK(portico_device_synchronize(device, &status), status);
  EXPECT(first(buffer) == 2);
  portico_buffer_release(buffer);
}

TEST(streams_are_handed_out_in_turn) {
  portico_device *device = mockDevice();
  portico_stream *one = next(device);
  EXPECT(portico_stream_number(one) == 1);
  for (int i = 2; i <= 32; ++i)
    EXPECT(portico_stream_number(next(device)) == i);
  EXPECT(next(device) == one);
  EXPECT(portico_stream_number(portico_stream_default(device)) == 0);
  EXPECT(portico_stream_device(one) == device);
}

TEST(events_happen_after_what_came_before) {
  portico_device *device = mockDevice({{"PORTICO_MOCK_DELAY_US", "20000"}});
  portico_stream *stream = portico_stream_default(device);
  Status status;
  portico_event *start = nullptr, *end = nullptr;
  EXPECT_OK(portico_event_create(device, &start, &status), status);
  EXPECT_OK(portico_event_create(device, &end, &status), status);
  int32_t done = 0;
  EXPECT_OK(portico_event_query(start, &done, &status), status);
  EXPECT(done); // never recorded
  portico_buffer *buffer = allocate(device, 64);
  EXPECT_OK(portico_event_record(start, stream, &status), status);
  fill(buffer, 1);
  EXPECT_OK(portico_event_record(end, stream, &status), status);
  EXPECT_OK(portico_event_query(end, &done, &status), status);
  EXPECT(!done);
  double milliseconds = 0;
  EXPECT_CODE(portico_event_elapsed(start, end, &milliseconds, &status), PORTICO_INVALID_ARGUMENT,
              status);
  EXPECT_OK(portico_event_synchronize(end, &status), status);
  EXPECT_OK(portico_event_query(end, &done, &status), status);
  EXPECT(done);
  EXPECT_OK(portico_event_elapsed(start, end, &milliseconds, &status), status);
  EXPECT(milliseconds >= 20);
  portico_event_destroy(start);
  portico_event_destroy(end);
  portico_buffer_release(buffer);
}

TEST(a_stream_waits_for_an_event) {
  portico_device *device = mockDevice({{"PORTICO_MOCK_DELAY_US", "20000"}});
  portico_stream *stream = next(device);
  portico_buffer *buffer = allocate(device, 64);
  for (int i = 0; i < 3; ++i)
    fill(buffer, 1);
  Status status;
  portico_event *event = nullptr;
  EXPECT_OK(portico_event_create(device, &event, &status), status);
  EXPECT_OK(portico_event_record(event, portico_stream_default(device), &status), status);
  EXPECT_OK(portico_event_wait(event, stream, &status), status);
  EXPECT_OK(portico_stream_synchronize(stream, &status), status);
  int32_t done = 0;
  EXPECT_OK(portico_event_query(event, &done, &status), status);
  EXPECT(done);
  portico_event_destroy(event);
  portico_buffer_release(buffer);
}

TEST(events_time_the_host_by_its_clock) {
  Status status;
  portico_event *start = nullptr, *end = nullptr;
  EXPECT_OK(portico_event_create(device(), &start, &status), status);
  EXPECT_OK(portico_event_create(device(), &end, &status), status);
  portico_stream *stream = portico_stream_default(device());
  EXPECT_OK(portico_event_record(start, stream, &status), status);
  EXPECT_OK(portico_event_record(end, stream, &status), status);
  double milliseconds = -1;
  EXPECT_OK(portico_event_elapsed(start, end, &milliseconds, &status), status);
  EXPECT(milliseconds >= 0 && milliseconds < 1000);
  portico_device *other = mockDevice();
  EXPECT_CODE(portico_event_record(start, portico_stream_default(other), &status),
              PORTICO_INVALID_ARGUMENT, status);
  portico_event_destroy(start);
  portico_event_destroy(end);
}

TEST(a_full_device_gives_back_its_cache_and_then_explains) {
  portico_device *device = mockDevice({{"PORTICO_MOCK_MEMORY", "1048576"}});
  // What is in the cache may still be written to.
  portico_buffer *buffer = allocate(device, 1 << 19);
  fill(buffer, 1);
  portico_buffer_release(buffer);
  EXPECT(stats(device).cached_bytes == 1 << 19);
  buffer = allocate(device, 3 << 18);
  EXPECT(stats(device).cached_bytes == 0);
  Status status;
  portico_buffer *refused = nullptr;
  EXPECT_CODE(portico_buffer_allocate(device, 1 << 19, &refused, &status), PORTICO_OUT_OF_MEMORY,
              status);
  EXPECT(status.says("out of memory on mock:0"));
  EXPECT(status.says("1 x 768.0 KiB"));
  EXPECT(status.says("free on the device 256.0 KiB of 1.0 MiB"));
  uint64_t freeBytes = 0, totalBytes = 0;
  EXPECT_OK(portico_memory_info(device, &freeBytes, &totalBytes, &status), status);
  EXPECT(freeBytes == 1 << 18 && totalBytes == 1 << 20);
  portico_buffer_release(buffer);
  buffer = allocate(device, 1 << 19);
  portico_buffer_release(buffer);
}

TEST(a_write_waits_for_nothing_and_keeps_its_bytes) {
  portico_device *device = mockDevice({{"PORTICO_MOCK_DELAY_US", "20000"}});
  Status status;
  for (uint64_t words : {1, 1000, 100000}) {
    std::vector<uint64_t> source(words, 7);
    portico_buffer *buffer = allocate(device, words * 8);
    EXPECT_OK(portico_buffer_write(buffer, 0, source.data(), words * 8, &status), status);
    int32_t done = 1;
    EXPECT_OK(portico_stream_query(portico_stream_default(device), &done, &status), status);
    EXPECT(!done);
    source.assign(words, 9); // the bytes are on their way
    EXPECT(first(buffer) == 7);
    portico_buffer_release(buffer);
  }
}

TEST(many_writes_run_out_of_memory_to_wait_in_and_are_right_all_the_same) {
  portico_device *device = mockDevice({{"PORTICO_MOCK_DELAY_US", "100"}});
  Status status;
  std::vector<portico_buffer *> buffers;
  std::vector<uint64_t> source(1 << 20); // 8 MiB
  for (uint64_t i = 0; i < 60; ++i) {
    source.assign(source.size(), i);
    buffers.push_back(allocate(device, source.size() * 8));
    EXPECT_OK(portico_buffer_write(buffers.back(), 0, source.data(), source.size() * 8, &status),
              status);
  }
  for (uint64_t i = 0; i < buffers.size(); ++i) {
    EXPECT(first(buffers[i]) == i);
    portico_buffer_release(buffers[i]);
  }
}

TEST(each_device_has_memory_of_its_own) {
  portico_device *device = mockDevice(), *other = mockDevice({}, "mock:1");
  EXPECT(device != other);
  portico_buffer *buffer = allocate(device, 1000);
  EXPECT(stats(device).live_bytes >= 1000);
  EXPECT(stats(other).live_bytes == 0);
  portico_buffer_release(buffer);
}
