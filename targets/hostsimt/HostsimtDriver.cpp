//===- HostsimtDriver.cpp - emulated devices --------------------------------===//
//
// One device for each kind of code, the memory of all of them the host's. A launch
// hands ranges of work-groups to the runtime's threads; Group.cpp runs one.
//
//===----------------------------------------------------------------------===//

#include "targets/common/HostMemory.h"
#include "targets/common/SharedObject.h"
#include "targets/hostsimt/Flavours.h"
#include "targets/hostsimt/Group.h"

#include "portico/driver.h"
#include "portico/parallel.h"

#include <cstdio>
#include <cstring>
#include <vector>

using namespace portico;
using namespace portico::hostsimt;

namespace {

thread_local std::string lastError;

int32_t failed(std::string message) {
  lastError = std::move(message);
  return 1;
}

//===----------------------------------------------------------------------===//
// Devices
//===----------------------------------------------------------------------===//

/// The code is made for a processor of 2013 or later: see HostCode.h.
bool canRunCode() {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#else
  return true;
#endif
}

int32_t deviceCount() { return canRunCode() ? int32_t(kFlavourCount) : 0; }

const char *unavailableReason() {
  return canRunCode() ? nullptr : "this processor has no AVX2, which emulated kernels use";
}

int32_t deviceInfo(int32_t ordinal, portico_device_info *info) {
  const Flavour &flavour = kFlavours[ordinal];
  snprintf(info->name, sizeof(info->name), "%s, emulated on the host", flavour.description);
  snprintf(info->arch, sizeof(info->arch), "%s", flavour.name);
  info->memory_bytes = host::memoryBytes();
  info->host_memory = 1;
  info->compute_units = uint32_t(portico_get_num_threads());
  return 0;
}

int32_t deviceOpen(int32_t, void **device) {
  *device = nullptr;
  return 0;
}
void deviceClose(void *) {}

int32_t deviceSupports(int32_t ordinal, const char *arch) {
  return strcmp(arch, kFlavours[ordinal].name) == 0;
}

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

int32_t memoryAllocate(void *, size_t bytes, void **memory) {
  *memory = host::allocate(bytes);
  return *memory ? 0 : failed("the system gives no more memory");
}
void memoryRelease(void *, void *memory, size_t) { host::release(memory); }

int32_t copy(void *, void *destination, const void *source, size_t bytes, portico_copy_kind,
             void *) {
  memcpy(destination, source, bytes);
  return 0;
}

int32_t fill(void *, void *destination, uint64_t pattern, uint32_t patternBytes, size_t bytes,
             void *) {
  host::fill(destination, pattern, patternBytes, bytes);
  return 0;
}

//===----------------------------------------------------------------------===//
// Code
//===----------------------------------------------------------------------===//

int32_t moduleLoad(void *, const void *blob, size_t bytes, void **module) {
  std::string error;
  *module = host::loadObject(blob, bytes, error);
  return *module ? 0 : failed(std::move(error));
}

void moduleUnload(void *, void *module) { host::unloadObject(module); }

int32_t moduleKernel(void *, void *module, const char *name, void **kernel) {
  std::string error;
  *kernel = host::findSymbol(module, name, error);
  if (!*kernel)
    return failed(std::move(error));
  uint32_t abi = static_cast<const Record *>(*kernel)->abi;
  return abi == kAbiVersion ? 0
                            : failed(format("the code is for version %u of the emulator; "
                                            "this is version %u",
                                            abi, kAbiVersion));
}

/// What AMD's runtime passes behind the parameters, up to where our kernels look.
struct ImplicitArguments {
  uint32_t blockCount[3];
  uint16_t groupSize[3];
  uint16_t remainder[3];
  uint8_t rest[232];
};
static_assert(sizeof(ImplicitArguments) == kImplicitArgumentBytes, "what the code is told");

void runGroups(void *context, int64_t begin, int64_t end) {
  static thread_local Group group;
  group.run(*static_cast<GroupLaunch *>(context), begin, end);
}

bool sameShape(const uint32_t *made, const uint32_t *asked) {
  return !made[0] || (made[0] == asked[0] && made[1] == asked[1] && made[2] == asked[2]);
}

int32_t checkShape(const Record &record, const portico_launch &launch) {
  if (record.words != launch.buffer_count + 2 + record.tensorMapCount)
    return failed(format("[kernel] wrong number of arguments; got %u; expected %u",
                         launch.buffer_count + 2, record.words - record.tensorMapCount));
  if (!sameShape(record.groupSize, launch.block))
    return failed(format("[kernel] wrong shape of a group; got %ux%ux%u; expected %ux%ux%u",
                         launch.block[0], launch.block[1], launch.block[2], record.groupSize[0],
                         record.groupSize[1], record.groupSize[2]));
  if (record.groupMemoryBytes > launch.group_memory_bytes)
    return failed(format("[kernel] too little memory for a group; got %u bytes; expected %u",
                         launch.group_memory_bytes, record.groupMemoryBytes));
  return 0;
}

/// What the kernel's copies see of its buffers, or an error where they would see more.
int32_t bindMaps(const Record &record, const portico_launch &launch, std::vector<BoundMap> &bound) {
  for (uint32_t i = 0; i < record.tensorMapCount; ++i) {
    const cuda::TensorMap &map = record.tensorMaps[i];
    int64_t bytes = map.offset + map.elementBytes;
    for (int64_t d = 0; d < map.rank; ++d)
      bytes += (map.size[d] - 1) * map.stride[d];
    if (uint64_t(bytes) > launch.buffer_bytes[map.buffer])
      return failed(format("[kernel] copies reach out of bounds; got %lld bytes of buffer %lld; "
                           "expected at most %llu",
                           static_cast<long long>(bytes), static_cast<long long>(map.buffer),
                           static_cast<unsigned long long>(launch.buffer_bytes[map.buffer])));
    bound.push_back({&map, static_cast<const char *>(launch.buffers[map.buffer]) + map.offset});
  }
  return 0;
}

// Groups are handed out one by one: each is thousands of work-items' instructions.
int32_t launch(void *, const portico_launch *launch) {
  const Record &record = *static_cast<const Record *>(launch->kernel);
  if (checkShape(record, *launch))
    return 1;
  std::vector<uint64_t> words(record.words), bytes(record.words);
  for (uint32_t i = 0; i < launch->buffer_count; ++i) {
    words[i] = reinterpret_cast<uint64_t>(launch->buffers[i]);
    bytes[i] = launch->buffer_bytes[i];
  }
  words[launch->buffer_count] = uint64_t(launch->extent);
  words[launch->buffer_count + 1] = reinterpret_cast<uint64_t>(launch->status);
  bytes[launch->buffer_count + 1] = 4 * sizeof(int64_t);
  std::vector<BoundMap> maps;
  if (int32_t error = bindMaps(record, *launch, maps))
    return error;
  for (size_t i = 0; i < maps.size(); ++i)
    words[launch->buffer_count + 2 + i] = reinterpret_cast<uint64_t>(&maps[i]);

  GroupLaunch groups;
  ImplicitArguments implicit = {};
  groups.record = &record;
  groups.words = words.data();
  groups.bytes = bytes.data();
  groups.implicitArguments = &implicit;
  int64_t count = 1;
  for (int i = 0; i < 3; ++i) {
    groups.grid[i] = implicit.blockCount[i] = launch->grid[i];
    groups.block[i] = launch->block[i];
    implicit.groupSize[i] = uint16_t(launch->block[i]);
    count *= launch->grid[i];
  }
  portico_parallel_for(count, 1, runGroups, &groups);
  if (!groups.failure.happened())
    return 0;
  launch->status[3] = groups.failure.op();
  return failed(groups.failure.message());
}

//===----------------------------------------------------------------------===//
// Streams and events: nothing is ever left to wait for
//===----------------------------------------------------------------------===//

int32_t streamCreate(void *, void **stream) {
  *stream = nullptr;
  return 0;
}
void streamDestroy(void *, void *) {}
int32_t streamWait(void *, void *, void *) { return 0; }
int32_t streamSynchronize(void *, void *) { return 0; }

int32_t eventCreate(void *, void **event) {
  *event = nullptr;
  return 0;
}
void eventDestroy(void *, void *) {}
int32_t eventRecord(void *, void *, void *) { return 0; }
int32_t eventWait(void *, void *) { return 0; }
int32_t eventQuery(void *, void *, int32_t *done) {
  *done = 1;
  return 0;
}
int32_t synchronize(void *) { return 0; }

const char *getLastError() { return lastError.c_str(); }

const portico_driver table = {
    sizeof(portico_driver),
    PORTICO_DRIVER_ABI,
    "hostsimt",
    deviceCount,
    deviceInfo,
    deviceOpen,
    deviceClose,
    deviceSupports,
    memoryAllocate,
    memoryRelease,
    copy,
    fill,
    moduleLoad,
    moduleUnload,
    moduleKernel,
    launch,
    streamCreate,
    streamDestroy,
    streamWait,
    streamSynchronize,
    eventCreate,
    eventDestroy,
    eventRecord,
    eventWait,
    eventQuery,
    synchronize,
    getLastError,
    /*aliases=*/nullptr,
    /*code_target=*/nullptr,
    unavailableReason,
};

} // namespace

namespace portico::hostsimt {
const portico_driver *driver() { return &table; }
} // namespace portico::hostsimt
