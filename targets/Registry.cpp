//===- Registry.cpp - the compile halves of this build ----------------------===//

#include "targets/Target.h"

#include "llvm/ADT/StringExtras.h"

using namespace portico;

#define PORTICO_TARGET(name)                                                                       \
  namespace portico::name {                                                                        \
  const Target &target();                                                                          \
  }
#include "portico/Targets.def"
#undef PORTICO_TARGET

Target::~Target() = default;

llvm::ArrayRef<const Target *> portico::allTargets() {
  static const Target *const targets[] = {
#define PORTICO_TARGET(name) &portico::name::target(),
#include "portico/Targets.def"
#undef PORTICO_TARGET
  };
  return targets;
}

llvm::Expected<const Target *> portico::lookupTarget(llvm::StringRef device) {
  auto [name, machine] = device.split(':');
  const Target *target = name.empty() ? allTargets().front() : nullptr;
  std::string known;
  for (const Target *candidate : allTargets()) {
    if (candidate->name() == name)
      target = candidate;
    known += (known.empty() ? "" : ", ") + candidate->name().str();
  }
  if (!target)
    return llvm::createStringError("[device] no such target; got '" + device.str() +
                                   "'; expected one of " + known);
  int32_t ordinal = 0;
  if (!machine.empty() && machine.getAsInteger(10, ordinal))
    return target->forArch(machine);
  return target;
}
