//===- LaunchParameters.h - a launch as an array of pointers ----------------===//

#ifndef PORTICO_TARGETS_COMMON_LAUNCHPARAMETERS_H
#define PORTICO_TARGETS_COMMON_LAUNCHPARAMETERS_H

#include "portico/driver.h"

#include <memory>

namespace portico {

/// Where each parameter of a kernel is to be found (the buffers, the extent, the status,
/// and `more` that the target adds), as the launch functions of NVIDIA's and AMD's
/// libraries want it. They copy the values before they return.
class LaunchParameters {
public:
  explicit LaunchParameters(const portico_launch &launch, size_t more = 0) {
    size_t count = launch.buffer_count + 2 + more;
    if (count > kInline)
      heap.reset(new void *[count]);
    for (uint32_t i = 0; i < launch.buffer_count; ++i)
      add(launch.buffers[i]);
    add(launch.extent);
    add(launch.status);
  }

  template <typename T> void add(const T &value) {
    data()[used++] = const_cast<void *>(static_cast<const void *>(&value));
  }

  void **data() { return heap ? heap.get() : local; }

private:
  static constexpr size_t kInline = 64;
  void *local[kInline];
  std::unique_ptr<void *[]> heap;
  size_t used = 0;
};

} // namespace portico

#endif // PORTICO_TARGETS_COMMON_LAUNCHPARAMETERS_H
