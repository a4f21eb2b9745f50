/*===- mock_hip.c - a libamdhip64 whose devices are host memory --------------===*
 *
 * For tests of the driver where there is no AMD GPU. Streams do their work at once;
 * a launch runs nothing. Every call is written down as a line of `mock_hip_log`.
 * Code objects are looked into: one that is not for an AMD GPU is refused, and a
 * kernel is found only if the object has a descriptor for it.
 *
 * MOCK_HIP_DEVICES   how many devices there are (2)
 * MOCK_HIP_FAIL      "function:code": that function fails with that code
 * MOCK_HIP_LOG       a file for the log, too
 * MOCK_HIP_ARCH      the processor of device 0 (gfx90a)
 * -DMOCK_HIP_5       the binary interface of ROCm 5: properties in their old layout
 *
 *===------------------------------------------------------------------------===*/

#define _GNU_SOURCE
#include <elf.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXPORT __attribute__((visibility("default")))

/* Where the name of the processor lies in hipDeviceProp_t. */
#ifdef MOCK_HIP_5
enum { ARCH_OFFSET = 396, PROPERTIES_BYTES = 792 };
#else
enum { ARCH_OFFSET = 1160, PROPERTIES_BYTES = 1472 };
#endif

enum {
  SUCCESS = 0,
  INVALID_VALUE = 1,
  OUT_OF_MEMORY = 2,
  INVALID_DEVICE = 101,
  INVALID_IMAGE = 200,
  NOT_FOUND = 500,
  NOT_READY = 600
};

static char calls[1 << 16];
static size_t used;
static __thread int current, last_error;
static int handles;

EXPORT const char *mock_hip_log(void) { return calls; }
EXPORT void mock_hip_clear(void) { calls[used = 0] = 0; }

/* Notes a call; the code that it is to return. */
static int note(const char *function, const char *format, ...) {
  char line[512];
  int length = snprintf(line, sizeof line, "%s", function);
  va_list arguments;
  va_start(arguments, format);
  length += vsnprintf(line + length, sizeof line - (size_t)length, format, arguments);
  va_end(arguments);
  if (used + (size_t)length + 2 < sizeof calls)
    used += (size_t)sprintf(calls + used, "%s\n", line);
  const char *path = getenv("MOCK_HIP_LOG");
  if (path) {
    FILE *file = fopen(path, "a");
    if (file) {
      fprintf(file, "%s\n", line);
      fclose(file);
    }
  }
  const char *fail = getenv("MOCK_HIP_FAIL");
  size_t name = strlen(function);
  if (fail && strncmp(fail, function, name) == 0 && fail[name] == ':')
    return last_error = atoi(fail + name + 1);
  return SUCCESS;
}

/* The last failure of this thread, which is forgotten when it has been asked for. */
EXPORT int hipGetLastError(void) {
  int error = last_error;
  last_error = SUCCESS;
  return error;
}

#define NOTE(...)                                                                                  \
  do {                                                                                             \
    int code = note(__func__, __VA_ARGS__);                                                        \
    if (code)                                                                                      \
      return code;                                                                                 \
  } while (0)

static int device_count(void) {
  const char *text = getenv("MOCK_HIP_DEVICES");
  return text ? atoi(text) : 2;
}

static void *new_handle(void) {
  int *handle = malloc(sizeof *handle);
  *handle = ++handles;
  return handle;
}
static int number(void *handle) { return handle ? *(int *)handle : 0; }

/* Devices */

EXPORT int hipInit(unsigned flags) {
  NOTE(" %u", flags);
  return SUCCESS;
}
EXPORT int hipRuntimeGetVersion(int *version) {
  *version = 60342134;
  return SUCCESS;
}
EXPORT const char *hipGetErrorName(int error) {
  return error == OUT_OF_MEMORY ? "hipErrorOutOfMemory" : "hipErrorOther";
}
EXPORT const char *hipGetErrorString(int error) {
  return error == OUT_OF_MEMORY ? "out of memory" : "something else";
}
EXPORT int hipGetDeviceCount(int *count) {
  NOTE("");
  *count = device_count();
  return SUCCESS;
}
EXPORT int hipGetDevice(int *device) {
  *device = current;
  return SUCCESS;
}
EXPORT int hipSetDevice(int device) {
  if (device < 0 || device >= device_count())
    return INVALID_DEVICE;
  current = device;
  return SUCCESS;
}
EXPORT int hipDeviceGetName(char *name, int length, int device) {
  /* A name that looks like a processor must not be taken for one. */
  snprintf(name, (size_t)length, "AMD Mock gfx000 #%d", device);
  return SUCCESS;
}
EXPORT int hipDeviceTotalMem(size_t *bytes, int device) {
  *bytes = (size_t)(device + 1) << 30;
  return SUCCESS;
}
EXPORT int hipDeviceGetAttribute(int *value, int attribute, int device) {
  (void)device;
  if (attribute != 63 /* multiprocessors */)
    return INVALID_VALUE;
  *value = 104;
  return SUCCESS;
}

static int properties(char *to, int device) {
  memset(to, 0, PROPERTIES_BYTES);
  hipDeviceGetName(to, 256, device);
  const char *arch = getenv("MOCK_HIP_ARCH");
  strcpy(to + ARCH_OFFSET, device ? "gfx1100" : arch ? arch : "gfx90a:sramecc+:xnack-");
  return SUCCESS;
}
#ifdef MOCK_HIP_5
EXPORT int hipGetDeviceProperties(void *to, int device) { return properties(to, device); }
#else
EXPORT int hipGetDevicePropertiesR0600(void *to, int device) { return properties(to, device); }
/* For programs built with ROCm 5: a layout that the driver must not take for the other. */
EXPORT int hipGetDeviceProperties(void *to, int device) {
  (void)device;
  memset(to, 'x', 792);
  return SUCCESS;
}
#endif

/* Memory */

static int allocate(void **memory, size_t bytes) {
  *memory = aligned_alloc(256, (bytes + 255) / 256 * 256 + 256);
  return *memory ? SUCCESS : OUT_OF_MEMORY;
}
EXPORT int hipMalloc(void **memory, size_t bytes) {
  NOTE(" device %d, %zu", current, bytes);
  return allocate(memory, bytes);
}
EXPORT int hipFree(void *memory) {
  NOTE("");
  free(memory);
  return SUCCESS;
}
EXPORT int hipHostMalloc(void **memory, size_t bytes, unsigned flags) {
  NOTE(" %zu, %u", bytes, flags);
  return allocate(memory, bytes);
}
EXPORT int hipHostFree(void *memory) {
  NOTE("");
  free(memory);
  return SUCCESS;
}
EXPORT int hipMemGetInfo(size_t *left, size_t *total) {
  NOTE(" device %d", current);
  *left = 100;
  *total = 1000;
  return SUCCESS;
}
static int copy(void *to, void *from, size_t bytes) {
  memcpy(to, from, bytes);
  return SUCCESS;
}
EXPORT int hipMemcpyHtoDAsync(void *to, void *from, size_t bytes, void *stream) {
  NOTE(" %zu, stream %d", bytes, number(stream));
  return copy(to, from, bytes);
}
EXPORT int hipMemcpyDtoHAsync(void *to, void *from, size_t bytes, void *stream) {
  NOTE(" %zu, stream %d", bytes, number(stream));
  return copy(to, from, bytes);
}
EXPORT int hipMemcpyDtoDAsync(void *to, void *from, size_t bytes, void *stream) {
  NOTE(" %zu, stream %d", bytes, number(stream));
  return copy(to, from, bytes);
}
static void set(void *to, const void *value, size_t width, size_t count) {
  for (size_t i = 0; i < count; ++i)
    memcpy((char *)to + i * width, value, width);
}
EXPORT int hipMemsetD8Async(void *to, unsigned char value, size_t count, void *stream) {
  NOTE(" %u, %zu, stream %d", value, count, number(stream));
  set(to, &value, 1, count);
  return SUCCESS;
}
EXPORT int hipMemsetD16Async(void *to, unsigned short value, size_t count, void *stream) {
  NOTE(" %u, %zu, stream %d", value, count, number(stream));
  set(to, &value, 2, count);
  return SUCCESS;
}
EXPORT int hipMemsetD32Async(void *to, int value, size_t count, void *stream) {
  NOTE(" %d, %zu, stream %d", value, count, number(stream));
  set(to, &value, 4, count);
  return SUCCESS;
}

/* Code: the image itself is the module, a kernel is its descriptor's name. */

static const Elf64_Shdr *dynamic_symbols(const char *image) {
  const Elf64_Ehdr *header = (const Elf64_Ehdr *)image;
  const Elf64_Shdr *sections = (const Elf64_Shdr *)(image + header->e_shoff);
  for (int i = 0; i < header->e_shnum; ++i)
    if (sections[i].sh_type == SHT_DYNSYM)
      return &sections[i];
  return NULL;
}

EXPORT int hipModuleLoadData(void **module, const void *image) {
  const Elf64_Ehdr *header = image;
  if (memcmp(header->e_ident, ELFMAG, SELFMAG) != 0 || header->e_machine != EM_AMDGPU ||
      header->e_type != ET_DYN || !dynamic_symbols(image))
    return INVALID_IMAGE;
  /* Version 5 of code objects is 3 here; the low byte of the flags is the processor. */
  NOTE(" version %d, processor 0x%x", header->e_ident[EI_ABIVERSION] + 2, header->e_flags & 0xff);
  *module = (void *)image;
  return SUCCESS;
}
EXPORT int hipModuleUnload(void *module) {
  (void)module;
  NOTE("");
  return SUCCESS;
}
EXPORT int hipModuleGetFunction(void **function, void *module, const char *name) {
  const char *image = module;
  const Elf64_Shdr *symbols = dynamic_symbols(image);
  const Elf64_Shdr *sections = (const Elf64_Shdr *)(image + ((Elf64_Ehdr *)image)->e_shoff);
  const char *names = image + sections[symbols->sh_link].sh_offset;
  const Elf64_Sym *symbol = (const Elf64_Sym *)(image + symbols->sh_offset);
  char wanted[256];
  snprintf(wanted, sizeof wanted, "%s.kd", name);
  for (size_t i = 0; i < symbols->sh_size / sizeof *symbol; ++i)
    if (strcmp(names + symbol[i].st_name, wanted) == 0 && symbol[i].st_shndx != SHN_UNDEF) {
      *function = strdup(name);
      NOTE(" %s", name);
      return SUCCESS;
    }
  return NOT_FOUND;
}
EXPORT int hipModuleLaunchKernel(void *function, unsigned gx, unsigned gy, unsigned gz, unsigned bx,
                                 unsigned by, unsigned bz, unsigned shared, void *stream,
                                 void **parameters, void **extra) {
  /* The first two parameters are enough to see how they are passed. */
  NOTE(" %s, grid %u %u %u, block %u %u %u, shared %u, stream %d, parameters %llx %llx%s",
       (const char *)function, gx, gy, gz, bx, by, bz, shared, number(stream),
       *(unsigned long long *)parameters[0], *(unsigned long long *)parameters[1],
       extra ? ", extra" : "");
  return SUCCESS;
}

/* Streams, events, graphs */

EXPORT int hipStreamCreateWithFlags(void **stream, unsigned flags) {
  *stream = new_handle();
  NOTE(" device %d, stream %d, flags %u", current, number(*stream), flags);
  return SUCCESS;
}
EXPORT int hipStreamDestroy(void *stream) {
  NOTE(" stream %d", number(stream));
  free(stream);
  return SUCCESS;
}
EXPORT int hipStreamSynchronize(void *stream) {
  NOTE(" stream %d", number(stream));
  return SUCCESS;
}
EXPORT int hipStreamWaitEvent(void *stream, void *event, unsigned flags) {
  NOTE(" stream %d, event %d, flags %u", number(stream), number(event), flags);
  return SUCCESS;
}
EXPORT int hipDeviceSynchronize(void) {
  NOTE(" device %d", current);
  return SUCCESS;
}
EXPORT int hipEventCreateWithFlags(void **event, unsigned flags) {
  *event = new_handle();
  NOTE(" event %d, flags %u", number(*event), flags);
  return SUCCESS;
}
EXPORT int hipEventDestroy(void *event) {
  NOTE(" event %d", number(event));
  free(event);
  return SUCCESS;
}
EXPORT int hipEventRecord(void *event, void *stream) {
  NOTE(" event %d, stream %d", number(event), number(stream));
  return SUCCESS;
}
EXPORT int hipEventSynchronize(void *event) {
  NOTE(" event %d", number(event));
  return SUCCESS;
}
EXPORT int hipEventQuery(void *event) {
  NOTE(" event %d", number(event));
  return SUCCESS;
}
EXPORT int hipEventElapsedTime(float *milliseconds, void *start, void *end) {
  NOTE(" event %d, event %d", number(start), number(end));
  *milliseconds = 1.5f;
  return SUCCESS;
}
EXPORT int hipStreamBeginCapture(void *stream, int mode) {
  NOTE(" stream %d, mode %d", number(stream), mode);
  return SUCCESS;
}
EXPORT int hipStreamEndCapture(void *stream, void **graph) {
  NOTE(" stream %d", number(stream));
  *graph = new_handle();
  return SUCCESS;
}
EXPORT int hipGraphInstantiate(void **exec, void *graph, void **node, char *text, size_t bytes) {
  (void)node, (void)text, (void)bytes;
  *exec = new_handle();
  NOTE(" graph %d, exec %d", number(graph), number(*exec));
  return SUCCESS;
}
EXPORT int hipGraphLaunch(void *exec, void *stream) {
  NOTE(" exec %d, stream %d", number(exec), number(stream));
  return SUCCESS;
}
EXPORT int hipGraphDestroy(void *graph) {
  NOTE(" graph %d", number(graph));
  free(graph);
  return SUCCESS;
}
EXPORT int hipGraphExecDestroy(void *exec) {
  NOTE(" exec %d", number(exec));
  free(exec);
  return SUCCESS;
}
