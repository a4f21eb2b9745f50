// queue.h - a queue of commands, done in order by a thread of its own.

#ifndef EXAMPLE_QUEUE_H
#define EXAMPLE_QUEUE_H

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

namespace example {

/// Something that happens once: what an event stands for.
class Moment {
public:
  void happen();
  void wait();
  bool happened();

private:
  std::mutex mutex;
  std::condition_variable changed;
  bool done = false;
};

class Queue {
public:
  Queue();
  /// Finishes what it was handed.
  ~Queue();
  void push(std::function<void()> command);
  /// A moment after everything that was handed over so far.
  std::shared_ptr<Moment> mark();

private:
  void work();

  std::mutex mutex;
  std::condition_variable changed;
  std::deque<std::function<void()>> commands;
  bool closing = false;
  std::thread thread;
};

} // namespace example

#endif // EXAMPLE_QUEUE_H
