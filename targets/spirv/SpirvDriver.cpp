//===- SpirvDriver.cpp - devices that take SPIR-V ----------------------------===//
//
// A program's code is a bundle of SPIR-V modules. Level Zero is preferred for
// Intel's GPUs; all other devices, and these where Level Zero is missing, are
// reached through OpenCL. Both are opened at run time.
//
//===----------------------------------------------------------------------===//

#include "targets/common/Bundle.h"
#include "targets/common/DriverError.h"
#include "targets/common/DriverTable.h"
#include "targets/common/ForkWatch.h"
#include "targets/spirv/SpirvCodeCache.h"
#include "targets/spirv/SpirvDevice.h"
#include "targets/spirv/SpirvStore.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <set>

using namespace portico;
using namespace portico::spirv;

namespace {

/// Runs `body`; what it throws becomes the code and the text of the table.
template <typename Body> int32_t guarded(Body body) {
  try {
    body();
    return 0;
  } catch (const std::exception &error) {
    return failed(error.what());
  } catch (...) {
    return failed("an unknown exception");
  }
}

//===----------------------------------------------------------------------===//
// Devices
//===----------------------------------------------------------------------===//

struct Discovered : Discovery {
  ForkWatch fork;
};

// Leaked on purpose, like the runtime's devices: the vendors' libraries keep
// threads of their own, and the order in which a process takes itself down is theirs.
const Discovered &discovered() {
  static const Discovered *const all = [] {
    auto *discovery = new Discovered;
    const char *api = getenv("PORTICO_SPIRV_API");
    bool levelZero = !api || !strcmp(api, "level_zero"), openCL = !api || !strcmp(api, "opencl");
    if (!levelZero && !openCL)
      discovery->say(std::string("PORTICO_SPIRV_API is '") + api +
                     "', expected level_zero or opencl");
    // What fails in one interface says nothing of the other.
    auto look = [&](auto find) {
      try {
        find();
      } catch (const std::exception &error) {
        discovery->say(error.what());
      }
    };
    if (levelZero)
      look([&] { findLevelZero(*discovery); });
    if (openCL)
      look([&] { findOpenCL(*discovery, !discovery->devices.empty()); });
    return discovery;
  }();
  return *all;
}

const Found &found(int32_t ordinal) { return *discovered().devices.at(size_t(ordinal)); }

/// The machine that code for a device is made for: the best one, or the one that
/// PORTICO_SPIRV_ARCH names, where the device can run its code.
const Machine &machineOf(const Found &device) {
  Abilities abilities = device.abilities();
  const char *wanted = getenv("PORTICO_SPIRV_ARCH");
  if (!wanted || !*wanted)
    return *bestMachine(abilities);
  const Machine *machine = findMachine(wanted);
  if (!machine || !runsOn(*machine, abilities))
    throw Error(std::string("PORTICO_SPIRV_ARCH is '") + wanted + "', whose code " + device.name() +
                " does not run; try '" + bestMachine(abilities)->arch + "'");
  return *machine;
}

struct OpenDevice {
  explicit OpenDevice(int32_t ordinal)
      : device(found(ordinal).open()), defaultStream(device->makeStream()), cache(*device) {
    streams.insert(defaultStream.get());
  }

  // Streams are not destroyed meanwhile: the lock is held while the host waits.
  void synchronize() {
    std::lock_guard<std::mutex> lock(mutex);
    for (Stream *stream : streams)
      stream->synchronize();
  }

  std::unique_ptr<Device> device;
  std::unique_ptr<Stream> defaultStream;
  CodeCache cache;
  std::mutex mutex;
  std::set<Stream *> streams;
};

OpenDevice &open(void *device) {
  if (discovered().fork.inChild())
    throw Error(ForkWatch::advice());
  return *static_cast<OpenDevice *>(device);
}

Stream &streamOf(OpenDevice &device, void *stream) {
  return stream ? *static_cast<Stream *>(stream) : *device.defaultStream;
}

int32_t deviceCount() { return int32_t(discovered().devices.size()); }

const char *unavailableReason() { return deviceCount() ? nullptr : discovered().report.c_str(); }

int32_t deviceInfo(int32_t ordinal, portico_device_info *info) {
  return guarded([&] {
    const Found &device = found(ordinal);
    snprintf(info->name, sizeof(info->name), "%s", device.name().c_str());
    info->memory_bytes = device.memoryBytes();
    // Even where it is the host's memory, work is done later than it is handed over.
    info->host_memory = 0;
    snprintf(info->arch, sizeof(info->arch), "%s", machineOf(device).arch);
    info->compute_units = device.computeUnits();
    snprintf(info->driver_version, sizeof(info->driver_version), "%s",
             device.driverVersion().c_str());
  });
}

int32_t deviceOpen(int32_t ordinal, void **device) {
  return guarded([&] { *device = new OpenDevice(ordinal); });
}

void deviceClose(void *device) { delete static_cast<OpenDevice *>(device); }

int32_t deviceSupports(int32_t ordinal, const char *arch) {
  int32_t answer = 0;
  guarded([&] {
    const Machine *machine = findMachine(arch);
    answer = machine && runsOn(*machine, found(ordinal).abilities());
  });
  return answer;
}

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

int32_t memoryAllocate(void *device, size_t bytes, void **memory) {
  return guarded([&] { *memory = open(device).device->allocate(bytes); });
}

int32_t hostAllocate(void *device, size_t bytes, void **memory) {
  return guarded([&] { *memory = open(device).device->allocateHost(bytes); });
}

// Nothing under way may use memory that goes; the runtime keeps most of what is
// given back, so this is rare.
void hostRelease(void *device, void *memory) {
  guarded([&] {
    OpenDevice &opened = open(device);
    guarded([&] { opened.synchronize(); });
    opened.device->release(memory);
  });
}

void memoryRelease(void *device, void *memory, size_t) { hostRelease(device, memory); }

int32_t copy(void *device, void *destination, const void *source, size_t bytes, portico_copy_kind,
             void *stream) {
  return guarded([&] { streamOf(open(device), stream).copy(destination, source, bytes); });
}

int32_t fill(void *device, void *destination, uint64_t pattern, uint32_t patternBytes, size_t bytes,
             void *stream) {
  return guarded(
      [&] { streamOf(open(device), stream).fill(destination, pattern, patternBytes, bytes); });
}

//===----------------------------------------------------------------------===//
// Code
//===----------------------------------------------------------------------===//

struct Module {
  std::vector<std::shared_ptr<Code>> parts;
};

int32_t moduleLoad(void *device, const void *blob, size_t bytes, void **module) {
  return guarded([&] {
    OpenDevice &opened = open(device);
    auto loaded = std::make_unique<Module>();
    std::vector<BundlePiece> pieces;
    if (!unpackBundle(blob, bytes, pieces))
      throw Error("the code is no bundle of SPIR-V modules");
    for (const BundlePiece &piece : pieces)
      loaded->parts.push_back(opened.cache.get({piece.data, piece.bytes}));
    *module = loaded.release();
  });
}

void moduleUnload(void *, void *module) { delete static_cast<Module *>(module); }

int32_t moduleKernel(void *, void *module, const char *name, void **kernel) {
  return guarded([&] {
    for (const std::shared_ptr<Code> &part : static_cast<Module *>(module)->parts)
      if ((*kernel = part->kernel(name)))
        return;
    throw Error(std::string("no module has a kernel called ") + name);
  });
}

int32_t launch(void *device, const portico_launch *launch) {
  return guarded([&] { streamOf(open(device), launch->stream).launch(*launch); });
}

//===----------------------------------------------------------------------===//
// Streams and events
//===----------------------------------------------------------------------===//

int32_t streamCreate(void *device, void **stream) {
  return guarded([&] {
    OpenDevice &opened = open(device);
    std::unique_ptr<Stream> made = opened.device->makeStream();
    std::lock_guard<std::mutex> lock(opened.mutex);
    opened.streams.insert(made.get());
    *stream = made.release();
  });
}

void streamDestroy(void *device, void *stream) {
  guarded([&] {
    OpenDevice &opened = open(device);
    std::lock_guard<std::mutex> lock(opened.mutex);
    opened.streams.erase(static_cast<Stream *>(stream));
    delete static_cast<Stream *>(stream);
  });
}

int32_t streamWait(void *device, void *stream, void *event) {
  return guarded([&] { streamOf(open(device), stream).waitFor(*static_cast<Event *>(event)); });
}

int32_t streamSynchronize(void *device, void *stream) {
  return guarded([&] { streamOf(open(device), stream).synchronize(); });
}

int32_t eventCreate(void *device, void **event) {
  return guarded([&] { *event = open(device).device->makeEvent().release(); });
}

void eventDestroy(void *device, void *event) {
  guarded([&] {
    open(device);
    delete static_cast<Event *>(event);
  });
}

int32_t eventRecord(void *device, void *event, void *stream) {
  return guarded([&] { static_cast<Event *>(event)->record(streamOf(open(device), stream)); });
}

int32_t eventWait(void *device, void *event) {
  return guarded([&] {
    open(device);
    static_cast<Event *>(event)->wait();
  });
}

int32_t eventQuery(void *device, void *event, int32_t *done) {
  return guarded([&] {
    open(device);
    *done = static_cast<Event *>(event)->happened();
  });
}

int32_t eventElapsed(void *device, void *start, void *end, double *milliseconds) {
  return guarded([&] {
    open(device);
    *milliseconds = static_cast<Event *>(end)->since(*static_cast<Event *>(start));
  });
}

int32_t synchronize(void *device) {
  return guarded([&] { open(device).synchronize(); });
}

portico_driver makeTable() {
  portico_driver table = PORTICO_DRIVER_TABLE("spirv");
  table.aliases = "xpu";
  table.unavailable_reason = unavailableReason;
  // No `memory_info`: neither interface tells what is free to all its users.
  table.host_allocate = hostAllocate;
  table.host_release = hostRelease;
  table.event_elapsed = eventElapsed;
  table.use_store = useStore;
  return table;
}

} // namespace

namespace portico::spirv {
const portico_driver *driver() {
  static const portico_driver table = makeTable();
  return &table;
}
} // namespace portico::spirv
