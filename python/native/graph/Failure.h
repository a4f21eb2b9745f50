//===- Failure.h - errors on their way to Python ---------------------------===//

#ifndef PORTICO_NATIVE_GRAPH_FAILURE_H
#define PORTICO_NATIVE_GRAPH_FAILURE_H

#include <exception>
#include <string>

namespace portico::native {

/// The classes of `portico/errors.py`; each is also the Python builtin that
/// PyTorch would raise. `internal` is the only one that is our fault.
enum class ErrorKind { type, value, index, runtime, notImplemented, mlir, memory, internal };

/// Thrown anywhere below the Python face, which turns it into a Python error.
class Failure : public std::exception {
public:
  Failure(ErrorKind kind, std::string message) : kind(kind), message(std::move(message)) {}
  const char *what() const noexcept override { return message.c_str(); }

  ErrorKind kind;
  std::string message;
};

[[noreturn]] inline void raise(ErrorKind kind, std::string message) {
  throw Failure(kind, std::move(message));
}

/// A Python error is set; nothing else is to be said.
class PythonErrorSet : public std::exception {};

} // namespace portico::native

#endif // PORTICO_NATIVE_GRAPH_FAILURE_H
