//===- Plugin.cpp - targets from outside the tree ---------------------------===//

#include "targets/Plugin.h"

#include "targets/PluginTarget.h"

#include "portico/runtime.h"

#include <cstddef>
#include <dlfcn.h>

using namespace portico;

namespace {

/// What the libraries of a target offer.
struct Halves {
  const portico_driver *driver = nullptr;
  const portico_compiler *compiler = nullptr;
  std::string compilerPath;

  llvm::Error read(const std::string &path) {
    void *library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!library)
      return llvm::createStringError(std::string("[target] cannot load the library; got ") +
                                     dlerror());
    auto driverOf =
        reinterpret_cast<portico_target_driver_function>(dlsym(library, "portico_target_driver"));
    auto compilerOf = reinterpret_cast<portico_target_compiler_function>(
        dlsym(library, "portico_target_compiler"));
    if (!driverOf && !compilerOf)
      return llvm::createStringError("[target] not a target; got '" + path +
                                     "'; expected a library with portico_target_driver() or "
                                     "portico_target_compiler() (plugin.h)");
    if (driverOf)
      driver = driverOf();
    if (compilerOf) {
      compiler = compilerOf();
      compilerPath = path;
    }
    if ((driverOf && !driver) || (compilerOf && !compiler))
      return llvm::createStringError("[target] '" + path + "' gives no table; expected one of " +
                                     "each half that it offers");
    return llvm::Error::success();
  }
};

llvm::Error checkFree(llvm::StringRef name) {
  for (const Target *known : allTargets())
    if (known->name() == name)
      return llvm::createStringError("[target] there is a target '" + name.str() + "' already");
  return llvm::Error::success();
}

/// Programs for the driver name the compiler: the two must agree.
llvm::Error checkNames(const portico_driver &driver, llvm::StringRef compiler) {
  bool says = driver.struct_size > offsetof(portico_driver, code_target) && driver.code_target;
  llvm::StringRef wanted = says ? driver.code_target : driver.name;
  if (wanted == compiler)
    return llvm::Error::success();
  return llvm::createStringError("[target] two halves of different targets; got a driver that runs "
                                 "code of '" +
                                 wanted.str() + "' and a compiler of '" + compiler.str() + "'");
}

} // namespace

llvm::Expected<std::string> portico::loadTarget(llvm::ArrayRef<std::string> paths,
                                                llvm::StringRef maker) {
  Halves halves;
  for (const std::string &path : paths)
    if (llvm::Error error = halves.read(path))
      return std::move(error);
  std::unique_ptr<const Target> target;
  if (halves.compiler) {
    llvm::Expected<std::unique_ptr<const Target>> made =
        makePluginTarget(halves.compiler, maker.empty() ? halves.compilerPath : maker.str());
    if (!made)
      return made.takeError();
    target = std::move(*made);
    if (llvm::Error error = checkFree(target->name()))
      return std::move(error);
  }
  std::string name = target ? target->name().str() : "";
  if (halves.driver) {
    portico_status status{};
    status.struct_size = sizeof(status);
    // A driver without a name is refused by the runtime.
    if (target && halves.driver->name)
      if (llvm::Error error = checkNames(*halves.driver, target->name()))
        return std::move(error);
    if (portico_driver_register(halves.driver, &status) != PORTICO_OK)
      return llvm::createStringError(status.message);
    name = halves.driver->name;
  }
  if (target)
    addTarget(std::move(target));
  return name;
}
