//===- Module.cpp - the module `_core` -------------------------------------===//

#include "python/native/bind/Bindings.h"
#include "python/native/graph/Frame.h"

#include "targets/Drivers.h"

#include <dlfcn.h>
#include <string>

namespace nb = nanobind;

/// Code below the package's folder, where this library lies too, is ours; all
/// other code is the user's.
static void findPackageFolder() {
  Dl_info info;
  if (!dladdr(reinterpret_cast<void *>(&findPackageFolder), &info) || !info.dli_fname)
    return;
  std::string path = info.dli_fname;
  portico_set_package_folder(path.substr(0, path.rfind('/')).c_str());
}

NB_MODULE(_core, m) {
  m.doc() = "The native part of portico: tensors, tape, compiler and runtime.";
  // Objects may outlive the interpreter's shutdown order; that is no leak of ours.
  nb::set_leak_warnings(false);
  findPackageFolder();
  portico::registerDrivers();
  using namespace portico::native;
  bindTensorType(m);
  bindTypes(m);
  bindIr(m);
  bindRecord(m);
  bindTensorMethods(m);
  bindMemory(m);
  bindDLPack(m);
  bindAutograd(m);
  bindBackward(m);
  bindFlush(m);
  bindDevices(m);
  bindStreams(m);
  bindTargets(m);
  nb::module_::import_("os").attr("register_at_fork")(nb::arg("after_in_child") =
                                                          m.attr("_after_fork"));
}
