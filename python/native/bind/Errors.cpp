//===- Errors.cpp - raising the classes of portico/errors.py ----------------===//

#include "python/native/bind/Errors.h"

#include <nanobind/nanobind.h>

namespace nb = nanobind;

namespace portico::native {

static const char *className(ErrorKind kind) {
  switch (kind) {
  case ErrorKind::type:
    return "PorticoTypeError";
  case ErrorKind::value:
    return "PorticoValueError";
  case ErrorKind::index:
    return "PorticoIndexError";
  case ErrorKind::runtime:
    return "PorticoRuntimeError";
  case ErrorKind::mlir:
    return "MlirError";
  case ErrorKind::internal:
    return "InternalError";
  }
  return "InternalError";
}

void raise(ErrorKind kind, const std::string &message) {
  // Imported on use: an error is rare, and errors.py must not be needed to load `_core`.
  nb::object type = nb::module_::import_("portico.errors").attr(className(kind));
  PyErr_SetString(type.ptr(), message.c_str());
  throw nb::python_error();
}

} // namespace portico::native
