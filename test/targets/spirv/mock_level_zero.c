/*===- mock_level_zero.c - an imitation of the Level Zero loader -------------===*
 *
 * One GPU whose memory is the host's and which does every command at once. It
 * knows one kernel, `test_turn` of driver_cases.cpp, and it is strict: a null
 * handle, a structure without its type, a kernel without its arguments or a
 * signal that comes twice ends the test.
 *
 * MOCK_LEVEL_ZERO_LOST   set: the device is lost when it is asked what it is
 *
 *===------------------------------------------------------------------------===*/

#include <level_zero/ze_api.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NEED(condition)                                                                            \
  do {                                                                                             \
    if (!(condition)) {                                                                            \
      fprintf(stderr, "%s: the driver broke the rules of Level Zero: %s\n", __func__, #condition); \
      abort();                                                                                     \
    }                                                                                              \
  } while (0)

#define IMPLEMENTED __attribute__((visibility("default"))) ze_result_t

enum { kMagic = 0x5a45, kArguments = 5, kGroup = 64 };
enum { kTicksPerSecond = 19200000, kUsualAllocation = 1 << 20 };

struct object {
  int magic;
};
struct event {
  int magic, signalled;
};
struct list {
  int magic;
  pthread_mutex_t use;
};
struct kernel {
  int magic;
  struct {
    size_t bytes;
    uint64_t value;
    int set;
  } arguments[kArguments];
  uint32_t size;
};

static struct object theDriver = {kMagic}, theDevice = {kMagic};
static long live;
static pthread_mutex_t counting = PTHREAD_MUTEX_INITIALIZER;

/* What has been made and not destroyed. */
__attribute__((visibility("default"))) long mock_level_zero_live(void) { return live; }

static void count(long change) {
  pthread_mutex_lock(&counting);
  live += change;
  pthread_mutex_unlock(&counting);
}

static void *make(size_t bytes) {
  struct object *object = calloc(1, bytes);
  object->magic = kMagic;
  count(1);
  return object;
}

static void destroy(void *handle) {
  NEED(handle && ((struct object *)handle)->magic == kMagic);
  ((struct object *)handle)->magic = 0;
  free(handle);
  count(-1);
}

static int alive(const void *handle) {
  return handle && ((const struct object *)handle)->magic == kMagic;
}

/* A list is used by one thread at a time, and so is nothing of it. */
static struct list *enter(ze_command_list_handle_t handle) {
  struct list *list = (struct list *)handle;
  NEED(alive(list));
  NEED(pthread_mutex_trylock(&list->use) == 0);
  return list;
}

static ze_result_t leave(struct list *list, ze_event_handle_t signal, uint32_t waits,
                         ze_event_handle_t *events) {
  for (uint32_t i = 0; i < waits; ++i)
    NEED(alive(events[i]) && ((struct event *)events[i])->signalled);
  if (signal) {
    struct event *event = (struct event *)signal;
    NEED(alive(event) && !event->signalled);
    event->signalled = 1;
  }
  pthread_mutex_unlock(&list->use);
  return ZE_RESULT_SUCCESS;
}

IMPLEMENTED zeInit(ze_init_flags_t flags) {
  NEED(flags == ZE_INIT_FLAG_GPU_ONLY);
  return ZE_RESULT_SUCCESS;
}

IMPLEMENTED zeDriverGet(uint32_t *number, ze_driver_handle_t *drivers) {
  if (drivers)
    drivers[0] = (ze_driver_handle_t)&theDriver;
  *number = 1;
  return ZE_RESULT_SUCCESS;
}

IMPLEMENTED zeDriverGetProperties(ze_driver_handle_t driver, ze_driver_properties_t *properties) {
  NEED(alive(driver) && properties->stype == ZE_STRUCTURE_TYPE_DRIVER_PROPERTIES);
  properties->driverVersion = 0x01020003;
  return ZE_RESULT_SUCCESS;
}

IMPLEMENTED zeDeviceGet(ze_driver_handle_t driver, uint32_t *number, ze_device_handle_t *devices) {
  NEED(alive(driver));
  if (devices)
    devices[0] = (ze_device_handle_t)&theDevice;
  *number = 1;
  return ZE_RESULT_SUCCESS;
}

IMPLEMENTED zeDeviceGetProperties(ze_device_handle_t device, ze_device_properties_t *properties) {
  int later = properties->stype == ZE_STRUCTURE_TYPE_DEVICE_PROPERTIES_1_2;
  NEED(alive(device) && (later || properties->stype == ZE_STRUCTURE_TYPE_DEVICE_PROPERTIES));
  if (getenv("MOCK_LEVEL_ZERO_LOST"))
    return ZE_RESULT_ERROR_DEVICE_LOST;
  properties->type = ZE_DEVICE_TYPE_GPU;
  properties->numSlices = 2;
  properties->numSubslicesPerSlice = 4;
  properties->numEUsPerSubslice = 8;
  properties->timerResolution = later ? kTicksPerSecond : 1000000000 / kTicksPerSecond;
  properties->maxMemAllocSize = kUsualAllocation;
  properties->timestampValidBits = 8;
  strcpy(properties->name, "an imitation");
  return ZE_RESULT_SUCCESS;
}

IMPLEMENTED zeDeviceGetComputeProperties(ze_device_handle_t device,
                                         ze_device_compute_properties_t *properties) {
  NEED(alive(device) && properties->stype == ZE_STRUCTURE_TYPE_DEVICE_COMPUTE_PROPERTIES);
  properties->maxTotalGroupSize = 1024;
  properties->maxSharedLocalMemory = 64 << 10;
  properties->numSubGroupSizes = 2;
  properties->subGroupSizes[0] = 16;
  properties->subGroupSizes[1] = 32;
  return ZE_RESULT_SUCCESS;
}

IMPLEMENTED zeDeviceGetModuleProperties(ze_device_handle_t device,
                                        ze_device_module_properties_t *properties) {
  NEED(alive(device) && properties->stype == ZE_STRUCTURE_TYPE_DEVICE_MODULE_PROPERTIES);
  properties->flags = ZE_DEVICE_MODULE_FLAG_FP64;
  properties->fp32flags = ZE_DEVICE_FP_FLAG_ROUNDED_DIVIDE_SQRT;
  return ZE_RESULT_SUCCESS;
}

IMPLEMENTED zeDeviceGetMemoryProperties(ze_device_handle_t device, uint32_t *number,
                                        ze_device_memory_properties_t *properties) {
  NEED(alive(device));
  if (properties) {
    NEED(properties->stype == ZE_STRUCTURE_TYPE_DEVICE_MEMORY_PROPERTIES);
    properties->totalSize = (uint64_t)1 << 30;
  }
  *number = 1;
  return ZE_RESULT_SUCCESS;
}

/* The first group of engines only copies. */
IMPLEMENTED
zeDeviceGetCommandQueueGroupProperties(ze_device_handle_t device, uint32_t *number,
                                       ze_command_queue_group_properties_t *properties) {
  NEED(alive(device));
  if (properties) {
    NEED(*number == 2);
    properties[0].flags = ZE_COMMAND_QUEUE_GROUP_PROPERTY_FLAG_COPY;
    properties[1].flags = ZE_COMMAND_QUEUE_GROUP_PROPERTY_FLAG_COMPUTE;
  }
  *number = 2;
  return ZE_RESULT_SUCCESS;
}

IMPLEMENTED zeContextCreate(ze_driver_handle_t driver, const ze_context_desc_t *descriptor,
                            ze_context_handle_t *context) {
  NEED(alive(driver) && descriptor->stype == ZE_STRUCTURE_TYPE_CONTEXT_DESC);
  *context = make(sizeof(struct object));
  return ZE_RESULT_SUCCESS;
}

IMPLEMENTED zeContextDestroy(ze_context_handle_t context) {
  destroy(context);
  return ZE_RESULT_SUCCESS;
}

IMPLEMENTED zeCommandListCreateImmediate(ze_context_handle_t context, ze_device_handle_t device,
                                         const ze_command_queue_desc_t *descriptor,
                                         ze_command_list_handle_t *list) {
  NEED(alive(context) && alive(device));
  NEED(descriptor->stype == ZE_STRUCTURE_TYPE_COMMAND_QUEUE_DESC && descriptor->ordinal == 1);
  struct list *made = make(sizeof(struct list));
  pthread_mutex_init(&made->use, NULL);
  *list = (ze_command_list_handle_t)made;
  return ZE_RESULT_SUCCESS;
}

IMPLEMENTED zeCommandListDestroy(ze_command_list_handle_t list) {
  destroy(list);
  return ZE_RESULT_SUCCESS;
}

IMPLEMENTED zeCommandListAppendBarrier(ze_command_list_handle_t handle, ze_event_handle_t signal,
                                       uint32_t waits, ze_event_handle_t *events) {
  return leave(enter(handle), signal, waits, events);
}

IMPLEMENTED zeCommandListAppendMemoryCopy(ze_command_list_handle_t handle, void *to,
                                          const void *from, size_t bytes, ze_event_handle_t signal,
                                          uint32_t waits, ze_event_handle_t *events) {
  struct list *list = enter(handle);
  memcpy(to, from, bytes);
  return leave(list, signal, waits, events);
}

IMPLEMENTED zeCommandListAppendMemoryFill(ze_command_list_handle_t handle, void *to,
                                          const void *pattern, size_t patternBytes, size_t bytes,
                                          ze_event_handle_t signal, uint32_t waits,
                                          ze_event_handle_t *events) {
  struct list *list = enter(handle);
  NEED((patternBytes & (patternBytes - 1)) == 0 && bytes % patternBytes == 0);
  for (size_t done = 0; done < bytes; done += patternBytes)
    memcpy((char *)to + done, pattern, patternBytes);
  return leave(list, signal, waits, events);
}

/* Of eight bits, so that it goes over the top between two events. */
IMPLEMENTED zeCommandListAppendWriteGlobalTimestamp(ze_command_list_handle_t handle, uint64_t *tick,
                                                    ze_event_handle_t signal, uint32_t waits,
                                                    ze_event_handle_t *events) {
  static uint64_t ticks = 200;
  struct list *list = enter(handle);
  pthread_mutex_lock(&counting);
  *tick = ticks = (ticks + 100) & 0xff;
  pthread_mutex_unlock(&counting);
  return leave(list, signal, waits, events);
}

IMPLEMENTED zeCommandListAppendLaunchKernel(ze_command_list_handle_t handle,
                                            ze_kernel_handle_t kernelHandle,
                                            const ze_group_count_t *groups,
                                            ze_event_handle_t signal, uint32_t waits,
                                            ze_event_handle_t *events) {
  struct list *list = enter(handle);
  struct kernel *kernel = (struct kernel *)kernelHandle;
  NEED(alive(kernel) && groups->groupCountY == 1 && groups->groupCountZ == 1);
  for (int i = 0; i < kArguments; ++i)
    NEED(kernel->arguments[i].set);
  /* Inputs, results, extent, status, the memory of the group. */
  NEED(kernel->arguments[4].bytes == 4 * kGroup && kernel->arguments[4].value == 0);
  if (kernel->size != kGroup) {
    leave(list, NULL, 0, NULL);
    return ZE_RESULT_ERROR_INVALID_ARGUMENT;
  }
  const int32_t *x = (const int32_t *)(uintptr_t)kernel->arguments[0].value;
  int32_t *y = (int32_t *)(uintptr_t)kernel->arguments[1].value;
  for (uint32_t group = 0; group < groups->groupCountX; ++group)
    for (uint32_t item = 0; item < kGroup; ++item) {
      const int32_t *own = x + group * kGroup;
      y[group * kGroup + item] = own[kGroup - 1 - item] + own[kGroup - 1 - (item ^ 1)] +
                                 (int32_t)kernel->arguments[2].value;
    }
  return leave(list, signal, waits, events);
}

static ze_result_t allocate(ze_context_handle_t context, size_t bytes, size_t alignment,
                            void **memory) {
  NEED(alive(context));
  if (bytes > ((size_t)1 << 40))
    return ZE_RESULT_ERROR_OUT_OF_DEVICE_MEMORY;
  *memory = aligned_alloc(alignment, (bytes + alignment - 1) / alignment * alignment);
  count(1);
  return ZE_RESULT_SUCCESS;
}

IMPLEMENTED zeMemAllocDevice(ze_context_handle_t context,
                             const ze_device_mem_alloc_desc_t *descriptor, size_t bytes,
                             size_t alignment, ze_device_handle_t device, void **memory) {
  NEED(descriptor->stype == ZE_STRUCTURE_TYPE_DEVICE_MEM_ALLOC_DESC && alive(device));
  const ze_relaxed_allocation_limits_exp_desc_t *large = descriptor->pNext;
  NEED(!large || (large->stype == ZE_STRUCTURE_TYPE_RELAXED_ALLOCATION_LIMITS_EXP_DESC &&
                  large->flags == ZE_RELAXED_ALLOCATION_LIMITS_EXP_FLAG_MAX_SIZE));
  if (!large && bytes > kUsualAllocation)
    return ZE_RESULT_ERROR_UNSUPPORTED_SIZE;
  return allocate(context, bytes, alignment, memory);
}

IMPLEMENTED zeMemAllocHost(ze_context_handle_t context, const ze_host_mem_alloc_desc_t *descriptor,
                           size_t bytes, size_t alignment, void **memory) {
  NEED(descriptor->stype == ZE_STRUCTURE_TYPE_HOST_MEM_ALLOC_DESC);
  return allocate(context, bytes, alignment, memory);
}

IMPLEMENTED zeMemFree(ze_context_handle_t context, void *memory) {
  NEED(alive(context) && memory);
  free(memory);
  count(-1);
  return ZE_RESULT_SUCCESS;
}

IMPLEMENTED zeModuleCreate(ze_context_handle_t context, ze_device_handle_t device,
                           const ze_module_desc_t *descriptor, ze_module_handle_t *module,
                           ze_module_build_log_handle_t *log) {
  NEED(alive(context) && alive(device));
  NEED(descriptor->stype == ZE_STRUCTURE_TYPE_MODULE_DESC &&
       descriptor->format == ZE_MODULE_FORMAT_IL_SPIRV);
  NEED(strstr(descriptor->pBuildFlags, "correctly-rounded-divide"));
  NEED(strstr(descriptor->pBuildFlags, "-ze-opt-greater-than-4GB-buffer-required"));
  *log = make(sizeof(struct object));
  if (memcmp(descriptor->pInputModule, "\x03\x02\x23\x07", 4) != 0)
    return ZE_RESULT_ERROR_MODULE_BUILD_FAILURE;
  *module = make(sizeof(struct object));
  return ZE_RESULT_SUCCESS;
}

IMPLEMENTED zeModuleDestroy(ze_module_handle_t module) {
  destroy(module);
  return ZE_RESULT_SUCCESS;
}

IMPLEMENTED zeModuleBuildLogGetString(ze_module_build_log_handle_t log, size_t *bytes, char *text) {
  static const char kText[] = "the log of a build";
  NEED(alive(log));
  if (text)
    memcpy(text, kText, sizeof(kText));
  *bytes = sizeof(kText);
  return ZE_RESULT_SUCCESS;
}

IMPLEMENTED zeModuleBuildLogDestroy(ze_module_build_log_handle_t log) {
  destroy(log);
  return ZE_RESULT_SUCCESS;
}

IMPLEMENTED zeKernelCreate(ze_module_handle_t module, const ze_kernel_desc_t *descriptor,
                           ze_kernel_handle_t *kernel) {
  NEED(alive(module) && descriptor->stype == ZE_STRUCTURE_TYPE_KERNEL_DESC);
  if (strcmp(descriptor->pKernelName, "test_turn") != 0)
    return ZE_RESULT_ERROR_INVALID_KERNEL_NAME;
  *kernel = make(sizeof(struct kernel));
  return ZE_RESULT_SUCCESS;
}

IMPLEMENTED zeKernelDestroy(ze_kernel_handle_t kernel) {
  destroy(kernel);
  return ZE_RESULT_SUCCESS;
}

IMPLEMENTED zeKernelSetGroupSize(ze_kernel_handle_t kernel, uint32_t x, uint32_t y, uint32_t z) {
  NEED(alive(kernel) && y == 1 && z == 1);
  ((struct kernel *)kernel)->size = x;
  return ZE_RESULT_SUCCESS;
}

IMPLEMENTED zeKernelSetArgumentValue(ze_kernel_handle_t handle, uint32_t index, size_t bytes,
                                     const void *value) {
  struct kernel *kernel = (struct kernel *)handle;
  NEED(alive(kernel) && index < kArguments);
  kernel->arguments[index].bytes = bytes;
  kernel->arguments[index].value = 0;
  kernel->arguments[index].set = 1;
  if (value) {
    NEED(bytes == sizeof(uint64_t));
    memcpy(&kernel->arguments[index].value, value, bytes);
  }
  return ZE_RESULT_SUCCESS;
}

IMPLEMENTED zeEventPoolCreate(ze_context_handle_t context, const ze_event_pool_desc_t *descriptor,
                              uint32_t number, ze_device_handle_t *devices,
                              ze_event_pool_handle_t *pool) {
  NEED(alive(context) && number == 1 && alive(devices[0]));
  NEED(descriptor->stype == ZE_STRUCTURE_TYPE_EVENT_POOL_DESC && descriptor->count == 1);
  *pool = make(sizeof(struct object));
  return ZE_RESULT_SUCCESS;
}

IMPLEMENTED zeEventPoolDestroy(ze_event_pool_handle_t pool) {
  destroy(pool);
  return ZE_RESULT_SUCCESS;
}

IMPLEMENTED zeEventCreate(ze_event_pool_handle_t pool, const ze_event_desc_t *descriptor,
                          ze_event_handle_t *event) {
  NEED(alive(pool) && descriptor->stype == ZE_STRUCTURE_TYPE_EVENT_DESC && descriptor->index == 0);
  *event = make(sizeof(struct event));
  return ZE_RESULT_SUCCESS;
}

IMPLEMENTED zeEventDestroy(ze_event_handle_t event) {
  destroy(event);
  return ZE_RESULT_SUCCESS;
}

IMPLEMENTED zeEventHostSynchronize(ze_event_handle_t event, uint64_t timeout) {
  NEED(alive(event) && timeout == UINT64_MAX);
  NEED(((struct event *)event)->signalled && "the host would wait for ever");
  return ZE_RESULT_SUCCESS;
}

IMPLEMENTED zeEventQueryStatus(ze_event_handle_t event) {
  NEED(alive(event));
  return ((struct event *)event)->signalled ? ZE_RESULT_SUCCESS : ZE_RESULT_NOT_READY;
}
