//===- Types.cpp - pt.dtype, pt.device, pt.Size ----------------------------===//

#include "python/native/bind/Types.h"
#include "python/native/bind/Bindings.h"
#include "python/native/graph/Failure.h"
#include "python/native/graph/Promotion.h"
#include "python/native/graph/StableApi.h"

#include <nanobind/stl/string.h>

namespace nb = nanobind;
using namespace nb::literals;

namespace portico::native {

namespace {
struct DTypeValue {
  DType dtype;
};
struct DeviceValue {
  DeviceId id;
};
} // namespace

static PyObject *dtypes[numDTypes];
static PyTypeObject *sizeType = nullptr;

PyObject *dtypeObject(DType dtype) { return dtypes[static_cast<uint8_t>(dtype)]; }

DType &defaultDtype() {
  static DType dtype = DType::F32;
  return dtype;
}

DType dtypeFrom(nb::handle object) {
  DTypeValue *value;
  if (nb::try_cast(object, value) && value)
    return value->dtype;
  if (object.ptr() == reinterpret_cast<PyObject *>(&PyFloat_Type))
    return DType::F64;
  if (object.ptr() == reinterpret_cast<PyObject *>(&PyBool_Type))
    return DType::Bool;
  if (object.ptr() == reinterpret_cast<PyObject *>(&PyLong_Type))
    return DType::I64;
  if (PyUnicode_Check(object.ptr()))
    if (auto dtype = dtypeFromName(nb::cast<std::string>(object)))
      return *dtype;
  raise(ErrorKind::type, "[dtype] not a dtype; got " + nb::cast<std::string>(nb::repr(object)) +
                             "; expected one like portico.float32; try portico.float32");
}

PyObject *sizeObject(llvm::ArrayRef<int64_t> dims) {
  PyObject *size = allocateObject(sizeType, dims.size());
  if (!size)
    throw PythonErrorSet();
  for (size_t i = 0; i < dims.size(); ++i)
    PyTuple_SET_ITEM(size, i, PyLong_FromLongLong(dims[i]));
  return size;
}

static int64_t intFrom(PyObject *object, const char *what) {
  PyObject *index = PyNumber_Index(object);
  if (!index) {
    PyErr_Clear();
    raise(ErrorKind::type,
          std::string("[") + what + "] not an integer; got " + typeName(object) + "; expected int");
  }
  int64_t value = PyLong_AsLongLong(index);
  Py_DECREF(index);
  if (value == -1 && PyErr_Occurred()) {
    PyErr_Clear();
    raise(ErrorKind::value,
          std::string("[") + what + "] integer out of range; got more than 64 bits");
  }
  return value;
}

llvm::SmallVector<int64_t, 6> intsFrom(nb::handle object, const char *what) {
  llvm::SmallVector<int64_t, 6> ints;
  if (PyTuple_Check(object.ptr()) || PyList_Check(object.ptr())) {
    for (Py_ssize_t i = 0; i < PySequence_Size(object.ptr()); ++i)
      ints.push_back(intFrom(sequenceItem(object.ptr(), i), what));
  } else if (PyIndex_Check(object.ptr())) {
    ints.push_back(intFrom(object.ptr(), what));
  } else {
    PyObject *items = PySequence_List(object.ptr());
    if (!items) {
      PyErr_Clear();
      raise(ErrorKind::type, std::string("[") + what + "] not integers; got " +
                                 typeName(object.ptr()) + "; expected a tuple of int");
    }
    nb::object owner = nb::steal(items);
    return intsFrom(owner, what);
  }
  return ints;
}

/// An index alone is one of the accelerator's devices, as in PyTorch.
static DeviceId acceleratorFrom(int index) {
  DeviceId id;
  std::string error = "no accelerator";
  std::string type = acceleratorType();
  if (type.empty() || !findDevice(type + ":" + std::to_string(index), id, error))
    raise(ErrorKind::runtime, "[device] " + error + "; got " + std::to_string(index) +
                                  "; expected the index of a device that is no host; try a name");
  return id;
}

DeviceId deviceFrom(nb::handle object) {
  if (object.is_none())
    return defaultDevice();
  DeviceValue *value;
  if (nb::try_cast(object, value) && value)
    return value->id;
  DeviceId id;
  std::string error;
  if (PyLong_Check(object.ptr()) && !PyBool_Check(object.ptr()))
    return acceleratorFrom(nb::cast<int>(object));
  if (!PyUnicode_Check(object.ptr()))
    raise(ErrorKind::type, std::string("[device] not a device; got ") + typeName(object.ptr()) +
                               "; expected a device or its name");
  std::string name = nb::cast<std::string>(object);
  if (!findDevice(name, id, error) && !(findTargetOf(name) && findDevice(name, id, error)))
    raise(ErrorKind::runtime, "[device] " + error);
  return id;
}

PyObject *deviceObject(DeviceId id) { return nb::cast(DeviceValue{id}).release().ptr(); }

nb::object numpyDtype(DType dtype) {
  static nb::object *cache = new nb::object[numDTypes]; // outlives the interpreter
  nb::object &entry = cache[static_cast<uint8_t>(dtype)];
  if (!entry.is_valid()) {
    nb::object numpy = nb::module_::import_("numpy");
    entry = dtype == DType::BF16
                ? numpy.attr("dtype")(nb::module_::import_("ml_dtypes").attr("bfloat16"))
                : numpy.attr("dtype")(name(dtype));
  }
  return entry;
}

static void bindDtype(nb::module_ &m) {
  nb::class_<DTypeValue>(m, "dtype", R"(Element type of a tensor.

>>> pt.float32.itemsize, pt.float32.is_floating_point
(4, True))")
      .def("__repr__", [](DTypeValue &d) { return std::string("portico.") + name(d.dtype); })
      .def("__reduce__",
           [](DTypeValue &d) {
             return nb::make_tuple(nb::module_::import_("portico._core").attr("_dtype_from_name"),
                                   nb::make_tuple(name(d.dtype)));
           })
      .def_prop_ro("name", [](DTypeValue &d) { return name(d.dtype); })
      .def_prop_ro("mlir_name", [](DTypeValue &d) { return mlirName(d.dtype); })
      .def_prop_ro("number", [](DTypeValue &d) { return int(d.dtype); })
      .def_prop_ro("itemsize", [](DTypeValue &d) { return itemSize(d.dtype); })
      .def_prop_ro("is_floating_point", [](DTypeValue &d) { return isFloat(d.dtype); })
      .def_prop_ro("is_complex", [](DTypeValue &) { return false; })
      .def_prop_ro("is_signed", [](DTypeValue &d) { return isSigned(d.dtype); })
      .def_prop_ro(
          "numpy", [](DTypeValue &d) { return numpyDtype(d.dtype); },
          "The NumPy dtype with the same layout.");
  for (unsigned i = 0; i < numDTypes; ++i) {
    nb::object object = nb::cast(DTypeValue{static_cast<DType>(i)});
    m.attr(name(static_cast<DType>(i))) = object;
    dtypes[i] = object.release().ptr(); // lives as long as the process
  }
  m.def("_dtype_from_name",
        [](nb::handle text) { return nb::borrow(dtypeObject(dtypeFrom(text))); });
  m.def(
      "as_dtype", [](nb::handle object) { return nb::borrow(dtypeObject(dtypeFrom(object))); },
      "A dtype from a dtype, a name, or Python's bool, int or float.");
  m.def(
      "promote_types",
      [](nb::handle a, nb::handle b) {
        return nb::borrow(dtypeObject(promote(dtypeFrom(a), dtypeFrom(b))));
      },
      "The smallest dtype that holds the values of both.");
  m.def("get_default_dtype", [] { return nb::borrow(dtypeObject(defaultDtype())); });
  m.def("set_default_dtype", [](nb::handle object) {
    DType dtype = dtypeFrom(object);
    if (!isFloat(dtype))
      raise(ErrorKind::type, std::string("[set_default_dtype] only floating-point types are "
                                         "supported as the default type; got ") +
                                 name(dtype) + "; expected a float dtype");
    defaultDtype() = dtype;
  });
}

static void bindSize(nb::module_ &m) {
  PyType_Slot slots[] = {{Py_tp_base, reinterpret_cast<void *>(&PyTuple_Type)},
                         {Py_tp_doc, const_cast<char *>(R"(The sizes of a tensor: a tuple of ints.

>>> pt.Size([2, 3]).numel()
6
)")},
                         {0, nullptr}};
  PyType_Spec spec = {"portico.Size", 0, 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, slots};
  sizeType = reinterpret_cast<PyTypeObject *>(PyType_FromSpec(&spec));
  if (!sizeType)
    nb::raise_python_error();
  nb::object type = nb::borrow(reinterpret_cast<PyObject *>(sizeType));
  nb::cpp_function_def(
      [](nb::handle self) {
        int64_t count = 1;
        for (int64_t d : intsFrom(self, "numel"))
          count *= d;
        return count;
      },
      nb::scope(type), nb::name("numel"), nb::is_method(), R"(The product of the sizes.

Raises:
    TypeError: a size that is no integer.

>>> pt.ones(2, 3).shape.numel()
6)");
  nb::cpp_function_def(
      [](nb::handle self) {
        std::string text = "portico.Size([";
        bool first = true;
        for (nb::handle d : nb::borrow<nb::tuple>(self)) {
          text += (first ? "" : ", ") + nb::cast<std::string>(nb::str(d));
          first = false;
        }
        return text + "])";
      },
      nb::scope(type), nb::name("__repr__"), nb::is_method());
  m.attr("Size") = type;
}

static void bindDevice(nb::module_ &m) {
  nb::class_<DeviceValue>(m, "device", R"(Where a tensor lives: a type and, of several, an index.

Raises RuntimeError for a device that there is not.

>>> pt.device("cpu").type
'cpu')")
      .def(
          "__init__",
          [](DeviceValue *self, nb::handle name, nb::handle index) {
            std::string text;
            if (PyUnicode_Check(name.ptr())) {
              text = nb::cast<std::string>(name);
              if (!index.is_none())
                text += ":" + nb::cast<std::string>(nb::str(index));
              new (self) DeviceValue{deviceFrom(nb::cast(text))};
            } else {
              new (self) DeviceValue{deviceFrom(name)};
            }
          },
          "type"_a, "index"_a = nb::none())
      .def_prop_ro("type", [](DeviceValue &d) { return deviceEntry(d.id).type; })
      .def_prop_ro("index",
                   [](DeviceValue &d) -> nb::object {
                     const DeviceEntry &entry = deviceEntry(d.id);
                     // A host device is simply "the" device, as PyTorch's CPU is.
                     if (entry.host && entry.ordinal == 0)
                       return nb::none();
                     return nb::int_(entry.ordinal);
                   })
      .def("__str__", [](DeviceValue &d) { return deviceName(d.id); })
      .def("__repr__",
           [](DeviceValue &d) {
             const DeviceEntry &entry = deviceEntry(d.id);
             std::string text = "device(type='" + entry.type + "'";
             if (!entry.host || entry.ordinal)
               text += ", index=" + std::to_string(entry.ordinal);
             return text + ")";
           })
      .def("__hash__", [](DeviceValue &d) { return size_t(d.id); })
      .def("__eq__",
           [](DeviceValue &a, nb::handle other) {
             DeviceValue *b;
             return nb::try_cast(other, b) && b && a.id == b->id;
           })
      .def("__reduce__", [](DeviceValue &d) {
        return nb::make_tuple(nb::module_::import_("portico._core").attr("device"),
                              nb::make_tuple(deviceName(d.id)));
      });
}

void bindTypes(nb::module_ &m) {
  bindDtype(m);
  bindSize(m);
  bindDevice(m);
}

} // namespace portico::native
