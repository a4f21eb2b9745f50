//===- Conversions.cpp - tensors as Python values --------------------------===//

#include "python/native/bind/Conversions.h"
#include "python/native/bind/Bindings.h"
#include "python/native/bind/Numbers.h"
#include "python/native/bind/TensorObject.h"
#include "python/native/graph/Flush.h"
#include "python/native/graph/StableApi.h"
#include "python/native/graph/Transfer.h"

#include <cstring>

namespace portico::native {

Ref<Node> hostValue(Tensor &tensor, const char *why) {
  Ref<Node> value = tensor.read().value;
  if (value->form != NodeForm::scalar)
    evaluate(value.get(), why);
  return value;
}

static uint64_t oneElement(Tensor &tensor, const char *why) {
  if (tensor.spec().numElements() != 1)
    raise(ErrorKind::runtime, std::string("[") + why + "] a Tensor with " +
                                  std::to_string(tensor.spec().numElements()) +
                                  " elements cannot be converted to Scalar; got " +
                                  toString(tensor.spec().dims) +
                                  "; expected one element; try .tolist()");
  Ref<Node> value = hostValue(tensor, why);
  if (value->form == NodeForm::scalar)
    return value->bits;
  uint64_t bits = 0;
  readBuffer(value->value, &bits, itemSize(value->spec.dtype));
  return bits;
}

PyObject *item(Tensor &tensor) {
  uint64_t bits = oneElement(tensor, "item");
  return numberObject(bits, tensor.spec().dtype);
}

static PyObject *nested(const char *&data, DType dtype, llvm::ArrayRef<int64_t> dims) {
  if (dims.empty()) {
    uint64_t bits = 0;
    std::memcpy(&bits, data, itemSize(dtype));
    data += itemSize(dtype);
    return numberObject(bits, dtype);
  }
  PyObject *list = PyList_New(dims[0]);
  if (!list)
    throw PythonErrorSet();
  for (int64_t i = 0; i < dims[0]; ++i)
    PyList_SET_ITEM(list, i, nested(data, dtype, dims.drop_front()));
  return list;
}

PyObject *toList(Tensor &tensor) {
  const TensorSpec spec = tensor.spec();
  if (spec.rank() == 0)
    return item(tensor);
  Ref<Node> value = hostValue(tensor, "tolist");
  std::vector<char> bytes(value->byteCount());
  readBuffer(value->value, bytes.data(), bytes.size());
  const char *data = bytes.data();
  return nested(data, spec.dtype, spec.dims);
}

//===----------------------------------------------------------------------===//
// Slots
//===----------------------------------------------------------------------===//

static int truth(PyObject *self) {
  int result = -1;
  guarded([&] {
    Tensor &tensor = tensorOf(self);
    int64_t count = tensor.spec().numElements();
    if (count != 1)
      raise(ErrorKind::runtime, std::string("[bool] Boolean value of Tensor with ") +
                                    (count ? "more than one value" : "no values") +
                                    " is ambiguous; got " + toString(tensor.spec().dims) +
                                    "; expected one element; try .any() or .all()");
    uint64_t bits = oneElement(tensor, "bool");
    DType dtype = tensor.spec().dtype;
    result = isFloat(dtype) ? doubleOfBits(bits, dtype) != 0 : integerOfBits(bits, dtype) != 0;
    return Py_None;
  });
  return result;
}

static PyObject *toFloat(PyObject *self) {
  return guarded([&] {
    Tensor &tensor = tensorOf(self);
    return PyFloat_FromDouble(doubleOfBits(oneElement(tensor, "float"), tensor.spec().dtype));
  });
}

static PyObject *toInt(PyObject *self) {
  return guarded([&]() -> PyObject * {
    Tensor &tensor = tensorOf(self);
    uint64_t bits = oneElement(tensor, "int");
    DType dtype = tensor.spec().dtype;
    if (isFloat(dtype)) // Python knows how to treat nan and the very large
      return PyLong_FromDouble(doubleOfBits(bits, dtype));
    return PyLong_FromLongLong(integerOfBits(bits, dtype));
  });
}

static PyObject *toIndex(PyObject *self) {
  return guarded([&]() -> PyObject * {
    Tensor &tensor = tensorOf(self);
    DType dtype = tensor.spec().dtype;
    if (isFloat(dtype) || tensor.spec().numElements() != 1)
      raise(ErrorKind::type, "[index] only integer tensors of a single element can be converted "
                             "to an index; got " +
                                 toString(tensor.spec()) + "; expected one integer; try int(x)");
    return PyLong_FromLongLong(integerOfBits(oneElement(tensor, "index"), dtype));
  });
}

static Py_ssize_t length(PyObject *self) {
  const TensorSpec &spec = tensorOf(self).spec();
  if (spec.rank() == 0) {
    PyErr_SetString(PyExc_TypeError, "[len] len() of a 0-d tensor");
    return -1;
  }
  return spec.dims[0];
}

void addConversionSlots(std::vector<PyType_Slot> &slots) {
  slots.push_back({Py_nb_bool, reinterpret_cast<void *>(truth)});
  slots.push_back({Py_nb_float, reinterpret_cast<void *>(toFloat)});
  slots.push_back({Py_nb_int, reinterpret_cast<void *>(toInt)});
  slots.push_back({Py_nb_index, reinterpret_cast<void *>(toIndex)});
  slots.push_back({Py_mp_length, reinterpret_cast<void *>(length)});
}

} // namespace portico::native
