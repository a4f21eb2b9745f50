//===- Module.cpp - the module `_core` -------------------------------------===//

#include "python/native/bind/Bindings.h"

NB_MODULE(_core, m) {
  m.doc() = "The native part of portico: tensors, tape, compiler and runtime.";
  // Objects may outlive the interpreter's shutdown order; that is no leak of ours.
  nanobind::set_leak_warnings(false);
  portico::native::bindIr(m);
}
