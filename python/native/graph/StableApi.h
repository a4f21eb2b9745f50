//===- StableApi.h - what CPython's stable ABI has under other names --------===//
//
// The wheel for Python 3.12 and later is one binary (Py_LIMITED_API): it cannot look
// into objects, and so has no use for macros that do. Everything else is built for one
// version, where these names are CPython's own.
//
//===----------------------------------------------------------------------===//

#ifndef PORTICO_NATIVE_GRAPH_STABLEAPI_H
#define PORTICO_NATIVE_GRAPH_STABLEAPI_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <string>

#ifdef Py_LIMITED_API

#define PyTuple_GET_SIZE PyTuple_Size
#define PyTuple_GET_ITEM PyTuple_GetItem
#define PyTuple_SET_ITEM PyTuple_SetItem
#define PyList_SET_ITEM PyList_SetItem
#define PyFloat_AS_DOUBLE PyFloat_AsDouble

inline PyObject *PyObject_CallOneArg(PyObject *callable, PyObject *argument) {
  return PyObject_CallFunctionObjArgs(callable, argument, nullptr);
}

/// The old value goes last: what its destructor runs must not see it.
template <typename T> void Py_XSETREF(T *&slot, PyObject *value) {
  PyObject *old = slot;
  slot = value;
  Py_XDECREF(old);
}
template <typename T> void Py_SETREF(T *&slot, PyObject *value) { Py_XSETREF(slot, value); }

#endif

namespace portico::native {

inline PyObject *allocateObject(PyTypeObject *type, Py_ssize_t items) {
#ifdef Py_LIMITED_API
  return reinterpret_cast<allocfunc>(PyType_GetSlot(type, Py_tp_alloc))(type, items);
#else
  return type->tp_alloc(type, items);
#endif
}

inline void freeObject(PyTypeObject *type, PyObject *object) {
#ifdef Py_LIMITED_API
  reinterpret_cast<freefunc>(PyType_GetSlot(type, Py_tp_free))(object);
#else
  type->tp_free(object);
#endif
}

/// Borrowed, of a tuple or list.
inline PyObject *sequenceItem(PyObject *sequence, Py_ssize_t index) {
  return PyTuple_Check(sequence) ? PyTuple_GET_ITEM(sequence, index)
                                 : PyList_GetItem(sequence, index);
}

/// The attribute of a type that is text, or "".
inline std::string typeText(PyTypeObject *type, const char *attribute) {
  PyObject *text = PyObject_GetAttrString(reinterpret_cast<PyObject *>(type), attribute);
  const char *bytes =
      text && PyUnicode_Check(text) ? PyUnicode_AsUTF8AndSize(text, nullptr) : nullptr;
  std::string result = bytes ? bytes : "";
  Py_XDECREF(text);
  PyErr_Clear();
  return result;
}

/// What messages call the type of an object: "int", "numpy.ndarray", the class's own name.
inline std::string typeName(PyObject *object) {
#ifdef Py_LIMITED_API
  PyTypeObject *type = Py_TYPE(object);
  std::string name = typeText(type, "__name__");
  bool heap = PyType_GetFlags(type) & Py_TPFLAGS_HEAPTYPE;
  std::string module = heap ? "" : typeText(type, "__module__");
  return module.empty() || module == "builtins" ? name : module + "." + name;
#else
  return Py_TYPE(object)->tp_name;
#endif
}

} // namespace portico::native

#endif // PORTICO_NATIVE_GRAPH_STABLEAPI_H
