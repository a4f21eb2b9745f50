//===- Errors.h - raising the classes of portico/errors.py ------------------===//

#ifndef PORTICO_NATIVE_BIND_ERRORS_H
#define PORTICO_NATIVE_BIND_ERRORS_H

#include <string>

namespace portico::native {

/// The classes of `portico/errors.py`; each is also the Python builtin that
/// PyTorch would raise.
enum class ErrorKind { type, value, index, runtime, mlir, internal };

/// Sets the Python error and throws `nanobind::python_error`. Needs the GIL.
[[noreturn]] void raise(ErrorKind kind, const std::string &message);

} // namespace portico::native

#endif // PORTICO_NATIVE_BIND_ERRORS_H
