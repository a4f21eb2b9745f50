//===- Bindings.h - the parts the module is made of ------------------------===//

#ifndef PORTICO_NATIVE_BIND_BINDINGS_H
#define PORTICO_NATIVE_BIND_BINDINGS_H

#include <nanobind/nanobind.h>

namespace portico::native {

void bindIr(nanobind::module_ &m);

} // namespace portico::native

#endif // PORTICO_NATIVE_BIND_BINDINGS_H
