//===- ForkGate.h - no fork in the middle of a compilation ------------------===//

#ifndef PORTICO_LOWERING_PROGRAM_FORKGATE_H
#define PORTICO_LOWERING_PROGRAM_FORKGATE_H

namespace portico {

/// Data loaders fork while other threads compile. The child has none of those
/// threads, but every lock and half-built table of theirs, ours and LLVM's. So a
/// fork waits until nobody is behind a gate; compilations do not wait for each other.
class ForkGate {
public:
  ForkGate();
  ~ForkGate();
  ForkGate(const ForkGate &) = delete;
  ForkGate &operator=(const ForkGate &) = delete;
};

} // namespace portico

#endif // PORTICO_LOWERING_PROGRAM_FORKGATE_H
