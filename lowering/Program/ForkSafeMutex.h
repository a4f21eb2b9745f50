//===- ForkSafeMutex.h - a mutex that a forked child finds unlocked ---------===//

#ifndef PORTICO_LOWERING_PROGRAM_FORKSAFEMUTEX_H
#define PORTICO_LOWERING_PROGRAM_FORKSAFEMUTEX_H

#include <mutex>

namespace portico {

/// Data loaders fork while other threads compile. Each mutex of this kind is held
/// by the thread that forks, so that what it guards is whole in the child. For
/// objects that live as long as the process; they must not be held while another
/// one is taken.
class ForkSafeMutex {
public:
  ForkSafeMutex();
  void lock() { mutex.lock(); }
  void unlock() { mutex.unlock(); }

private:
  std::mutex mutex;
};

} // namespace portico

#endif // PORTICO_LOWERING_PROGRAM_FORKSAFEMUTEX_H
