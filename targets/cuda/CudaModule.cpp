//===- CudaModule.cpp - loading code, and launching it ----------------------===//

#include "targets/cuda/CudaModule.h"
#include "targets/common/LaunchParameters.h"
#include "targets/cuda/CudaDevice.h"
#include "targets/cuda/CudaObject.h"
#include "targets/cuda/CudaTensorMap.h"

#include "portico/driver.h"

#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

using namespace portico;
using namespace portico::cuda;

namespace {

struct Kernel {
  Function function = nullptr;
  /// What the code itself sets aside. Memory beyond it comes with the launch.
  uint32_t staticShared = 0;
  /// How much may come with a launch so far; the driver wants to be asked for more
  /// than `kUnasked`.
  uint32_t allowedShared = kUnasked;
  std::mutex mutex;
  /// What its bulk copies read: its parameters behind those of the launch.
  const std::vector<TensorMap> *tensorMaps = nullptr;

  static constexpr uint32_t kUnasked = 48 << 10;
};

/// Where a function is, and what it takes beside the parameters of a launch.
struct Home {
  Image image;
  std::vector<TensorMap> tensorMaps;
};

struct Module {
  std::vector<Image> images;
  std::unordered_map<std::string, Home> home;
  /// Made when they are first asked for; they stay where they are.
  std::unordered_map<std::string, std::unique_ptr<Kernel>> kernels;
  std::mutex mutex;

  ~Module() {
    for (Image image : images)
      api().moduleUnload(image);
  }
};

/// Loads PTX (text that ends in a zero) or a cubin. `log` is what the translator says.
Result loadImage(const char *code, Image &image, std::string &log) {
  char buffer[4096] = "";
  JitOption options[] = {kErrorLogBuffer, kErrorLogBytes};
  void *values[] = {buffer, reinterpret_cast<void *>(sizeof(buffer))};
  Result result = api().moduleLoad(&image, code, 2, options, values);
  buffer[sizeof(buffer) - 1] = 0;
  log = buffer;
  return result;
}

/// The cubin saves the driver the translation; it was made for one machine, and an
/// older driver may not read it, so the text is the second choice and the last word.
int32_t loadObject(const Object &object, Image &image) {
  std::string log;
  if (!object.cubin.empty()) {
    Result result = loadImage(object.cubin.data(), image, log);
    if (result == kSuccess)
      return 0;
    if (result == kOutOfMemory || losesContext(result))
      return check("cuModuleLoadDataEx", result);
  }
  Result result = loadImage(object.ptx.c_str(), image, log);
  if (result == kSuccess)
    return 0;
  return failed("cuModuleLoadDataEx: " + describe(result) + (log.empty() ? "" : "; " + log));
}

int32_t addObject(Module &module, const BundlePiece &piece) {
  Object object;
  if (!unpackObject(piece, object))
    return failed("damaged code; got a blob of another build");
  Image image = nullptr;
  if (int32_t error = loadObject(object, image))
    return error;
  module.images.push_back(image);
  bool complete = object.eachFunction([&](std::string name, std::vector<TensorMap> maps) {
    module.home[std::move(name)] = {image, std::move(maps)};
  });
  return complete ? 0 : failed("damaged code; got a blob of another build");
}

int32_t findFunction(Module &module, const std::string &name, Kernel &kernel) {
  auto home = module.home.find(name);
  if (home == module.home.end())
    return failed("no such kernel in the module; got '" + name + "'");
  if (int32_t error =
          check("cuModuleGetFunction",
                api().moduleGetFunction(&kernel.function, home->second.image, name.c_str())))
    return error;
  int bytes = 0;
  if (int32_t error = check("cuFuncGetAttribute", api().functionGetAttribute(
                                                      &bytes, kStaticSharedBytes, kernel.function)))
    return error;
  kernel.staticShared = uint32_t(bytes);
  kernel.tensorMaps = &home->second.tensorMaps;
  return 0;
}

int32_t allowShared(Kernel &kernel, uint32_t bytes) {
  std::lock_guard<std::mutex> lock(kernel.mutex);
  if (bytes <= kernel.allowedShared)
    return 0;
  if (int32_t error =
          check("cuFuncSetAttribute",
                api().functionSetAttribute(kernel.function, kMaxDynamicSharedBytes, int(bytes))))
    return error;
  kernel.allowedShared = bytes;
  return 0;
}

} // namespace

int32_t portico::cuda::moduleLoad(void *device, const void *blob, size_t bytes, void **result) {
  Current current(*static_cast<Device *>(device));
  if (!current)
    return 1;
  std::vector<BundlePiece> objects;
  if (!unpackBundle(blob, bytes, objects))
    return failed("damaged code; got a blob of another build");
  auto module = std::make_unique<Module>();
  for (const BundlePiece &piece : objects)
    if (int32_t error = addObject(*module, piece))
      return error;
  *result = module.release();
  return 0;
}

void portico::cuda::moduleUnload(void *device, void *module) {
  std::unique_ptr<Module> dying(static_cast<Module *>(module));
  NoRecording alone(*static_cast<Device *>(device));
  Current current(*static_cast<Device *>(device));
  if (!alone || !current)
    dying->images.clear();
  dying.reset();
}

int32_t portico::cuda::moduleKernel(void *device, void *handle, const char *name, void **result) {
  Current current(*static_cast<Device *>(device));
  if (!current)
    return 1;
  auto &module = *static_cast<Module *>(handle);
  std::lock_guard<std::mutex> lock(module.mutex);
  std::unique_ptr<Kernel> &kernel = module.kernels[name];
  if (!kernel) {
    auto fresh = std::make_unique<Kernel>();
    if (int32_t error = findFunction(module, name, *fresh))
      return error;
    kernel = std::move(fresh);
  }
  *result = kernel.get();
  return 0;
}

int32_t portico::cuda::launch(void *handle, const portico_launch *launch) {
  const auto &device = *static_cast<Device *>(handle);
  auto &kernel = *static_cast<Kernel *>(launch->kernel);
  const uint32_t *grid = launch->grid, *block = launch->block;
  if (!grid[0] || !grid[1] || !grid[2])
    return 0;
  Current current(device);
  if (!current)
    return 1;
  uint32_t shared =
      launch->group_memory_bytes > kernel.staticShared ? launch->group_memory_bytes : 0;
  if (shared > Kernel::kUnasked)
    if (int32_t error = allowShared(kernel, shared))
      return error;

  std::vector<EncodedMap> maps(kernel.tensorMaps->size());
  for (size_t i = 0; i < maps.size(); ++i)
    if (int32_t error = encode((*kernel.tensorMaps)[i], *launch, maps[i]))
      return error;
  LaunchParameters parameters(*launch, maps.size());
  for (const EncodedMap &map : maps)
    parameters.add(map);
  return check("cuLaunchKernel",
               api().launch(kernel.function, grid[0], grid[1], grid[2], block[0], block[1],
                            block[2], shared, device.stream(launch->stream), parameters.data(),
                            nullptr));
}
