//===- Conversions.h - tensors as Python values ----------------------------===//

#ifndef PORTICO_NATIVE_BIND_CONVERSIONS_H
#define PORTICO_NATIVE_BIND_CONVERSIONS_H

#include "python/native/graph/Tensor.h"

namespace portico::native {

/// The tensor's value, evaluated; a scalar stays what it is.
Ref<Node> hostValue(Tensor &tensor, const char *why);
/// New references.
PyObject *item(Tensor &tensor);
PyObject *toList(Tensor &tensor);

} // namespace portico::native

#endif // PORTICO_NATIVE_BIND_CONVERSIONS_H
