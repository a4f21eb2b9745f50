//===- Sharing.h - memory that both sides see ------------------------------===//

#ifndef PORTICO_NATIVE_BIND_SHARING_H
#define PORTICO_NATIVE_BIND_SHARING_H

#include "python/native/graph/Tensor.h"

#include <nanobind/nanobind.h>

namespace portico::native {

/// A tensor over memory that `owner` (a stolen reference) keeps alive. Strides
/// are in elements.
Tensor importMemory(TensorSpec spec, llvm::ArrayRef<int64_t> strides, char *data, bool readOnly,
                    PyObject *owner, DeviceId device);

/// One consumer's hold on a tensor's memory: the storage is external until the last is gone.
/// Whoever saw the value before keeps seeing that value. `why` is for `explain()`.
class SharedMemory {
public:
  SharedMemory(Tensor &tensor, const char *why);
  ~SharedMemory();
  SharedMemory(const SharedMemory &) = delete;

  char *data() const { return storage->external->data; }
  bool readOnly() const { return storage->external->readOnly; }

private:
  Ref<Storage> storage;
};

void bindSharing(nanobind::module_ &m);

} // namespace portico::native

#endif // PORTICO_NATIVE_BIND_SHARING_H
