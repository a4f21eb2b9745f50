//===- Pending.h - runs whose errors nobody has seen yet --------------------===//
//
// A device that works apart from the host reports what its kernels found wrong
// through status words in its own memory. They belong to the program, are zero
// when all is well, and are looked at where the host waits anyway: a run that
// goes well costs no copy and no command of its own.
//
//===----------------------------------------------------------------------===//

#ifndef PORTICO_RUNTIME_PENDING_H
#define PORTICO_RUNTIME_PENDING_H

#include "Stream.h"
#include "portico/runtime.h"

#include <mutex>
#include <vector>

namespace portico::rt {

/// A counted reference to a program, with the stream that it ran on.
class PendingRun {
public:
  PendingRun(portico_program *program, uint8_t stream);
  PendingRun(const PendingRun &other);
  PendingRun(PendingRun &&other) noexcept : program(other.program), stream(other.stream) {
    other.program = nullptr;
  }
  PendingRun &operator=(PendingRun other) noexcept;
  ~PendingRun();

  portico_program *program;
  uint8_t stream;
};

class PendingRuns {
public:
  /// Remembers a run that was handed to a stream. Runs of one program count once.
  void add(portico_program *program, const portico_stream &stream);
  /// The runs of some streams, oldest first, which this forgets or keeps.
  std::vector<PendingRun> take(StreamSet streams);
  std::vector<PendingRun> copy(StreamSet streams);

  std::mutex &forkMutex() { return mutex; }

private:
  std::mutex mutex;
  std::vector<PendingRun> runs;
};

/// Looks at the status of runs that are over. Reports the first that went wrong, and makes
/// its words zero again.
portico_code finish(portico_stream &stream, std::vector<PendingRun> &runs, portico_status *status);

} // namespace portico::rt

#endif // PORTICO_RUNTIME_PENDING_H
