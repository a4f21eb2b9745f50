//===- TensorObject.cpp - the Python object of a tensor --------------------===//

#include "python/native/bind/TensorObject.h"
#include "python/native/bind/Bindings.h"
#include "python/native/graph/Flush.h"
#include "python/native/graph/StableApi.h"

#include <structmember.h>

namespace nb = nanobind;

namespace portico::native {

PyTypeObject *tensorType = nullptr;

//===----------------------------------------------------------------------===//
// Life
//===----------------------------------------------------------------------===//

PyObject *wrap(Tensor tensor, PyTypeObject *type) {
  TensorObject *object;
  if (type == tensorType) {
    // Not tracked by the collector until it has a __dict__: a tensor without one
    // cannot be part of a cycle.
    object = PyObject_GC_New(TensorObject, type);
    if (!object)
      return nullptr;
    object->head.dict = nullptr;
    object->head.weakrefs = nullptr;
  } else {
    object = reinterpret_cast<TensorObject *>(allocateObject(type, 0));
    if (!object)
      return nullptr;
  }
  new (&object->tensor) Tensor(std::move(tensor));
  return reinterpret_cast<PyObject *>(object);
}

PyObject *wrap(Tracked value) {
  Node *node = value.value.get();
  PyObject *object = wrap(Tensor::of(std::move(value)));
  if (!object)
    throw PythonErrorSet();
  try {
    recorded(node);
  } catch (...) {
    Py_DECREF(object);
    throw;
  }
  return object;
}

void runAtOnce(llvm::ArrayRef<Tracked> results) {
  llvm::SmallVector<Node *, 2> nodes;
  for (const Tracked &result : results)
    nodes.push_back(result.value.get());
  evaluate(nodes, "an op on memory shared with the outside");
}

void recordedWrite(Tensor &tensor) { recorded(tensor.storage->value.get()); }

/// `Tensor()` is an empty tensor; subclasses and the library give it contents.
static PyObject *newTensor(PyTypeObject *type, PyObject *, PyObject *) {
  return guarded([&] {
    Buffer buffer = allocate(0, 0);
    Tensor tensor;
    tensor.storage = Storage::create(Node::leaf(TensorSpec(DType::F32, {0}), buffer, 0));
    PyObject *object = allocateObject(type, 0);
    if (!object)
      throw PythonErrorSet();
    new (&reinterpret_cast<TensorObject *>(object)->tensor) Tensor(std::move(tensor));
    return object;
  });
}

// What a constructor's arguments mean is for the library to say.
static int initTensor(PyObject *, PyObject *, PyObject *) { return 0; }

static void deallocTensor(PyObject *self) {
  PyTypeObject *type = Py_TYPE(self);
  auto *object = reinterpret_cast<TensorObject *>(self);
  PyObject_GC_UnTrack(self);
  if (object->head.weakrefs)
    PyObject_ClearWeakRefs(self);
  Py_CLEAR(object->head.dict);
  object->tensor.~Tensor();
  freeObject(type, self);
  Py_DECREF(type);
}

/// The tape node of a leaf, where this object alone keeps it: then the hooks on it
/// belong to this object as far as the collector is concerned.
static TapeNode *ownLeafNode(PyObject *self) {
  Group *group = tensorOf(self).group.get();
  if (!group || group->refs != 1 || !group->edge || group->edge.node->refs != 1)
    return nullptr;
  return group->edge.node.get();
}

static int traverseTensor(PyObject *self, visitproc visit, void *arg) {
  Py_VISIT(Py_TYPE(self));
  Py_VISIT(reinterpret_cast<TensorObject *>(self)->head.dict);
  if (TapeNode *node = ownLeafNode(self)) {
    for (ResultHooks &result : node->resultHooks)
      for (Hook &hook : result.hooks)
        Py_VISIT(hook.callable);
    for (Hook &hook : node->postHooks)
      Py_VISIT(hook.callable);
  }
  return 0;
}

static int clearTensor(PyObject *self) {
  if (TapeNode *node = ownLeafNode(self)) {
    auto results = std::move(node->resultHooks);
    auto post = std::move(node->postHooks);
    node->resultHooks.clear();
    node->postHooks.clear();
    for (ResultHooks &result : results)
      for (Hook &hook : result.hooks)
        Py_DECREF(hook.callable);
    for (Hook &hook : post)
      Py_DECREF(hook.callable);
  }
  Py_CLEAR(reinterpret_cast<TensorObject *>(self)->head.dict);
  return 0;
}

static int setAttribute(PyObject *self, PyObject *name, PyObject *value) {
  int result = PyObject_GenericSetAttr(self, name, value);
  if (reinterpret_cast<TensorObject *>(self)->head.dict && !PyObject_GC_IsTracked(self))
    PyObject_GC_Track(self);
  return result;
}

static Py_hash_t hashTensor(PyObject *self) {
  // By identity; rotated because the low bits of an address are zero.
  size_t address = reinterpret_cast<size_t>(self);
  Py_hash_t hash = static_cast<Py_hash_t>(address >> 4 | address << (8 * sizeof(size_t) - 4));
  return hash == -1 ? -2 : hash;
}

//===----------------------------------------------------------------------===//
// Errors
//===----------------------------------------------------------------------===//

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
  case ErrorKind::notImplemented:
    return "PorticoNotImplementedError";
  case ErrorKind::mlir:
    return "MlirError";
  case ErrorKind::memory:
    return "OutOfMemoryError";
  case ErrorKind::internal:
    return "InternalError";
  }
  return "InternalError";
}

static void setError(ErrorKind kind, const char *message) {
  // Imported on use: an error is rare, and errors.py must not be needed to load `_core`.
  PyObject *module = PyImport_ImportModule("portico.errors");
  PyObject *type = module ? PyObject_GetAttrString(module, className(kind)) : nullptr;
  if (type)
    PyErr_SetString(type, message);
  Py_XDECREF(type);
  Py_XDECREF(module);
}

PyObject *setPythonError() noexcept {
  try {
    throw;
  } catch (const Failure &failure) {
    setError(failure.kind, failure.what());
  } catch (const PythonErrorSet &) {
  } catch (nb::python_error &error) {
    error.restore();
  } catch (const std::bad_alloc &) {
    PyErr_NoMemory();
  } catch (const std::exception &error) {
    setError(ErrorKind::internal, error.what());
  }
  return nullptr;
}

void property(const char *name, getter get, setter set) {
  // The type keeps pointers to its definitions for as long as the process lives.
  auto *definition = new PyGetSetDef{name, get, set, nullptr, nullptr};
  PyObject *descriptor = PyDescr_NewGetSet(tensorType, definition);
  PyObject_SetAttrString(reinterpret_cast<PyObject *>(tensorType), name, descriptor);
  Py_DECREF(descriptor);
}

//===----------------------------------------------------------------------===//
// The type
//===----------------------------------------------------------------------===//

void bindTensorType(nb::module_ &m) {
  nb::register_exception_translator(
      [](const std::exception_ptr &pointer, void *) {
        try {
          std::rethrow_exception(pointer);
        } catch (const Failure &failure) {
          setError(failure.kind, failure.what());
        } catch (const PythonErrorSet &) {
        }
      },
      nullptr);

  static PyMemberDef members[] = {
      {"__dictoffset__", T_PYSSIZET, offsetof(TensorHead, dict), READONLY, nullptr},
      {"__weaklistoffset__", T_PYSSIZET, offsetof(TensorHead, weakrefs), READONLY, nullptr},
      {nullptr, 0, 0, 0, nullptr}};
  static PyGetSetDef attributes[] = {
      {"__dict__", PyObject_GenericGetDict, PyObject_GenericSetDict, nullptr, nullptr},
      {nullptr, nullptr, nullptr, nullptr, nullptr}};
  std::vector<PyType_Slot> slots = {
      {Py_tp_new, reinterpret_cast<void *>(newTensor)},
      {Py_tp_init, reinterpret_cast<void *>(initTensor)},
      {Py_tp_dealloc, reinterpret_cast<void *>(deallocTensor)},
      {Py_tp_traverse, reinterpret_cast<void *>(traverseTensor)},
      {Py_tp_clear, reinterpret_cast<void *>(clearTensor)},
      {Py_tp_setattro, reinterpret_cast<void *>(setAttribute)},
      {Py_tp_hash, reinterpret_cast<void *>(hashTensor)},
      {Py_tp_members, members},
      {Py_tp_getset, attributes},
      {Py_tp_doc, const_cast<char *>(R"(An array of numbers of one dtype on one device.

Its operations are recorded, differentiated and compiled. `pt.tensor` and its relatives make
tensors; `Tensor(data)` and `Tensor(size, ..)` do so in the default dtype.

>>> pt.Tensor([1, 2])
tensor([1., 2.])
)")},
  };
  addArithmeticSlots(slots);
  addConversionSlots(slots);
  slots.push_back({0, nullptr});
  PyType_Spec spec = {"portico.Tensor", sizeof(TensorObject), 0,
                      Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC, slots.data()};
  PyObject *type = PyType_FromSpec(&spec);
  if (!type)
    nb::raise_python_error();
  tensorType = reinterpret_cast<PyTypeObject *>(type);
  m.attr("Tensor") = nb::borrow(type);
}

} // namespace portico::native
