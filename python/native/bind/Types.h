//===- Types.h - pt.dtype, pt.device, pt.Size ------------------------------===//

#ifndef PORTICO_NATIVE_BIND_TYPES_H
#define PORTICO_NATIVE_BIND_TYPES_H

#include "python/native/graph/Device.h"

#include "dialects/portico/IR/TensorSpec.h"

#include <nanobind/nanobind.h>

namespace portico::native {

/// The one Python object of a dtype (borrowed).
PyObject *dtypeObject(DType dtype);
/// From a dtype, its name, or Python's bool, int and float. Throws Failure.
DType dtypeFrom(nanobind::handle object);
/// A new `pt.Size`.
PyObject *sizeObject(llvm::ArrayRef<int64_t> dims);
/// Integers from a sequence of them, or from one. Throws Failure.
llvm::SmallVector<int64_t, 6> intsFrom(nanobind::handle object, const char *what);
/// From None (the default), a device, or a device string. Throws Failure.
DeviceId deviceFrom(nanobind::handle object);
/// Looks outside this build for the target that a device string names; whether it was found.
bool findTargetOf(const std::string &device);
PyObject *deviceObject(DeviceId id);
/// What floats are when nobody says: float32 unless set.
DType &defaultDtype();
/// NumPy's dtype of the same name; bfloat16 is that of ml_dtypes.
nanobind::object numpyDtype(DType dtype);

} // namespace portico::native

#endif // PORTICO_NATIVE_BIND_TYPES_H
