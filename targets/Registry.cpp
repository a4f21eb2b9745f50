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
  llvm::StringRef name = device.split(':').first;
  if (name.empty())
    return allTargets().front();
  std::string known;
  for (const Target *target : allTargets()) {
    if (target->name() == name)
      return target;
    known += (known.empty() ? "" : ", ") + target->name().str();
  }
  return llvm::createStringError("[device] no such target; got '" + device.str() +
                                 "'; expected one of " + known);
}
