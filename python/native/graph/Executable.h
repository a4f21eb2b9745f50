//===- Executable.h - something that can run a program ---------------------===//

#ifndef PORTICO_NATIVE_GRAPH_EXECUTABLE_H
#define PORTICO_NATIVE_GRAPH_EXECUTABLE_H

#include "python/native/graph/Buffer.h"
#include "python/native/graph/Device.h"
#include "python/native/graph/Trace.h"
#include "python/native/ir/Bridge.h"

#include <memory>
#include <vector>

namespace portico::native {

/// What the making of an executable has to tell.
struct BuildReport {
  bool compiled = false; // something went through the compiler
  bool diskHit = false;
  int kernels = 0;
  int kernelsCompiled = 0;
  double ms = 0;
  std::vector<std::string> warnings;
};

class Executable {
public:
  virtual ~Executable() = default;
  /// Runs once, without the GIL. The caller owns the references in `outputs`.
  /// An error in the values (portico_is_value_error) delivers the outputs all the
  /// same, where the executor has them.
  virtual portico_code run(const std::vector<portico_buffer *> &inputs,
                           const std::vector<uint8_t> &donate,
                           std::vector<portico_buffer *> &outputs, portico_status &status) = 0;
  /// What errors name that come up after the run; null where there are none.
  virtual const portico_program *handle() const { return nullptr; }
};

/// Who runs programs: the compiler and the runtime, or the NumPy interpreter.
enum class ExecutorChoice { compiled, reference };

/// Makes a program runnable; called without the GIL. Null and the reason where that fails.
std::shared_ptr<Executable> buildExecutable(const Trace &trace, const std::vector<bool> &donatable,
                                            DeviceId device, BuildReport &report,
                                            BuildFailure &failure);
/// The interpreter as an executor; its `run` takes the GIL.
std::shared_ptr<Executable> buildReference(const Trace &trace, DeviceId device);

} // namespace portico::native

#endif // PORTICO_NATIVE_GRAPH_EXECUTABLE_H
