//===- ForkWatch.h - whether a vendor's library survived --------------------===//

#ifndef PORTICO_TARGETS_COMMON_FORKWATCH_H
#define PORTICO_TARGETS_COMMON_FORKWATCH_H

namespace portico {

/// Made when a vendor's library is initialised. The library's threads and its connection
/// to the device belong to the process that did so: in a child forked later a call fails
/// oddly at best, and at worst waits for ever.
class ForkWatch {
public:
  ForkWatch();

  /// Whether this process was forked since then.
  bool inChild() const;

  /// What to say and to do about it.
  static const char *advice();

private:
  unsigned before;
};

} // namespace portico

#endif // PORTICO_TARGETS_COMMON_FORKWATCH_H
