//===- Sharing.cpp - memory that both sides see ----------------------------===//

#include "python/native/bind/Sharing.h"
#include "python/native/graph/Failure.h"
#include "python/native/graph/Flush.h"
#include "python/native/graph/Memory.h"
#include "python/native/graph/Transfer.h"

namespace nb = nanobind;

namespace portico::native {

Tensor importMemory(TensorSpec spec, llvm::ArrayRef<int64_t> strides, char *data, bool readOnly,
                    PyObject *owner, DeviceId device) {
  Tensor tensor;
  bool strided = !isContiguous(spec.dims, strides);
  // The node only says what is there: reads of external memory never use it.
  tensor.storage = Storage::create(Node::leaf(std::move(spec), Buffer(), device));
  tensor.storage->external = std::make_unique<External>();
  External &external = *tensor.storage->external;
  external.data = data;
  external.owner = owner;
  external.readOnly = readOnly;
  if (strided) {
    tensor.view = std::make_unique<ViewState>();
    tensor.view->geometry.strides.assign(strides.begin(), strides.end());
  }
  return tensor;
}

/// Makes a storage external whose value is its own and complete.
static void makeExternal(Storage &storage, const Node &value, DeviceId device) {
  Buffer buffer = value.value;
  uint64_t bytes = value.byteCount();
  // Somebody else who holds this value must not see what the outside writes.
  bool alone = value.refs == 2 && buffer.references() == 2; // ours and the storage's
  if (!alone) {
    Buffer copy = allocate(device, bytes);
    readBuffer(buffer, copy.data(), bytes);
    buffer = std::move(copy);
  }
  storage.external = std::make_unique<External>();
  storage.external->data = buffer.data();
  storage.external->buffer = std::move(buffer);
  storage.setValue(Node::leaf(value.spec, Buffer(), device));
  ++storage.generation;
}

SharedMemory::SharedMemory(Tensor &tensor, const char *why) : storage(tensor.storage) {
  if (!storage->external && !isHost(tensor.device()))
    raise(ErrorKind::type, std::string("[") + why + "] can't convert " +
                               deviceName(tensor.device()) +
                               " device type tensor to numpy. Use Tensor.cpu() to copy the tensor "
                               "to host memory first.; got " +
                               deviceName(tensor.device()) + "; expected host memory; try .cpu()");
  // While a value is made, other threads may share the storage or write to it.
  while (!storage->external) {
    Ref<Node> value = storage->value;
    evaluate(value.get(), why);
    if (storage->external || storage->value.get() != value.get())
      continue;
    if (tensor.view)
      tensor.view->cached = nullptr; // may be the value itself
    makeExternal(*storage, *value, tensor.device());
  }
  ++storage->external->exports;
}

SharedMemory::~SharedMemory() {
  if (--storage->external->exports > 0 || storage->external->owner)
    return;
  // Nobody outside sees the memory any more: it is a value again.
  const Node &old = *storage->value;
  Ref<Node> value = Node::leaf(old.spec, storage->external->buffer, old.device);
  storage->external = nullptr;
  storage->setValue(std::move(value));
  ++storage->generation;
}

void bindSharing(nb::module_ &m) {
  nb::class_<SharedMemory>(m, "_SharedMemory", nb::dynamic_attr(),
                           "Keeps a tensor's memory shared while an array uses it.");
}

} // namespace portico::native
