//===- TargetBindings.cpp - targets from outside the tree ------------------===//

#include "python/native/bind/Bindings.h"
#include "python/native/bind/Types.h"
#include "python/native/graph/Failure.h"

#include "targets/Plugin.h"

#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

namespace nb = nanobind;
using namespace nb::literals;

namespace portico::native {

/// Called with a word that no driver answers to; whether there is one now. Kept for ever:
/// the module outlives the interpreter.
static nb::object &finder() {
  static auto *function = new nb::object;
  return *function;
}

bool findTargetOf(const std::string &device) {
  if (!finder().is_valid() || device.empty())
    return false;
  return nb::cast<bool>(finder()(device.substr(0, device.find(':'))));
}

void bindTargets(nb::module_ &m) {
  m.def(
      "load_target",
      [](const std::vector<std::string> &paths, const std::string &maker) {
        llvm::Expected<std::string> name = loadTarget(paths, maker);
        if (!name)
          raise(ErrorKind::runtime, llvm::toString(name.takeError()));
        return *name;
      },
      "paths"_a, "maker"_a = "",
      "Adds the target of these shared libraries (targets/plugin.h), which is the mistake of "
      "`maker` where it fails; returns its name.");
  m.def(
      "set_target_finder", [](nb::object function) { finder() = std::move(function); },
      "function"_a, "What is asked for a target whose name is not known: loads it, or is False.");
}

} // namespace portico::native
