//===- DLPack.cpp - exchanging memory with other libraries -----------------===//

#include "python/native/bind/Bindings.h"
#include "python/native/bind/Sharing.h"
#include "python/native/bind/TensorObject.h"
#include "python/native/bind/Types.h"
#include "python/native/graph/Flush.h"

namespace nb = nanobind;
using namespace nb::literals;

namespace portico::native {

//===----------------------------------------------------------------------===//
// The structs of DLPack 0.8, which every consumer still takes
//===----------------------------------------------------------------------===//

namespace {
struct DLDevice {
  int32_t type; // 1: host memory
  int32_t id;
};
struct DLDataType {
  uint8_t code; // 0 int, 1 uint, 2 float, 4 bfloat, 6 bool
  uint8_t bits;
  uint16_t lanes;
};
struct DLTensor {
  void *data;
  DLDevice device;
  int32_t ndim;
  DLDataType dtype;
  int64_t *shape;
  int64_t *strides;
  uint64_t byteOffset;
};
struct DLManagedTensor {
  DLTensor tensor;
  void *context;
  void (*deleter)(DLManagedTensor *);
};
/// What an exported capsule owns.
struct Export {
  Export(Tensor &tensor) : memory(tensor, "dlpack") {}
  DLManagedTensor managed;
  SharedMemory memory;
  llvm::SmallVector<int64_t, 6> shape, strides;
};
} // namespace

constexpr int32_t hostMemory = 1;
constexpr int32_t otherMemory = 12; // an extension device: nobody else can read it

static DLDataType toDLPack(DType dtype) {
  uint8_t bits = itemSize(dtype) * 8;
  if (dtype == DType::Bool)
    return {6, bits, 1};
  if (dtype == DType::BF16)
    return {4, bits, 1};
  if (isFloat(dtype))
    return {2, bits, 1};
  return {uint8_t(dtype == DType::U8 ? 1 : 0), bits, 1};
}

static DType fromDLPack(DLDataType type) {
  for (unsigned i = 0; i < numDTypes; ++i) {
    DLDataType ours = toDLPack(static_cast<DType>(i));
    if (ours.code == type.code && ours.bits == type.bits && type.lanes == 1)
      return static_cast<DType>(i);
  }
  raise(ErrorKind::type, "[from_dlpack] unsupported dtype; got code " + std::to_string(type.code) +
                             " with " + std::to_string(type.bits) +
                             " bits; expected a dtype of portico");
}

//===----------------------------------------------------------------------===//
// Out
//===----------------------------------------------------------------------===//

static void deleteExport(DLManagedTensor *managed) {
  // The consumer may drop it from a thread that does not hold the GIL.
  nb::gil_scoped_acquire gil;
  delete static_cast<Export *>(managed->context);
}

static void deleteCapsule(PyObject *capsule) {
  // A consumed capsule has another name and its memory another owner.
  if (auto *managed = static_cast<DLManagedTensor *>(PyCapsule_GetPointer(capsule, "dltensor")))
    managed->deleter(managed);
  else
    PyErr_Clear();
}

static nb::object toCapsule(TensorArg x) {
  if (x->requiresGrad())
    raise(ErrorKind::runtime,
          "[dlpack] Can't export tensors that require gradient, use tensor.detach(); got a tensor "
          "with history; expected none; try .detach()");
  auto *exported = new Export(*x);
  Geometry geometry = x->geometry();
  exported->shape.assign(x->spec().dims.begin(), x->spec().dims.end());
  exported->strides.assign(geometry.strides.begin(), geometry.strides.end());
  DLTensor &tensor = exported->managed.tensor;
  tensor.data = exported->memory.data() + geometry.offset * itemSize(x->spec().dtype);
  tensor.device = {hostMemory, 0};
  tensor.ndim = exported->shape.size();
  tensor.dtype = toDLPack(x->spec().dtype);
  tensor.shape = exported->shape.data();
  tensor.strides = exported->strides.data();
  tensor.byteOffset = 0;
  exported->managed.context = exported;
  exported->managed.deleter = deleteExport;
  return nb::steal(PyCapsule_New(&exported->managed, "dltensor", deleteCapsule));
}

//===----------------------------------------------------------------------===//
// In
//===----------------------------------------------------------------------===//

static void deleteImport(PyObject *capsule) {
  auto *managed = static_cast<DLManagedTensor *>(PyCapsule_GetPointer(capsule, "used_dltensor"));
  if (managed && managed->deleter)
    managed->deleter(managed);
}

static Tensor fromCapsule(nb::handle source) {
  nb::object capsule =
      PyCapsule_CheckExact(source.ptr()) ? nb::borrow(source) : source.attr("__dlpack__")();
  auto *managed = static_cast<DLManagedTensor *>(PyCapsule_GetPointer(capsule.ptr(), "dltensor"));
  if (!managed)
    throw PythonErrorSet();
  const DLTensor &tensor = managed->tensor;
  if (tensor.device.type != hostMemory)
    raise(ErrorKind::runtime, "[from_dlpack] memory of another device; got device type " +
                                  std::to_string(tensor.device.type) +
                                  "; expected host memory; try moving it there first");
  TensorSpec spec(fromDLPack(tensor.dtype), llvm::ArrayRef<int64_t>(tensor.shape, tensor.ndim));
  auto strides = contiguousStrides(spec.dims);
  if (tensor.strides)
    strides.assign(tensor.strides, tensor.strides + tensor.ndim);
  for (int64_t stride : strides)
    if (stride < 0)
      raise(ErrorKind::value, "[from_dlpack] negative strides are not supported; got one; expected "
                              "none; try a copy");
  // From here on the memory is ours to give back.
  PyCapsule_SetName(capsule.ptr(), "used_dltensor");
  PyObject *owner = PyCapsule_New(managed, "used_dltensor", deleteImport);
  PyCapsule_SetDestructor(capsule.ptr(), nullptr);
  return importMemory(std::move(spec), strides,
                      static_cast<char *>(tensor.data) + tensor.byteOffset, false, owner, 0);
}

void bindDLPack(nb::module_ &m) {
  method("__dlpack__", [](TensorArg x, nb::kwargs) { return toCapsule(x); });
  method("__dlpack_device__", [](TensorArg x) {
    return nb::make_tuple(isHost(x->device()) ? hostMemory : otherMemory,
                          deviceEntry(x->device()).ordinal);
  });
  m.def("from_dlpack", &fromCapsule, "A tensor over the memory of another library's array.");
}

} // namespace portico::native
