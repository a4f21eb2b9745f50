//===- MemoryBindings.cpp - NumPy arrays in and out ------------------------===//
//
// An array and a tensor can be the same memory, in either direction. The storage
// is then external: reads copy what the memory holds at that moment, writes go
// into it at once.
//
//===----------------------------------------------------------------------===//

#include "python/native/bind/Bindings.h"
#include "python/native/bind/Conversions.h"
#include "python/native/bind/Sharing.h"
#include "python/native/bind/TensorObject.h"
#include "python/native/bind/Types.h"
#include "python/native/graph/Flush.h"
#include "python/native/graph/Frame.h"
#include "python/native/graph/Memory.h"
#include "python/native/graph/Transfer.h"

#include <nanobind/stl/string.h>

namespace nb = nanobind;
using namespace nb::literals;

namespace portico::native {

//===----------------------------------------------------------------------===//
// From NumPy
//===----------------------------------------------------------------------===//

/// An array whose dtype has a counterpart here, in native byte order.
static nb::object nativeArray(nb::handle array, DType &dtype) {
  nb::object type = array.attr("dtype");
  std::string kind = nb::cast<std::string>(type.attr("kind"));
  if (kind == "O")
    raise(ErrorKind::type,
          "[from_numpy] can't convert np.ndarray of type numpy.object_. The only supported types "
          "are: float64, float32, float16, int64, int32, int16, int8, uint8, and bool.; got an "
          "array of Python objects; expected numbers; try .astype(float)");
  auto found = dtypeFromName(nb::cast<std::string>(type.attr("name")));
  if (!found)
    raise(ErrorKind::type,
          "[from_numpy] can't convert np.ndarray of type numpy." +
              nb::cast<std::string>(type.attr("name")) +
              ". The only supported types are: float64, float32, float16, int64, int32, int16, "
              "int8, uint8, and bool.; got " +
              nb::cast<std::string>(nb::str(type)) + "; expected one of these; try .astype(...)");
  dtype = *found;
  if (!nb::cast<bool>(type.attr("isnative")))
    return array.attr("astype")(type.attr("newbyteorder")("="));
  return nb::borrow(array);
}

/// Shape, strides and address of an array.
static void describe(nb::handle array, llvm::SmallVectorImpl<int64_t> &dims,
                     llvm::SmallVectorImpl<int64_t> &byteStrides, char *&data) {
  auto shape = intsFrom(array.attr("shape"), "from_numpy");
  auto strides = intsFrom(array.attr("strides"), "from_numpy");
  dims.assign(shape.begin(), shape.end());
  byteStrides.assign(strides.begin(), strides.end());
  data = reinterpret_cast<char *>(nb::cast<uintptr_t>(array.attr("ctypes").attr("data")));
}

static Tensor copyOf(nb::handle array, DType dtype, DeviceId device) {
  llvm::SmallVector<int64_t, 6> dims, strides;
  char *data;
  describe(array, dims, strides, data);
  TensorSpec spec(dtype, dims);
  Tracked value;
  Buffer buffer = allocate(hostDevice, spec.numElements() * itemSize(dtype));
  copyStrided(buffer.data(), data, dims, strides, itemSize(dtype), false);
  // Where nobody says, it goes where it is used.
  if (device != anywhere)
    buffer = copyTo(buffer, device);
  value.value = Node::leaf(std::move(spec), std::move(buffer), device);
  return Tensor::of(std::move(value));
}

static Tensor fromBuffer(nb::handle array, bool copy, nb::handle dtype, nb::handle device) {
  nb::object numpy = nb::module_::import_("numpy");
  nb::object source = nb::isinstance(array, numpy.attr("ndarray")) ? nb::borrow(array)
                                                                   : numpy.attr("asarray")(array);
  DType type;
  nb::object native = nativeArray(source, type);
  if (!dtype.is_none() && dtypeFrom(dtype) != type) {
    type = dtypeFrom(dtype);
    native = native.attr("astype")(numpyDtype(type));
  }
  DeviceId id = device.is_none() ? anywhere : deviceFrom(device);
  bool shared =
      !copy && native.is(source) && (id == anywhere ? isHost(defaultDevice()) : isHost(id));
  if (!shared)
    return copyOf(native, type, id);

  bool readOnly = !nb::cast<bool>(native.attr("flags").attr("writeable"));
  if (readOnly && PyErr_WarnEx(PyExc_UserWarning,
                               "The given NumPy array is not writable, and portico does not "
                               "support non-writable tensors: writing to this tensor is an error. "
                               "You may want to copy the array before converting it to a tensor.",
                               portico_user_depth()) != 0)
    throw PythonErrorSet();
  llvm::SmallVector<int64_t, 6> dims, strides;
  char *data;
  describe(native, dims, strides, data);
  for (int64_t &stride : strides) {
    if (stride < 0)
      raise(ErrorKind::value,
            "[from_numpy] At least one stride in the given numpy array is negative, and tensors "
            "with negative strides are not currently supported. (You can probably work around "
            "this by making a copy of your array with array.copy().); got a negative stride; "
            "expected none; try array.copy()");
    if (stride % itemSize(type))
      return copyOf(native, type, id); // a field of a record: no stride in elements
    stride /= itemSize(type);
  }
  return importMemory(TensorSpec(type, dims), strides, data, readOnly, native.release().ptr(),
                      hostDevice);
}

//===----------------------------------------------------------------------===//
// To NumPy
//===----------------------------------------------------------------------===//

static nb::object toNumpy(TensorArg x) {
  if (x->requiresGrad())
    raise(ErrorKind::runtime, "[numpy] Can't call numpy() on Tensor that requires grad. Use "
                              "tensor.detach().numpy() instead.; got a tensor with history; "
                              "expected none; try .detach().numpy()");
  auto *memory = new SharedMemory(*x, "numpy");
  nb::object owner = nb::cast(memory, nb::rv_policy::take_ownership);
  DType dtype = x->spec().dtype;
  Geometry geometry = x->geometry();
  nb::object numpy = nb::module_::import_("numpy");
  nb::list shape, strides;
  for (int64_t d : x->spec().dims)
    shape.append(d);
  for (int64_t s : geometry.strides)
    strides.append(s * itemSize(dtype));
  nb::dict interface;
  interface["version"] = 3;
  interface["shape"] = nb::tuple(shape);
  interface["strides"] = nb::tuple(strides);
  interface["data"] = nb::make_tuple(reinterpret_cast<uintptr_t>(memory->data()) +
                                         geometry.offset * itemSize(dtype),
                                     memory->readOnly());
  // NumPy keeps alive what it got the interface from. bfloat16 has no letter in the array
  // interface: its bits go as integers.
  nb::object type = numpyDtype(dtype);
  bool viaBits = dtype == DType::BF16;
  interface["typestr"] = viaBits ? nb::object(nb::str("<u2")) : nb::object(type.attr("str"));
  owner.attr("__array_interface__") = interface;
  nb::object array = numpy.attr("asarray")(owner);
  return viaBits ? array.attr("view")(type) : array;
}

void bindMemory(nb::module_ &m) {
  bindSharing(m);
  m.def("from_buffer", &fromBuffer, "array"_a, "copy"_a = true, "dtype"_a = nb::none(),
        "device"_a = nb::none(),
        "A tensor from a NumPy array; without `copy` both are the same memory.");
  method(
      "numpy",
      [](TensorArg x, bool force) -> nb::object {
        if (!force)
          return toNumpy(x);
        Tensor plain = x->detach();
        if (!isHost(x->device()))
          plain = Tensor::of({moved(x->read().value, hostDevice), {}, nullptr});
        nb::object owner = nb::steal(wrap(std::move(plain)));
        return toNumpy({owner.ptr()});
      },
      nb::kw_only(), "force"_a = false,
      R"(A NumPy array over the tensor's memory; `force` detaches first.

Raises RuntimeError for a tensor that requires a gradient.

>>> pt.ones(2).numpy()
array([1., 1.], dtype=float32))");
  method(
      "item", [](TensorArg x) { return nb::steal(item(*x)); },
      R"(The only element as a Python number; raises RuntimeError if there are others.

>>> pt.tensor([2.5]).item()
2.5)");
  method(
      "tolist", [](TensorArg x) { return nb::steal(toList(*x)); },
      R"(The elements as nested lists of Python numbers.

>>> pt.tensor([[1, 2], [3, 4]]).tolist()
[[1, 2], [3, 4]])");
  method(
      "data_ptr",
      [](TensorArg x) {
        Geometry geometry = x->geometry();
        if (x->storage->external)
          return reinterpret_cast<uintptr_t>(x->storage->external->data) +
                 geometry.offset * itemSize(x->spec().dtype);
        Ref<Node> value = x->storage->value;
        evaluate(value.get(), "data_ptr");
        return reinterpret_cast<uintptr_t>(value->value.data()) +
               geometry.offset * itemSize(x->spec().dtype);
      },
      R"(The address of the first element; views of one memory differ by their offsets.

>>> x = pt.ones(4)
>>> x[1:].data_ptr() - x.data_ptr()
4)");
}

} // namespace portico::native
