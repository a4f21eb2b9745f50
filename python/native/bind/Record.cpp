//===- Record.cpp - recording a primitive from Python ----------------------===//

#include "python/native/bind/Bindings.h"
#include "python/native/bind/Numbers.h"
#include "python/native/bind/TensorObject.h"
#include "python/native/bind/Types.h"
#include "python/native/graph/Broadcast.h"
#include "python/native/graph/Promotion.h"
#include "python/native/graph/StableApi.h"

#include <cstring>

#include <nanobind/stl/string.h>

namespace nb = nanobind;
using namespace nb::literals;

namespace portico::native {

//===----------------------------------------------------------------------===//
// record
//===----------------------------------------------------------------------===//

/// An elements attribute from a NumPy array: its bytes, row-major.
static void encodeElements(nb::handle array, llvm::SmallVectorImpl<int64_t> &flat) {
  nb::object numpy = nb::module_::import_("numpy");
  nb::object contiguous = numpy.attr("ascontiguousarray")(array);
  DType dtype = dtypeFrom(contiguous.attr("dtype").attr("name"));
  // ascontiguousarray makes a 0-d array 1-d.
  auto dims = intsFrom(numpy.attr("shape")(array), "constant");
  nb::bytes bytes = nb::bytes(contiguous.attr("tobytes")());
  flat.push_back(int64_t(dtype));
  flat.push_back(dims.size());
  flat.append(dims.begin(), dims.end());
  flat.push_back(bytes.size());
  size_t words = (bytes.size() + 7) / 8, first = flat.size();
  flat.resize(first + words, 0);
  std::memcpy(flat.data() + first, bytes.c_str(), bytes.size());
}

static void encodeAttr(const OpInfo &info, const AttrInfo &attr, PyObject *value,
                       llvm::SmallVectorImpl<int64_t> &flat) {
  switch (attr.kind) {
  case AttrKind::DType:
    flat.push_back(int64_t(dtypeFrom(value)));
    return;
  case AttrKind::I64Array: {
    auto ints = intsFrom(value, info.name);
    flat.push_back(ints.size());
    flat.append(ints.begin(), ints.end());
    return;
  }
  case AttrKind::Elements:
    encodeElements(value, flat);
    return;
  case AttrKind::Bool:
  case AttrKind::Unit: {
    int truth = PyObject_IsTrue(value);
    if (truth < 0)
      throw PythonErrorSet();
    flat.push_back(truth);
    return;
  }
  default:
    if (!PyIndex_Check(value))
      raise(ErrorKind::type, std::string("[") + info.name + "] attribute " + attr.name + "; got " +
                                 typeName(value) + "; expected int");
    flat.push_back(intsFrom(value, info.name)[0]);
  }
}

static PyObject *record(PyObject *, PyObject *const *args, Py_ssize_t count) {
  return guarded([&]() -> PyObject * {
    if (count != 3 || !PyTuple_Check(args[1]) || !PyTuple_Check(args[2]))
      raise(ErrorKind::type, "[record] wrong arguments; expected (kind, operands, attributes)");
    long number = PyLong_AsLong(args[0]);
    if (number < 0 || number >= long(OpKind::count)) {
      PyErr_Clear();
      raise(ErrorKind::value, "[record] no such op; got number " + std::to_string(number));
    }
    const OpInfo &info = opInfo(static_cast<OpKind>(number));
    llvm::SmallVector<Tracked, 3> operands;
    bool borrowed = false;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(args[1]); ++i) {
      PyObject *operand = PyTuple_GET_ITEM(args[1], i);
      if (!isTensor(operand))
        raise(ErrorKind::type, std::string("[") + info.name + "] operand " + std::to_string(i) +
                                   "; got " + typeName(operand) +
                                   "; expected a tensor; try portico.tensor(...)");
      operands.push_back(tensorOf(operand).read(&borrowed));
    }
    if (size_t(PyTuple_GET_SIZE(args[2])) != info.attrs.size())
      raise(ErrorKind::type, std::string("[") + info.name + "] number of attributes; got " +
                                 std::to_string(PyTuple_GET_SIZE(args[2])) + "; expected " +
                                 std::to_string(info.attrs.size()));
    llvm::SmallVector<int64_t, 16> attrs;
    for (size_t i = 0; i < info.attrs.size(); ++i)
      encodeAttr(info, info.attrs[i], PyTuple_GET_ITEM(args[2], i), attrs);
    llvm::SmallVector<Tracked, 2> results;
    apply(info.kind, operands, attrs, results);
    operands.clear();
    if (borrowed)
      runAtOnce(results);
    if (results.size() == 1)
      return wrap(std::move(results[0]));
    PyObject *tuple = PyTuple_New(results.size());
    for (size_t i = 0; i < results.size(); ++i)
      PyTuple_SET_ITEM(tuple, i, wrap(std::move(results[i])));
    return tuple;
  });
}

//===----------------------------------------------------------------------===//
// Values from numbers
//===----------------------------------------------------------------------===//

static Number numberArg(nb::handle value, const char *op) {
  auto number = numberFrom(value.ptr());
  if (!number)
    raise(ErrorKind::type, std::string("[") + op + "] not a number; got " + typeName(value.ptr()) +
                               "; expected bool, int or float");
  return *number;
}

static DType dtypeOr(nb::handle dtype, DType otherwise) {
  return dtype.is_none() ? otherwise : dtypeFrom(dtype);
}

static llvm::SmallVector<int64_t, 6> sizesArg(nb::handle shape, DType dtype, const char *op) {
  auto dims = intsFrom(shape, op);
  for (int64_t d : dims)
    if (d < 0)
      raise(ErrorKind::runtime,
            std::string("[") + op + "] Trying to create tensor with negative dimension " +
                std::to_string(d) + "; got " + toString(dims) + "; expected sizes of at least 0");
  if (!countElements(dims, dtype))
    raise(ErrorKind::memory,
          std::string("[") + op + "] a tensor too large for any memory; got " + toString(dims));
  return dims;
}

/// Where a recorded number lives: with those it meets, unless somebody says.
static DeviceId placeOf(nb::handle device) {
  return device.is_none() ? anywhere : deviceFrom(device);
}

/// A number that is part of the program.
static Tracked splat(nb::handle shape, nb::handle value, nb::handle dtype, nb::handle device) {
  Number number = numberArg(value, "splat");
  DType type = dtypeOr(dtype, number.promotedAs());
  auto dims = sizesArg(shape, type, "splat");
  llvm::SmallVector<int64_t, 12> attrs = {int64_t(type), int64_t(dims.size())};
  attrs.append(dims.begin(), dims.end());
  attrs.push_back(itemSize(type));
  attrs.push_back(number.bits(type));
  Tracked result;
  result.value = Node::op(OpKind::constant, {}, attrs, TensorSpec(type, dims), placeOf(device));
  return result;
}

static Tracked full(nb::handle shape, nb::handle value, nb::handle dtype, nb::handle device) {
  Number number = numberArg(value, "full");
  DType type = dtypeOr(dtype, number.promotedAs());
  uint64_t bits = number.bits(type);
  // Zeros and ones are part of the program, so that it can be simplified;
  // every other number is an argument, so that it can change.
  if (bits == bitsOfInteger(0, type) || bits == bitsOfInteger(1, type))
    return splat(shape, value, dtype, device);
  return numberLike(type, bits, sizesArg(shape, type, "full"), placeOf(device));
}

static Tracked scalar(nb::handle value, nb::handle dtype, nb::handle device) {
  Number number = numberArg(value, "scalar");
  DType type = dtypeOr(dtype, number.promotedAs());
  Tracked result;
  result.value = Node::scalar(type, number.bits(type), placeOf(device));
  return result;
}

static Tensor empty(nb::handle shape, nb::handle dtype, nb::handle device) {
  DType type = dtypeOr(dtype, defaultDtype());
  auto dims = sizesArg(shape, type, "empty");
  TensorSpec spec(type, dims);
  DeviceId id = deviceFrom(device);
  Buffer buffer = allocate(id, spec.numElements() * itemSize(type));
  Tracked result;
  result.value = Node::leaf(std::move(spec), std::move(buffer), id);
  return Tensor::of(std::move(result));
}

static nb::object resultType(nb::args args) {
  ResultType types;
  for (nb::handle arg : args) {
    if (isTensor(arg.ptr())) {
      const TensorSpec &spec = tensorOf(arg.ptr()).spec();
      types.addTensor(spec.dtype, spec.rank() > 0);
    } else if (auto number = numberFrom(arg.ptr())) {
      types.addNumber(number->promotedAs());
    } else {
      types.addTensor(dtypeFrom(arg), true);
    }
  }
  return nb::borrow(dtypeObject(types.result()));
}

void bindRecord(nb::module_ &m) {
  static PyMethodDef methods[] = {
      {"record", reinterpret_cast<PyCFunction>(reinterpret_cast<void *>(record)), METH_FASTCALL,
       "record(kind, operands, attributes): records a primitive of the dialect."},
      {nullptr, nullptr, 0, nullptr}};
  if (PyModule_AddFunctions(m.ptr(), methods) != 0)
    nb::raise_python_error();
  m.def("full", &full, "shape"_a, "value"_a, "dtype"_a = nb::none(), "device"_a = nb::none(),
        "A tensor of one number.");
  m.def("splat", &splat, "shape"_a, "value"_a, "dtype"_a = nb::none(), "device"_a = nb::none(),
        "A tensor of one number that is a constant of the programs that use it.");
  m.def("scalar", &scalar, "value"_a, "dtype"_a = nb::none(), "device"_a = nb::none(),
        "A 0-d tensor whose value is a run-time argument of the programs that use it.");
  m.def("empty", &empty, "shape"_a, "dtype"_a = nb::none(), "device"_a = nb::none(),
        "A tensor whose contents are not set.");
  m.def("result_type", &resultType,
        "The dtype of an operation on tensors, dtypes and Python numbers.");
  m.def("can_cast",
        [](nb::handle from, nb::handle to) { return canCast(dtypeFrom(from), dtypeFrom(to)); });
  m.def(
      "broadcast_to",
      [](TensorArg x, nb::handle shape) {
        auto dims = intsFrom(shape, "broadcast_to");
        return broadcastTo(x->read(), dims);
      },
      "A new value (no view) of a larger shape, without checks.");
  m.def("broadcast_shapes", [](const std::string &op, nb::handle a, nb::handle b) {
    return nb::steal(
        sizeObject(broadcastDims(op.c_str(), intsFrom(a, op.c_str()), intsFrom(b, op.c_str()))));
  });
}

} // namespace portico::native
