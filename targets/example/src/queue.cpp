// queue.cpp - a queue of commands, done in order by a thread of its own.

#include "queue.h"

using namespace example;

void Moment::happen() {
  std::lock_guard<std::mutex> lock(mutex);
  done = true;
  changed.notify_all();
}

void Moment::wait() {
  std::unique_lock<std::mutex> lock(mutex);
  changed.wait(lock, [this] { return done; });
}

bool Moment::happened() {
  std::lock_guard<std::mutex> lock(mutex);
  return done;
}

Queue::Queue() : thread([this] { work(); }) {}

Queue::~Queue() {
  {
    std::lock_guard<std::mutex> lock(mutex);
    closing = true;
    changed.notify_all();
  }
  thread.join();
}

void Queue::push(std::function<void()> command) {
  std::lock_guard<std::mutex> lock(mutex);
  commands.push_back(std::move(command));
  changed.notify_all();
}

std::shared_ptr<Moment> Queue::mark() {
  auto moment = std::make_shared<Moment>();
  push([moment] { moment->happen(); });
  return moment;
}

void Queue::work() {
  std::unique_lock<std::mutex> lock(mutex);
  while (true) {
    changed.wait(lock, [this] { return closing || !commands.empty(); });
    if (commands.empty())
      return;
    auto command = std::move(commands.front());
    commands.pop_front();
    lock.unlock();
    command();
    command = nullptr; // what it holds goes before the next one begins
    lock.lock();
  }
}
