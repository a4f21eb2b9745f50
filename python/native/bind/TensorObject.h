//===- TensorObject.h - the Python object of a tensor ----------------------===//
//
// `_core.Tensor` is a type of its own, not a nanobind class: making one is half
// of the cost of an op, and a subclass has to be able to take over memory and
// history of another tensor. Its methods are nanobind functions that take a
// `TensorArg`.
//
//===----------------------------------------------------------------------===//

#ifndef PORTICO_NATIVE_BIND_TENSOROBJECT_H
#define PORTICO_NATIVE_BIND_TENSOROBJECT_H

#include "python/native/graph/Failure.h"
#include "python/native/graph/Tensor.h"

#include <nanobind/nanobind.h>

namespace portico::native {

/// The part that CPython looks into by offset.
struct TensorHead {
  PyObject_HEAD PyObject *dict;
  PyObject *weakrefs;
};
struct TensorObject {
  TensorHead head;
  Tensor tensor;
};

extern PyTypeObject *tensorType;

inline bool isTensor(PyObject *object) {
  return Py_TYPE(object) == tensorType || PyType_IsSubtype(Py_TYPE(object), tensorType);
}
inline Tensor &tensorOf(PyObject *object) {
  return reinterpret_cast<TensorObject *>(object)->tensor;
}
/// A new tensor object (a new reference).
PyObject *wrap(Tensor tensor, PyTypeObject *type = tensorType);
/// The same for the result of an op; runs pending work when there is too much.
PyObject *wrap(Tracked value);

/// Runs ops that were recorded on borrowed memory.
void runAtOnce(llvm::ArrayRef<Tracked> results);

/// After an in-place write: the same bound on pending work.
void recordedWrite(Tensor &tensor);

/// Sets the Python error that fits the exception in flight; returns null.
PyObject *setPythonError() noexcept;

/// Runs C++ code under a slot of the C API.
template <typename F> PyObject *guarded(F &&body) noexcept {
  try {
    return body();
  } catch (...) {
    return setPythonError();
  }
}

/// An argument that is a tensor.
struct TensorArg {
  PyObject *object = nullptr;
  Tensor *operator->() const { return &tensorOf(object); }
  Tensor &operator*() const { return tensorOf(object); }
};

/// Defines a method of the tensor type.
template <typename F, typename... Extra>
void method(const char *name, F &&f, const Extra &...extra) {
  nanobind::handle type(reinterpret_cast<PyObject *>(tensorType));
  nanobind::cpp_function_def(std::forward<F>(f), nanobind::scope(type), nanobind::name(name),
                             nanobind::is_method(), extra...);
}
/// Defines a property; `set` may be null.
void property(const char *name, getter get, setter set);

} // namespace portico::native

namespace nanobind::detail {
template <> struct type_caster<portico::native::TensorArg> {
  NB_TYPE_CASTER(portico::native::TensorArg, const_name("Tensor"))
  bool from_python(handle source, uint8_t, cleanup_list *) noexcept {
    if (!portico::native::isTensor(source.ptr()))
      return false;
    value.object = source.ptr();
    return true;
  }
  static handle from_cpp(portico::native::TensorArg arg, rv_policy, cleanup_list *) noexcept {
    return handle(arg.object).inc_ref();
  }
};
/// Tensors made in C++ become objects on their way out.
template <> struct type_caster<portico::native::Tensor> {
  NB_TYPE_CASTER(portico::native::Tensor, const_name("Tensor"))
  bool from_python(handle, uint8_t, cleanup_list *) noexcept { return false; }
  static handle from_cpp(portico::native::Tensor &&tensor, rv_policy, cleanup_list *) noexcept {
    return portico::native::wrap(std::move(tensor));
  }
};
template <> struct type_caster<portico::native::Tracked> {
  NB_TYPE_CASTER(portico::native::Tracked, const_name("Tensor"))
  bool from_python(handle, uint8_t, cleanup_list *) noexcept { return false; }
  static handle from_cpp(portico::native::Tracked &&value, rv_policy, cleanup_list *) noexcept {
    return portico::native::guarded([&] { return portico::native::wrap(std::move(value)); });
  }
};
} // namespace nanobind::detail

#endif // PORTICO_NATIVE_BIND_TENSOROBJECT_H
