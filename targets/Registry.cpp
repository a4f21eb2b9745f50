//===- Registry.cpp - the compile halves of this build ----------------------===//

#include "targets/Target.h"

#include "portico/driver.h"
#include "portico/runtime.h"
#include "targets/Drivers.h"

#include "llvm/ADT/StringExtras.h"

#include <memory>
#include <mutex>

using namespace portico;

#define PORTICO_TARGET(name)                                                                       \
  namespace portico::name {                                                                        \
  const Target &target();                                                                          \
  }
#include "portico/Targets.def"
#undef PORTICO_TARGET

Target::~Target() = default;

namespace {
struct Targets {
  std::mutex mutex;
  std::vector<const Target *> list = {
#define PORTICO_TARGET(name) &portico::name::target(),
#include "portico/Targets.def"
#undef PORTICO_TARGET
  };
};

// Targets live as long as the process: contexts and threads refer to them.
Targets &targets() {
  static Targets *instance = new Targets;
  return *instance;
}
} // namespace

std::vector<const Target *> portico::allTargets() {
  std::lock_guard<std::mutex> lock(targets().mutex);
  return targets().list;
}

void portico::addTarget(std::unique_ptr<const Target> target) {
  std::lock_guard<std::mutex> lock(targets().mutex);
  targets().list.push_back(target.release());
}

llvm::Expected<const Target *> portico::lookupTarget(llvm::StringRef device) {
  auto [name, machine] = device.split(':');
  // Drivers know their other names, and some run the code of another target.
  registerDrivers();
  const portico_driver *driver = portico_driver_find(name.str().c_str());
  llvm::StringRef owner = driver && driver->code_target ? driver->code_target
                          : driver                      ? driver->name
                                                        : name;
  const Target *target = nullptr;
  std::string known;
  for (const Target *candidate : allTargets()) {
    if (candidate->name() == owner)
      target = candidate;
    known += (known.empty() ? "" : ", ") + candidate->name().str();
  }
  if (!target)
    return llvm::createStringError("[device] no such target; got '" + device.str() +
                                   "'; expected one of " + known);
  int32_t ordinal = 0;
  if (!machine.empty() && machine.getAsInteger(10, ordinal))
    return target->forArch(machine);
  // A device that is here says what it is; one that is not is taken for the first machine.
  portico_device_info info{};
  info.struct_size = sizeof(info);
  if (portico_device_describe(device.str().c_str(), &info, nullptr) == PORTICO_OK && info.arch[0])
    return target->forArch(info.arch);
  return target;
}
