//===- Queue.cpp - streams that work later, in threads of their own ---------===//

#include "Queue.h"

using namespace portico::mock;

void Moment::happen() {
  std::lock_guard<std::mutex> lock(mutex);
  done = true;
  time = std::chrono::steady_clock::now();
  changed.notify_all();
}

void Moment::wait() {
  std::unique_lock<std::mutex> lock(mutex);
  changed.wait(lock, [&] { return done; });
}

bool Moment::happened() {
  std::lock_guard<std::mutex> lock(mutex);
  return done;
}

std::chrono::steady_clock::time_point Moment::when() {
  std::lock_guard<std::mutex> lock(mutex);
  return time;
}

Queue::Queue(std::chrono::microseconds delay) : delay(delay) {
  // Never joined: a queue lives as long as the process, as a device does.
  std::thread([this] { work(); }).detach();
}

void Queue::push(std::function<void()> task) {
  std::lock_guard<std::mutex> lock(mutex);
  if (recording) {
    kept.push_back(std::move(task));
    return;
  }
  tasks.push_back(std::move(task));
  changed.notify_one();
}

void Queue::record() {
  std::lock_guard<std::mutex> lock(mutex);
  recording = true;
}

std::vector<std::function<void()>> Queue::recorded() {
  std::lock_guard<std::mutex> lock(mutex);
  recording = false;
  return std::move(kept);
}

std::shared_ptr<Moment> Queue::mark() {
  auto moment = std::make_shared<Moment>();
  push([moment] { moment->happen(); });
  return moment;
}

void Queue::work() {
  for (;;) {
    std::unique_lock<std::mutex> lock(mutex);
    changed.wait(lock, [&] { return !tasks.empty(); });
    std::function<void()> task = std::move(tasks.front());
    tasks.pop_front();
    lock.unlock();
    if (delay.count())
      std::this_thread::sleep_for(delay);
    task();
  }
}
