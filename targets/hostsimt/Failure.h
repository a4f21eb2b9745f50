//===- Failure.h - what a kernel did wrong ----------------------------------===//

#ifndef PORTICO_TARGETS_HOSTSIMT_FAILURE_H
#define PORTICO_TARGETS_HOSTSIMT_FAILURE_H

#include "targets/hostsimt/SimtAbi.h"

#include <atomic>
#include <mutex>
#include <string>

namespace portico::hostsimt {

/// The first mistake of a launch; work-groups of several threads report here.
class Failure {
public:
  /// Somebody has reported: the rest of the launch is not worth running.
  bool happened() const { return flag.load(std::memory_order_relaxed); }

  /// `what` has the form "what; got ...; expected ...; try ...".
  void report(std::string what, const Site *site);

  /// After the launch.
  const std::string &message() const { return text; }
  int32_t op() const { return opInKernel; }

private:
  std::atomic<bool> flag{false};
  std::mutex mutex;
  std::string text;
  int32_t opInKernel = -1;
};

/// printf into a string.
__attribute__((format(printf, 1, 2))) std::string format(const char *form, ...);

} // namespace portico::hostsimt

#endif // PORTICO_TARGETS_HOSTSIMT_FAILURE_H
