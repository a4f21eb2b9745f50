//===- Numbers.cpp - Python's numbers as run-time arguments ----------------===//

#include "python/native/bind/Numbers.h"
#include "python/native/bind/TensorObject.h"
#include "python/native/bind/Types.h"
#include "python/native/graph/StableApi.h"

namespace portico::native {

DType Number::promotedAs() const { return kind == DType::F64 ? defaultDtype() : kind; }

uint64_t Number::bits(DType dtype) const {
  return kind == DType::F64 ? bitsOfDouble(real, dtype) : bitsOfInteger(integer, dtype);
}

static Number integerFrom(PyObject *object) {
  Number number{DType::I64};
  int overflow = 0;
  number.integer = PyLong_AsLongLongAndOverflow(object, &overflow);
  if (overflow) {
    PyErr_SetString(PyExc_OverflowError, "[scalar] Python integer too large; got more than 64 "
                                         "bits; expected an int64; try a float");
    throw PythonErrorSet();
  }
  return number;
}

std::optional<Number> numberFrom(PyObject *object) {
  if (PyFloat_Check(object)) {
    Number number{DType::F64};
    number.real = PyFloat_AS_DOUBLE(object);
    return number;
  }
  if (PyBool_Check(object))
    return Number{DType::Bool, object == Py_True};
  if (PyLong_Check(object))
    return integerFrom(object);
  // NumPy's scalars know what they are.
  PyTypeObject *type = Py_TYPE(object);
  if (isTensor(object))
    return std::nullopt;
  std::string name = typeName(object);
  if (name.compare(0, 6, "numpy.") != 0 || name == "numpy.ndarray")
    return std::nullopt;
  if (name.compare(0, 10, "numpy.bool") == 0)
    return Number{DType::Bool, PyObject_IsTrue(object)};
  if (PyIndex_Check(object)) {
    PyObject *index = PyNumber_Index(object);
    if (index) {
      Number number = integerFrom(index);
      Py_DECREF(index);
      return number;
    }
    PyErr_Clear();
  }
  if (PyType_GetSlot(type, Py_nb_float)) {
    double value = PyFloat_AsDouble(object);
    if (value == -1 && PyErr_Occurred()) {
      PyErr_Clear();
      return std::nullopt;
    }
    Number number{DType::F64};
    number.real = value;
    return number;
  }
  return std::nullopt;
}

PyObject *numberObject(uint64_t bits, DType dtype) {
  if (dtype == DType::Bool)
    return PyBool_FromLong(integerOfBits(bits, dtype));
  if (isFloat(dtype))
    return PyFloat_FromDouble(doubleOfBits(bits, dtype));
  return PyLong_FromLongLong(integerOfBits(bits, dtype));
}

} // namespace portico::native
