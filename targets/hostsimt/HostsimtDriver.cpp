//===- HostsimtDriver.cpp - emulated devices --------------------------------===//
//
// One device for each kind of code, the memory of all of them the host's. A launch
// hands ranges of work-groups to the runtime's threads; Group.cpp runs one.
//
//===----------------------------------------------------------------------===//

#include "targets/common/DriverError.h"
#include "targets/common/HostDriver.h"
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
  return host::deviceInfo(ordinal, info);
}

int32_t deviceSupports(int32_t ordinal, const char *arch) {
  return strcmp(arch, kFlavours[ordinal].name) == 0;
}

//===----------------------------------------------------------------------===//
// Code
//===----------------------------------------------------------------------===//

int32_t moduleKernel(void *device, void *module, const char *name, void **kernel) {
  if (int32_t error = host::moduleKernel(device, module, name, kernel))
    return error;
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

portico_driver makeTable() {
  portico_driver table = host::driverTable("hostsimt");
  table.device_count = deviceCount;
  table.device_info = deviceInfo;
  table.device_supports = deviceSupports;
  table.module_kernel = moduleKernel;
  table.launch = launch;
  table.unavailable_reason = unavailableReason;
  return table;
}

} // namespace

namespace portico::hostsimt {
const portico_driver *driver() {
  static const portico_driver table = makeTable();
  return &table;
}
} // namespace portico::hostsimt
