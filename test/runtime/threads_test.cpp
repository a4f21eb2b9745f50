//===- threads_test.cpp - the thread pool -----------------------------------===//

#include "harness.h"

#include "portico/parallel.h"

#include <atomic>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

using namespace portico::test;

namespace {

struct Seen {
  explicit Seen(int64_t extent, int64_t grain) : grain(grain), counts(size_t(extent)) {}
  int64_t grain;
  std::vector<std::atomic<int>> counts;
  std::atomic<int> tasks{0};
  std::atomic<bool> aligned{true};
  std::atomic<bool> elsewhere{false};
  std::thread::id caller = std::this_thread::get_id();

  static void task(void *context, int64_t begin, int64_t end) {
    auto &seen = *static_cast<Seen *>(context);
    ++seen.tasks;
    if (begin % seen.grain)
      seen.aligned = false;
    if (std::this_thread::get_id() != seen.caller)
      seen.elsewhere = true;
    for (int64_t i = begin; i < end; ++i)
      ++seen.counts[size_t(i)];
  }
  bool allOnce() const {
    for (const auto &count : counts)
      if (count != 1)
        return false;
    return true;
  }
};

} // namespace

TEST(ranges_are_covered_once) {
  Status status;
  for (int threads : {1, 2, 5}) {
    EXPECT_OK(portico_set_num_threads(threads, &status), status);
    for (int64_t extent : {1, 2, 7, 16, 1000, 1001})
      for (int64_t grain : {1, 3, 16, 64, 5000}) {
        Seen seen(extent, grain);
        portico_parallel_for(extent, grain, Seen::task, &seen);
        EXPECT(seen.allOnce());
        EXPECT(seen.aligned);
      }
  }
  Seen none(0, 1);
  portico_parallel_for(0, 1, Seen::task, &none);
  EXPECT(none.tasks == 0);
}

TEST(small_ranges_stay_in_the_calling_thread) {
  Status status;
  EXPECT_OK(portico_set_num_threads(4, &status), status);
  Seen seen(64, 64);
  portico_parallel_for(64, 64, Seen::task, &seen);
  EXPECT(seen.tasks == 1);
  EXPECT(!seen.elsewhere);
}

TEST(few_grains_do_not_wake_the_pool) {
  Status status;
  EXPECT_OK(portico_set_num_threads(4, &status), status);
  Seen few(3 * 64, 64), many(100 * 64, 64);
  portico_parallel_for(3 * 64, 64, Seen::task, &few);
  EXPECT(few.tasks == 1);
  portico_parallel_for(100 * 64, 64, Seen::task, &many);
  EXPECT(many.tasks > 4);
}

TEST(several_threads_do_work) {
  Status status;
  EXPECT_OK(portico_set_num_threads(4, &status), status);
  EXPECT(portico_get_num_threads() == 4);
  // Each range waits until another one runs: one thread alone would never finish.
  static std::atomic<int> running{0};
  portico_parallel_for(
      2, 1,
      [](void *, int64_t, int64_t) {
        ++running;
        while (running < 2)
          std::this_thread::yield();
      },
      nullptr);
  EXPECT(running == 2);
}

TEST(bad_numbers_of_threads_are_refused) {
  Status status;
  for (int bad : {0, -1, 100000}) {
    EXPECT_CODE(portico_set_num_threads(bad, &status), PORTICO_INVALID_ARGUMENT, status);
    EXPECT(status.says("expected 1 to"));
  }
}

TEST(a_forked_child_has_threads_of_its_own) {
  Status status;
  EXPECT_OK(portico_set_num_threads(3, &status), status);
  Seen before(1000, 1);
  portico_parallel_for(1000, 1, Seen::task, &before);
  pid_t child = fork();
  if (child == 0) {
    Seen seen(1000, 1);
    portico_parallel_for(1000, 1, Seen::task, &seen);
    _exit(seen.allOnce() && portico_get_num_threads() == 3 ? 0 : 1);
  }
  int result = -1;
  EXPECT(waitpid(child, &result, 0) == child);
  EXPECT(WIFEXITED(result) && WEXITSTATUS(result) == 0);
  Seen after(1000, 1);
  portico_parallel_for(1000, 1, Seen::task, &after);
  EXPECT(after.allOnce());
}

TEST(a_child_forked_in_the_middle_of_work_can_work) {
  // Other threads allocate and run while this one forks: no lock may stay behind.
  static std::atomic<bool> stop{false};
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i)
    threads.emplace_back([] {
      while (!stop) {
        Status status;
        portico_buffer *buffer = nullptr;
        EXPECT_OK(portico_buffer_allocate(device(), 1000, &buffer, &status), status);
        portico_buffer_release(buffer);
        Seen seen(100, 1);
        portico_parallel_for(100, 1, Seen::task, &seen);
      }
    });
  for (int i = 0; i < 20; ++i) {
    pid_t child = fork();
    if (child == 0) {
      alarm(20);
      Status status;
      portico_buffer *buffer = nullptr;
      bool ok = portico_buffer_allocate(device(), 1000, &buffer, &status) == PORTICO_OK;
      Seen seen(100, 1);
      portico_parallel_for(100, 1, Seen::task, &seen);
      _exit(ok && seen.allOnce() ? 0 : 1);
    }
    int result = -1;
    EXPECT(waitpid(child, &result, 0) == child);
    EXPECT(WIFEXITED(result) && WEXITSTATUS(result) == 0);
  }
  stop = true;
  for (std::thread &thread : threads)
    thread.join();
}

TEST(threads_may_run_and_resize_at_once) {
  static std::atomic<bool> stop{false};
  std::vector<std::thread> threads;
  for (int i = 0; i < 2; ++i)
    threads.emplace_back([] {
      while (!stop) {
        Seen seen(50, 1);
        portico_parallel_for(50, 1, Seen::task, &seen);
        EXPECT(seen.allOnce());
      }
    });
  for (int i = 0; i < 50; ++i) {
    Status status;
    EXPECT_OK(portico_set_num_threads(1 + i % 4, &status), status);
  }
  stop = true;
  for (std::thread &thread : threads)
    thread.join();
}
