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

/// Makes the tensor's storage external and returns its first byte. Whoever saw
/// the value before keeps seeing that value.
char *exportMemory(Tensor &tensor, const char *why);
/// Call after `exportMemory`, once per consumer: the storage stays external until
/// `releaseExport` has been called as often.
void retainExport(Storage &storage);
void releaseExport(Storage &storage);
/// An object that holds one such export.
nanobind::object exportOwner(Tensor &tensor);

void bindSharing(nanobind::module_ &m);

} // namespace portico::native

#endif // PORTICO_NATIVE_BIND_SHARING_H
