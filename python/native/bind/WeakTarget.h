//===- WeakTarget.h - what a weak reference leads to -----------------------===//

#ifndef PORTICO_NATIVE_BIND_WEAKTARGET_H
#define PORTICO_NATIVE_BIND_WEAKTARGET_H

#include <nanobind/nanobind.h>

namespace portico::native {

/// Not valid where the object is gone.
inline nanobind::object weakTarget(PyObject *reference) {
// The stable ABI of an older Python lacks the newer function, whichever Python's headers these are.
#if PY_VERSION_HEX >= 0x030D0000 && (!defined(Py_LIMITED_API) || Py_LIMITED_API >= 0x030D0000)
  PyObject *target = nullptr;
  if (PyWeakref_GetRef(reference, &target) < 0)
    nanobind::raise_python_error();
  return nanobind::steal(target);
#else
  PyObject *target = PyWeakref_GetObject(reference);
  return target == Py_None ? nanobind::object() : nanobind::borrow(target);
#endif
}

} // namespace portico::native

#endif // PORTICO_NATIVE_BIND_WEAKTARGET_H
