//===- DynamicLibrary.h - a vendor's library, found at run time -------------===//
//
// Drivers open the libraries of vendors by name and look up what they call: a build
// needs none of them, and one build serves machines with and without.
//
//===----------------------------------------------------------------------===//

#ifndef PORTICO_TARGETS_COMMON_DYNAMICLIBRARY_H
#define PORTICO_TARGETS_COMMON_DYNAMICLIBRARY_H

#include <string>
#include <vector>

namespace portico {

/// An open library. It is never closed: vendors' libraries have threads, and are asked
/// by destructors that run after ours.
class DynamicLibrary {
public:
  /// The first of `paths` that loads, or none, with the reason in `why`. The search ends
  /// at a library that is there and does not load: what is wrong with it says more than
  /// that others are not there.
  static DynamicLibrary open(const std::vector<std::string> &paths, std::string &why);

  explicit operator bool() const { return handle; }
  /// The one of `paths` that was opened.
  const std::string &path() const { return opened; }

  /// Null where the library has no such symbol.
  void *address(const char *symbol) const;

  /// Sets `function`; notes the first symbol that is missing.
  template <typename Function> void find(Function &function, const char *symbol) {
    function = reinterpret_cast<Function>(address(symbol));
    if (!function && !firstMissing)
      firstMissing = symbol;
  }
  /// What `find` did not find; null where it found all.
  const char *missing() const { return firstMissing; }

private:
  void *handle = nullptr;
  std::string opened;
  const char *firstMissing = nullptr;
};

} // namespace portico

#endif // PORTICO_TARGETS_COMMON_DYNAMICLIBRARY_H
