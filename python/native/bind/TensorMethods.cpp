//===- TensorMethods.cpp - properties, views and writes of a tensor --------===//

#include "python/native/bind/Bindings.h"
#include "python/native/bind/TensorObject.h"
#include "python/native/bind/Types.h"
#include "python/native/graph/Flush.h"
#include "python/native/graph/Transfer.h"

#include <nanobind/stl/string.h>

namespace nb = nanobind;
using namespace nb::literals;

namespace portico::native {

//===----------------------------------------------------------------------===//
// Properties
//===----------------------------------------------------------------------===//

static PyObject *getShape(PyObject *self, void *) {
  return guarded([&] { return sizeObject(tensorOf(self).spec().dims); });
}
static PyObject *getDtype(PyObject *self, void *) {
  return Py_NewRef(dtypeObject(tensorOf(self).spec().dtype));
}
static PyObject *getDevice(PyObject *self, void *) {
  return guarded([&] { return deviceObject(tensorOf(self).device()); });
}
static PyObject *getNdim(PyObject *self, void *) {
  return PyLong_FromLongLong(tensorOf(self).spec().rank());
}
static PyObject *getVersion(PyObject *self, void *) {
  return PyLong_FromUnsignedLong(tensorOf(self).storage->version);
}
static PyObject *getBase(PyObject *self, void *) {
  return guarded([&]() -> PyObject * {
    Tensor &tensor = tensorOf(self);
    if (!tensor.step() || tensor.isGroupBase())
      Py_RETURN_NONE;
    return wrap(tensor.groupBase());
  });
}
static PyObject *getData(PyObject *self, void *) {
  return guarded([&] {
    Tensor data = tensorOf(self).detach();
    data.uncounted = true; // as PyTorch: writes to .data are nobody's business
    return wrap(std::move(data));
  });
}
static PyObject *getIsView(PyObject *self, void *) {
  return PyBool_FromLong(tensorOf(self).step() != nullptr);
}

//===----------------------------------------------------------------------===//
// Views
//===----------------------------------------------------------------------===//

static llvm::SmallVector<int64_t, 16> arrays(std::initializer_list<llvm::ArrayRef<int64_t>> list) {
  llvm::SmallVector<int64_t, 16> attrs;
  for (llvm::ArrayRef<int64_t> array : list) {
    attrs.push_back(array.size());
    attrs.append(array.begin(), array.end());
  }
  return attrs;
}

static Tensor viewReshape(TensorArg x, nb::handle sizes) {
  return x->viewBy(OpKind::reshape, arrays({intsFrom(sizes, "view")}));
}
static Tensor viewPermute(TensorArg x, nb::handle dims) {
  return x->viewBy(OpKind::permute, arrays({intsFrom(dims, "permute")}));
}
static Tensor viewSlice(TensorArg x, nb::handle starts, nb::handle limits, nb::handle strides) {
  return x->viewBy(OpKind::slice, arrays({intsFrom(starts, "slice"), intsFrom(limits, "slice"),
                                          intsFrom(strides, "slice")}));
}
static Tensor viewExpand(TensorArg x, nb::handle sizes) {
  auto dims = intsFrom(sizes, "expand");
  size_t rank = x->spec().rank();
  if (dims.size() < rank)
    raise(ErrorKind::runtime,
          "[expand] the number of sizes provided (" + std::to_string(dims.size()) +
              ") must be greater or equal to the number of dimensions in the tensor (" +
              std::to_string(rank) + "); got " + toString(dims) + "; expected at least as many");
  llvm::SmallVector<int64_t, 6> mapping;
  for (size_t i = 0; i < rank; ++i) {
    size_t at = dims.size() - rank + i;
    if (dims[at] == -1)
      dims[at] = x->spec().dims[i];
    else if (dims[at] != x->spec().dims[i] && x->spec().dims[i] != 1)
      raise(ErrorKind::runtime,
            "[expand] The expanded size of the tensor (" + std::to_string(dims[at]) +
                ") must match the existing size (" + std::to_string(x->spec().dims[i]) +
                ") at non-singleton dimension " + std::to_string(at) + ".; got target sizes " +
                toString(dims) + " for a tensor of size " + toString(x->spec().dims) +
                "; expected a size of 1 where they differ");
    mapping.push_back(at);
  }
  return x->viewBy(OpKind::broadcast, arrays({dims, mapping}));
}
static Tensor viewBitcast(TensorArg x, nb::handle dtype) {
  return x->viewBy(OpKind::bitcast, int64_t(dtypeFrom(dtype)));
}
static Tensor viewAt(TensorArg x, nb::handle sizes, nb::handle strides, int64_t offset) {
  auto dims = intsFrom(sizes, "as_strided"), steps = intsFrom(strides, "as_strided");
  return x->viewAt(dims, {{steps.begin(), steps.end()}, offset});
}
static Tensor viewWindows(TensorArg x, int64_t dim, int64_t size, int64_t step) {
  return x->windows(dim, size, step);
}
static bool canView(TensorArg x, nb::handle sizes) {
  llvm::SmallVector<int64_t, 6> strides;
  return reshapeStrides(x->spec().dims, x->geometry().strides, intsFrom(sizes, "view"), strides);
}

//===----------------------------------------------------------------------===//
// Writes
//===----------------------------------------------------------------------===//

static void assign(TensorArg self, TensorArg value) {
  const TensorSpec &to = self->spec(), &from = value->spec();
  if (to != from)
    raise(ErrorKind::runtime, "[assign] value of another type; got " + toString(from) +
                                  "; expected " + toString(to) + "; try .to(dtype).expand(sizes)");
  Tracked next = value->read();
  if (value->device() != self->device() && next.value->device != anywhere)
    next.value = moved(std::move(next.value), self->device());
  self->assign(std::move(next));
  recordedWrite(*self);
}

/// `t.data = other`: takes over memory and shape, keeps identity, gradient and
/// whether it requires one.
static void setData(TensorArg self, TensorArg other) {
  bool requires_ = self->requiresGrad();
  if (requires_ && !self->group->isLeaf())
    raise(ErrorKind::runtime, "[data] cannot set the data of a computed tensor; got one with a "
                              "grad_fn; expected a leaf; try .detach()");
  Tensor data = other->detach();
  if (requires_ && !isFloat(data.spec().dtype))
    raise(ErrorKind::runtime, std::string("[data] a tensor that requires grad needs floats; got ") +
                                  name(data.spec().dtype));
  self->storage = data.storage;
  self->view = std::move(data.view);
  if (self->group) {
    self->group->base = self->view ? self->view->step : nullptr;
    ++self->group->edgeVersion;
    if (requires_) {
      self->group->edge.node->results[0] = self->spec();
      self->group->edge.node->device = self->device();
    }
  }
}

/// A tensor of a subclass over the memory of `data`, a leaf.
static nb::object makeSubclass(nb::handle type, TensorArg data, bool requiresGrad) {
  if (!PyType_Check(type.ptr()) ||
      !PyType_IsSubtype(reinterpret_cast<PyTypeObject *>(type.ptr()), tensorType))
    raise(ErrorKind::type, "[make_subclass] not a subclass of Tensor");
  Tensor tensor = data->detach();
  PyObject *object = wrap(std::move(tensor), reinterpret_cast<PyTypeObject *>(type.ptr()));
  if (!object)
    throw PythonErrorSet();
  nb::object owner = nb::steal(object);
  tensorOf(object).setRequiresGrad(requiresGrad);
  return owner;
}

static void bindProperties() {
  property("shape", getShape, nullptr);
  property("dtype", getDtype, nullptr);
  property("device", getDevice, nullptr);
  property("ndim", getNdim, nullptr);
  property("_version", getVersion, nullptr);
  property("_base", getBase, nullptr);
  property("_is_view", getIsView, nullptr);
  property("data", getData, [](PyObject *self, PyObject *value, void *) {
    if (!value || !isTensor(value)) {
      PyErr_SetString(PyExc_TypeError, "[data] not a tensor; expected a tensor");
      return -1;
    }
    return guarded([&] {
      setData({self}, {value});
      return Py_None;
    })
               ? 0
               : -1;
  });
}

/// A dimension that the caller named, counted from the front.
static size_t dimensionFrom(nb::handle dim, const char *op, int64_t rank) {
  auto given = intsFrom(dim, op);
  if (given.size() != 1)
    raise(ErrorKind::type, std::string("[") + op + "] not a dimension; got " +
                               std::to_string(given.size()) + " of them; expected an int");
  int64_t d = given[0];
  if (d < -rank || d >= rank)
    raise(ErrorKind::index, std::string("[") + op +
                                "] Dimension out of range (expected to be in range of [" +
                                std::to_string(-rank) + ", " + std::to_string(rank - 1) +
                                "], but got " + std::to_string(d) + "); got " + std::to_string(d) +
                                "; expected a dimension of the tensor");
  return d < 0 ? d + rank : d;
}

void bindTensorMethods(nb::module_ &m) {
  bindProperties();
  method(
      "size",
      [](TensorArg x, nb::handle dim) -> nb::object {
        if (dim.is_none())
          return nb::steal(sizeObject(x->spec().dims));
        return nb::int_(x->spec().dims[dimensionFrom(dim, "size", x->spec().rank())]);
      },
      "dim"_a = nb::none(), R"(The shape, or one of its sizes.

Raises:
    IndexError: a dimension out of range.

>>> pt.ones(2, 3).size(), pt.ones(2, 3).size(-1)
(portico.Size([2, 3]), 3))");
  method("dim", [](TensorArg x) { return x->spec().rank(); }, R"(The number of dimensions.

>>> pt.ones(2, 3).dim()
2)");
  method("numel", [](TensorArg x) { return x->spec().numElements(); }, R"(The number of elements.

>>> pt.ones(2, 3).numel()
6)");
  method(
      "element_size", [](TensorArg x) { return itemSize(x->spec().dtype); },
      R"(The bytes of one element.

>>> pt.ones(2).element_size()
4)");
  method(
      "stride",
      [](TensorArg x, nb::handle dim) -> nb::object {
        Geometry geometry = x->geometry();
        if (!dim.is_none())
          return nb::int_(geometry.strides[dimensionFrom(dim, "stride", x->spec().rank())]);
        nb::list list;
        for (int64_t stride : geometry.strides)
          list.append(stride);
        return nb::tuple(list);
      },
      "dim"_a = nb::none(), R"(How many elements apart neighbours are in memory, by dimension.

Raises:
    IndexError: a dimension out of range.

>>> pt.ones(2, 3).stride(), pt.ones(2, 3).T.stride()
((3, 1), (1, 3)))");
  method(
      "storage_offset", [](TensorArg x) { return x->geometry().offset; },
      R"(Where in its memory the first element is, in elements.

>>> pt.arange(5)[2:].storage_offset()
2)");
  method(
      "is_contiguous", [](TensorArg x) { return x->contiguous(); },
      R"(Whether elements are in row-major order in memory.

>>> pt.ones(2, 3).T.is_contiguous()
False)");
  method("_shares_storage", [](TensorArg x, TensorArg y) { return x->storage == y->storage; });
  method("_view_reshape", &viewReshape);
  method("_view_permute", &viewPermute);
  method("_view_slice", &viewSlice);
  method("_view_expand", &viewExpand);
  method("_view_bitcast", &viewBitcast);
  method("_view_at", &viewAt);
  method("_view_windows", &viewWindows);
  method("_can_view", &canView);
  method("_assign", &assign);
  method("_set_data", &setData);
  method("detach", [](TensorArg x) { return x->detach(); }, R"(The same elements off the tape.

>>> (pt.ones(2, requires_grad=True) * 2).detach().requires_grad
False)");
  method("_detach_in_place", [](TensorArg x) {
    if (x->view && x->view->step)
      raise(ErrorKind::runtime,
            "[detach_] Can't detach views in-place. Use detach() instead; got a "
            "view; expected a tensor of its own; try .detach()");
    Ref<GradSlot> slot = x->slot;
    *x = x->detach();
    x->slot = slot;
  });
  method(
      "ir",
      [](TensorArg x, bool locations) {
        Tracked value = x->read();
        return pendingIr(value.value.get(), locations);
      },
      "locations"_a = true,
      R"(The pending program behind this tensor, as portico MLIR, with the lines that asked for it.

>>> print((pt.ones(2) + pt.ones(2)).ir(locations=False).count("portico.add"))
1)");
  m.def("make_subclass", &makeSubclass, "type"_a, "data"_a, "requires_grad"_a = false);
}

} // namespace portico::native
