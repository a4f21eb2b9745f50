//===- Queue.h - streams that work later, in threads of their own -----------===//

#ifndef PORTICO_TEST_SUPPORT_MOCK_QUEUE_H
#define PORTICO_TEST_SUPPORT_MOCK_QUEUE_H

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace portico::mock {

/// Something that happens once.
class Moment {
public:
  void happen();
  void wait();
  bool happened();
  std::chrono::steady_clock::time_point when();

private:
  std::mutex mutex;
  std::condition_variable changed;
  bool done = false;
  std::chrono::steady_clock::time_point time;
};

/// Does its tasks one by one, each a little late, so that what does not wait for them fails.
class Queue {
public:
  explicit Queue(std::chrono::microseconds delay);

  void push(std::function<void()> task);
  /// From `record` on, tasks are kept instead; `recorded` hands them out and ends that.
  void record();
  std::vector<std::function<void()>> recorded();
  /// A moment that comes after all that was pushed so far.
  std::shared_ptr<Moment> mark();

private:
  void work();

  bool recording = false;
  std::vector<std::function<void()>> kept;
  std::chrono::microseconds delay;
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<std::function<void()>> tasks;
};

} // namespace portico::mock

#endif // PORTICO_TEST_SUPPORT_MOCK_QUEUE_H
