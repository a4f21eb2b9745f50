/*===- mock_libcuda.c - libcuda over host memory, for tests of the driver ----===*
 *
 * Implements the entry points of targets/cuda/CudaApi.h, stricter than the original:
 *
 * - nothing handed to a stream is done before something waits for it, so that whoever
 *   relies on work being done early fails here, always;
 * - a call without a current context, with a dead handle, or outside allocated memory
 *   is refused;
 * - while any stream is captured, what waits for the whole context is refused and ends the
 *   capture; streams that wait for the legacy stream 0 are not captured at all, as that
 *   would break everybody's use of stream 0;
 * - a graph is launched by one thread at a time;
 * - everything is counted and logged.
 *
 * It runs no code: what a kernel does is a C function that the test provides. Its
 * parameters and its static shared memory are read from the PTX, as the original does.
 *
 *===------------------------------------------------------------------------===*/

#define _GNU_SOURCE
#include "mock_libcuda.h"

#include <ctype.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef unsigned long long Address;

enum {
  SUCCESS = 0,
  INVALID_VALUE = 1,
  OUT_OF_MEMORY = 2,
  NOT_INITIALIZED = 3,
  NO_DEVICE = 100,
  INVALID_DEVICE = 101,
  INVALID_IMAGE = 200,
  INVALID_CONTEXT = 201,
  NO_BINARY_FOR_GPU = 209,
  INVALID_PTX = 218,
  INVALID_HANDLE = 400,
  NOT_FOUND = 500,
  NOT_READY = 600,
  ILLEGAL_ADDRESS = 700,
  CAPTURE_UNSUPPORTED = 900,
  CAPTURE_INVALIDATED = 901,
  CAPTURE_UNMATCHED = 903,
  CAPTURE_IMPLICIT = 906
};

enum { MAX_PARAMETERS = 256, MAX_SHARED = 227 << 10, UNASKED_SHARED = 48 << 10 };

/*--- Objects --------------------------------------------------------------------*/

typedef enum { BLOCK, HOST, STREAM, EVENT, MODULE, GRAPH, EXECUTABLE, KINDS } Kind;
static const char *const kindNames[KINDS] = {"memory", "host",  "stream",    "event",
                                             "module", "graph", "executable"};

/** Everything that has a handle is in one list, so that handles can be checked. */
typedef struct Object {
  struct Object *next;
  Kind kind;
  int number;
} Object;

typedef struct Block {
  Object object;
  char *data;
  size_t bytes;
} Block;

struct Stream;

typedef struct Event {
  Object object;
  struct Stream *stream;
  long recorded, happened;
  double time;
} Event;

typedef struct Function {
  struct Function *next;
  char name[128];
  int parameterBytes[MAX_PARAMETERS];
  int parameters;
  int staticShared, dynamicShared;
} Function;

typedef struct Module {
  Object object;
  Function *functions;
} Module;

typedef struct Operation {
  struct Operation *next;
  enum { COPY, FILL, LAUNCH, RECORD, WAIT } kind;
  char *to;
  const char *from; /* null: `staged` */
  char *staged;
  size_t bytes;
  unsigned value, valueBytes;
  Function *function;
  Event *event;
  long version;
} Operation;

typedef struct Queue {
  Operation *first, **last;
} Queue;

typedef struct Graph {
  Object object;
  Queue operations;
  int invalid, launching;
} Graph;

typedef struct Stream {
  Object object;
  Queue queue;
  Graph *capture;
  unsigned flags;
} Stream;

typedef struct Body {
  struct Body *next;
  char name[128];
  void (*body)(void *const *);
} Body;

typedef struct Failure {
  struct Failure *next;
  char symbol[64];
  int result, times;
} Failure;

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static int deviceCount = 1, capabilityMajor = 9, capabilityMinor = 0;
static int initialised, retained, sticky, numbers;
static double now;
static Object *objects;
static Body *bodies;
static Failure *failures;
static char *logText, *logShown;
static size_t logBytes;

/* One context for each device; a context is the address of its entry. */
static char contexts[16];
static __thread void *contextStack[16];
static __thread int contextDepth;

static void note(const char *format, ...) {
  char line[1024];
  va_list arguments;
  va_start(arguments, format);
  int length = vsnprintf(line, sizeof(line) - 1, format, arguments);
  va_end(arguments);
  line[length++] = '\n';
  logText = realloc(logText, logBytes + (size_t)length + 1);
  memcpy(logText + logBytes, line, (size_t)length);
  logText[logBytes += (size_t)length] = 0;
}

static void *make(Kind kind, size_t bytes) {
  Object *object = calloc(1, bytes);
  object->kind = kind;
  object->number = ++numbers;
  object->next = objects;
  objects = object;
  return object;
}

static int alive(const void *handle, Kind kind) {
  for (Object *object = objects; object; object = object->next)
    if (object == handle)
      return object->kind == kind;
  return 0;
}

static void drop(void *handle) {
  for (Object **at = &objects; *at; at = &(*at)->next)
    if (*at == handle) {
      *at = (*at)->next;
      free(handle);
      return;
    }
}

static Block *findBlock(Kind kind, const char *data, size_t bytes) {
  for (Object *object = objects; object; object = object->next) {
    Block *block = (Block *)object;
    if (object->kind == kind && data >= block->data && data + bytes <= block->data + block->bytes)
      return block;
  }
  return NULL;
}

static int injected(const char *symbol) {
  for (Failure *failure = failures; failure; failure = failure->next)
    if (failure->times > 0 && strcmp(failure->symbol, symbol) == 0) {
      --failure->times;
      return failure->result;
    }
  return SUCCESS;
}

/* Every entry point begins with one of these; LEAVE ends it. */
#define ENTER(symbol)                                                                              \
  pthread_mutex_lock(&mutex);                                                                      \
  int result = injected(symbol);                                                                   \
  if (!result && !initialised)                                                                     \
  result = NOT_INITIALIZED
#define ENTER_CONTEXT(symbol)                                                                      \
  ENTER(symbol);                                                                                   \
  if (!result && !contextDepth)                                                                    \
    result = INVALID_CONTEXT;                                                                      \
  if (!result)                                                                                     \
  result = sticky
#define NEED(condition, error)                                                                     \
  if (!result && !(condition))                                                                     \
  result = (error)
#define LEAVE                                                                                      \
  pthread_mutex_unlock(&mutex);                                                                    \
  return result

/*--- Doing what was handed to a stream -------------------------------------------*/

static void append(Queue *queue, const Operation *operation) {
  Operation *copy = malloc(sizeof(*copy));
  *copy = *operation;
  copy->next = NULL;
  if (!queue->first)
    queue->last = &queue->first;
  *queue->last = copy;
  queue->last = &copy->next;
}

static void hand(Stream *stream, const Operation *operation) {
  append(stream->capture ? &stream->capture->operations : &stream->queue, operation);
}

static int step(Stream *stream);

static void reach(Event *event, long version) {
  while (event->happened < version && step(event->stream))
    ;
}

static void launch(Operation *operation) {
  for (Body *body = bodies; body; body = body->next)
    if (strcmp(body->name, operation->function->name) == 0) {
      void *parameters[MAX_PARAMETERS];
      char *at = operation->staged;
      for (int i = 0; i < operation->function->parameters; ++i) {
        parameters[i] = at;
        at += operation->function->parameterBytes[i];
      }
      body->body(parameters);
      return;
    }
}

/** Does the first operation of a stream; 0 where there is none. */
static int step(Stream *stream) {
  Operation *operation = stream->queue.first;
  if (!operation)
    return 0;
  stream->queue.first = operation->next;
  now += 1;
  if (!sticky)
    switch (operation->kind) {
    case COPY:
      memmove(operation->to, operation->from ? operation->from : operation->staged,
              operation->bytes);
      break;
    case FILL:
      for (size_t done = 0; done < operation->bytes; done += operation->valueBytes)
        memcpy(operation->to + done, &operation->value, operation->valueBytes);
      break;
    case LAUNCH:
      launch(operation);
      break;
    case RECORD:
      operation->event->happened = operation->version;
      operation->event->time = now;
      break;
    case WAIT:
      reach(operation->event, operation->version);
      break;
    }
  if (operation->kind == RECORD)
    operation->event->happened = operation->version;
  free(operation->staged);
  free(operation);
  return 1;
}

static void drain(Stream *stream) {
  while (step(stream))
    ;
}

static void drainAll(void) {
  for (Object *object = objects; object; object = object->next)
    if (object->kind == STREAM)
      drain((Stream *)object);
}

/** For what waits for the whole context: fails, and ends all captures, where there are some. */
static int disturbCaptures(void) {
  int result = SUCCESS;
  for (Object *object = objects; object; object = object->next)
    if (object->kind == STREAM && ((Stream *)object)->capture) {
      ((Stream *)object)->capture->invalid = 1;
      result = CAPTURE_UNSUPPORTED;
    }
  return result;
}

static void clear(Queue *queue) {
  while (queue->first) {
    Operation *operation = queue->first;
    queue->first = operation->next;
    free(operation->staged);
    free(operation);
  }
}

static char *copyOf(const void *data, size_t bytes) {
  char *copy = malloc(bytes ? bytes : 1);
  memcpy(copy, data, bytes);
  return copy;
}

/*--- Steering ---------------------------------------------------------------------*/

void mock_devices(int count, int major, int minor) {
  deviceCount = count;
  capabilityMajor = major;
  capabilityMinor = minor;
}

void mock_fail(const char *symbol, int result, int times) {
  Failure *failure = calloc(1, sizeof(*failure));
  snprintf(failure->symbol, sizeof(failure->symbol), "%s", symbol);
  failure->result = result;
  failure->times = times;
  failure->next = failures;
  failures = failure;
}

void mock_kernel(const char *name, void (*function)(void *const *)) {
  Body *body = calloc(1, sizeof(*body));
  snprintf(body->name, sizeof(body->name), "%s", name);
  body->body = function;
  body->next = bodies;
  bodies = body;
}

void mock_trap(void) { sticky = ILLEGAL_ADDRESS; }

const char *mock_log(void) {
  free(logShown);
  logShown = logText ? logText : strdup("");
  logText = NULL;
  logBytes = 0;
  return logShown;
}

long mock_live(const char *kind) {
  long count = 0;
  if (strcmp(kind, "context") == 0)
    return retained;
  for (Object *object = objects; object; object = object->next) {
    if (strcmp(kind, "pending") == 0 && object->kind == STREAM)
      for (Operation *at = ((Stream *)object)->queue.first; at; at = at->next)
        ++count;
    if (strcmp(kindNames[object->kind], kind) == 0)
      count += object->kind == BLOCK ? (long)((Block *)object)->bytes : 1;
  }
  return count;
}

/*--- Devices ----------------------------------------------------------------------*/

int cuInit(unsigned flags) {
  pthread_mutex_lock(&mutex);
  int result = injected("cuInit");
  NEED(flags == 0, INVALID_VALUE);
  NEED(deviceCount > 0, NO_DEVICE);
  if (!result)
    initialised = 1;
  LEAVE;
}

int cuDriverGetVersion(int *version) {
  *version = 12040;
  return SUCCESS;
}

int cuGetErrorName(int error, const char **text) {
  switch (error) {
#define NAME(value)                                                                                \
  case value:                                                                                      \
    *text = "CUDA_ERROR_" #value;                                                                  \
    return SUCCESS;
    NAME(INVALID_VALUE)
    NAME(OUT_OF_MEMORY)
    NAME(NOT_INITIALIZED)
    NAME(NO_DEVICE)
    NAME(INVALID_DEVICE)
    NAME(INVALID_IMAGE)
    NAME(INVALID_CONTEXT)
    NAME(NO_BINARY_FOR_GPU)
    NAME(INVALID_PTX)
    NAME(INVALID_HANDLE)
    NAME(NOT_FOUND)
    NAME(NOT_READY)
    NAME(ILLEGAL_ADDRESS)
    NAME(CAPTURE_UNSUPPORTED)
    NAME(CAPTURE_INVALIDATED)
    NAME(CAPTURE_IMPLICIT)
#undef NAME
  }
  return INVALID_VALUE;
}

int cuGetErrorString(int error, const char **text) {
  *text = error == OUT_OF_MEMORY ? "out of memory" : "as the name says";
  return SUCCESS;
}

int cuDeviceGetCount(int *count) {
  ENTER("cuDeviceGetCount");
  if (!result)
    *count = deviceCount;
  LEAVE;
}

int cuDeviceGet(int *device, int ordinal) {
  ENTER("cuDeviceGet");
  NEED(ordinal >= 0 && ordinal < deviceCount, INVALID_DEVICE);
  if (!result)
    *device = ordinal;
  LEAVE;
}

int cuDeviceGetName(char *name, int bytes, int device) {
  ENTER("cuDeviceGetName");
  if (!result)
    snprintf(name, (size_t)bytes, "Mock %d.%d #%d", capabilityMajor, capabilityMinor, device);
  LEAVE;
}

int cuDeviceTotalMem_v2(size_t *bytes, int device) {
  (void)device;
  ENTER("cuDeviceTotalMem");
  if (!result)
    *bytes = (size_t)1 << 30;
  LEAVE;
}

int cuDeviceGetAttribute(int *value, int which, int device) {
  (void)device;
  ENTER("cuDeviceGetAttribute");
  if (!result) {
    switch (which) {
    case 16:
      *value = 132;
      break;
    case 75:
      *value = capabilityMajor;
      break;
    case 76:
      *value = capabilityMinor;
      break;
    default:
      result = INVALID_VALUE;
    }
  }
  LEAVE;
}

int cuDevicePrimaryCtxRetain(void **context, int device) {
  ENTER("cuDevicePrimaryCtxRetain");
  if (!result) {
    ++retained;
    *context = &contexts[device];
    note("cuDevicePrimaryCtxRetain %d", device);
  }
  LEAVE;
}

int cuDevicePrimaryCtxRelease_v2(int device) {
  ENTER("cuDevicePrimaryCtxRelease");
  NEED(retained > 0, INVALID_CONTEXT);
  if (!result) {
    --retained;
    note("cuDevicePrimaryCtxRelease %d", device);
  }
  LEAVE;
}

int cuCtxGetCurrent(void **context) {
  *context = contextDepth ? contextStack[contextDepth - 1] : NULL;
  return SUCCESS;
}

int cuCtxPushCurrent_v2(void *context) {
  ENTER("cuCtxPushCurrent");
  NEED(contextDepth < 16, INVALID_VALUE);
  if (!result)
    contextStack[contextDepth++] = context;
  LEAVE;
}

int cuCtxPopCurrent_v2(void **context) {
  ENTER_CONTEXT("cuCtxPopCurrent");
  if (contextDepth)
    *context = contextStack[--contextDepth];
  LEAVE;
}

int cuCtxSynchronize(void) {
  ENTER_CONTEXT("cuCtxSynchronize");
  if (!result)
    result = disturbCaptures();
  if (!result) {
    note("cuCtxSynchronize");
    drainAll();
    result = sticky;
  }
  LEAVE;
}

/*--- Memory -----------------------------------------------------------------------*/

static Block *makeBlock(Kind kind, size_t bytes) {
  Block *block = make(kind, sizeof(Block));
  block->data = aligned_alloc(256, (bytes + 255) / 256 * 256);
  block->bytes = bytes;
  memset(block->data, 0xcd, bytes); /* what nobody wrote is not 0 */
  return block;
}

int cuMemAlloc_v2(Address *memory, size_t bytes) {
  ENTER_CONTEXT("cuMemAlloc");
  NEED(bytes, INVALID_VALUE);
  NEED(bytes <= (size_t)1 << 30, OUT_OF_MEMORY);
  if (!result) {
    *memory = (Address)(uintptr_t)makeBlock(BLOCK, bytes)->data;
    note("cuMemAlloc %zu", bytes);
  }
  LEAVE;
}

static int freeBlock(Kind kind, const char *data) {
  Block *block = findBlock(kind, data, 0);
  if (!block || block->data != data)
    return INVALID_VALUE;
  int error = disturbCaptures();
  if (error)
    return error;
  drainAll(); /* the original waits, too */
  free(block->data);
  drop(block);
  return SUCCESS;
}

int cuMemFree_v2(Address memory) {
  ENTER_CONTEXT("cuMemFree");
  if (!result && !(result = freeBlock(BLOCK, (char *)(uintptr_t)memory)))
    note("cuMemFree");
  LEAVE;
}

int cuMemHostAlloc(void **memory, size_t bytes, unsigned flags) {
  ENTER_CONTEXT("cuMemHostAlloc");
  if (!result) {
    *memory = makeBlock(HOST, bytes)->data;
    note("cuMemHostAlloc %zu flags=%u", bytes, flags);
  }
  LEAVE;
}

int cuMemFreeHost(void *memory) {
  ENTER_CONTEXT("cuMemFreeHost");
  if (!result && !(result = freeBlock(HOST, memory)))
    note("cuMemFreeHost");
  LEAVE;
}

int cuMemGetInfo_v2(size_t *available, size_t *total) {
  ENTER_CONTEXT("cuMemGetInfo");
  if (!result) {
    *total = (size_t)1 << 30;
    *available = *total - (size_t)mock_live("memory");
  }
  LEAVE;
}

/** What is read from the host's own memory is read at once; pinned memory, later. */
int cuMemcpyHtoDAsync_v2(Address to, const void *from, size_t bytes, Stream *stream) {
  ENTER_CONTEXT("cuMemcpyHtoDAsync");
  NEED(alive(stream, STREAM), INVALID_HANDLE);
  NEED(findBlock(BLOCK, (char *)(uintptr_t)to, bytes), INVALID_VALUE);
  if (!result) {
    Operation operation = {.kind = COPY, .to = (char *)(uintptr_t)to, .bytes = bytes};
    if (findBlock(HOST, from, bytes))
      operation.from = from;
    else
      operation.staged = copyOf(from, bytes);
    note("cuMemcpyHtoDAsync %zu %s s%d", bytes, operation.from ? "pinned" : "pageable",
         stream->object.number);
    hand(stream, &operation);
  }
  LEAVE;
}

int cuMemcpyDtoHAsync_v2(void *to, Address from, size_t bytes, Stream *stream) {
  ENTER_CONTEXT("cuMemcpyDtoHAsync");
  NEED(alive(stream, STREAM), INVALID_HANDLE);
  NEED(findBlock(BLOCK, (char *)(uintptr_t)from, bytes), INVALID_VALUE);
  if (!result) {
    int pinned = findBlock(HOST, to, bytes) != NULL;
    Operation operation = {.kind = COPY, .to = to, .from = (char *)(uintptr_t)from, .bytes = bytes};
    note("cuMemcpyDtoHAsync %zu %s s%d", bytes, pinned ? "pinned" : "pageable",
         stream->object.number);
    hand(stream, &operation);
    if (!pinned && !stream->capture)
      drain(stream);
    result = sticky;
  }
  LEAVE;
}

int cuMemcpyDtoDAsync_v2(Address to, Address from, size_t bytes, Stream *stream) {
  ENTER_CONTEXT("cuMemcpyDtoDAsync");
  NEED(alive(stream, STREAM), INVALID_HANDLE);
  NEED(findBlock(BLOCK, (char *)(uintptr_t)to, bytes), INVALID_VALUE);
  NEED(findBlock(BLOCK, (char *)(uintptr_t)from, bytes), INVALID_VALUE);
  NEED(to + bytes <= from || from + bytes <= to, INVALID_VALUE);
  if (!result) {
    Operation operation = {
        .kind = COPY, .to = (char *)(uintptr_t)to, .from = (char *)(uintptr_t)from, .bytes = bytes};
    note("cuMemcpyDtoDAsync %zu s%d", bytes, stream->object.number);
    hand(stream, &operation);
  }
  LEAVE;
}

static int fill(const char *symbol, Address to, unsigned value, unsigned valueBytes, size_t count,
                Stream *stream) {
  ENTER_CONTEXT(symbol);
  NEED(alive(stream, STREAM), INVALID_HANDLE);
  NEED(to % valueBytes == 0, INVALID_VALUE);
  NEED(findBlock(BLOCK, (char *)(uintptr_t)to, count * valueBytes), INVALID_VALUE);
  if (!result) {
    Operation operation = {.kind = FILL,
                           .to = (char *)(uintptr_t)to,
                           .bytes = count * valueBytes,
                           .value = value,
                           .valueBytes = valueBytes};
    note("%s %#x x %zu s%d", symbol, value, count, stream->object.number);
    hand(stream, &operation);
  }
  LEAVE;
}

int cuMemsetD8Async(Address to, unsigned char value, size_t count, Stream *stream) {
  return fill("cuMemsetD8Async", to, value, 1, count, stream);
}

int cuMemsetD16Async(Address to, unsigned short value, size_t count, Stream *stream) {
  return fill("cuMemsetD16Async", to, value, 2, count, stream);
}

int cuMemsetD32Async(Address to, unsigned value, size_t count, Stream *stream) {
  return fill("cuMemsetD32Async", to, value, 4, count, stream);
}

/*--- Streams and events -------------------------------------------------------------*/

int cuStreamCreate(Stream **stream, unsigned flags) {
  ENTER_CONTEXT("cuStreamCreate");
  if (!result) {
    *stream = make(STREAM, sizeof(Stream));
    (*stream)->flags = flags;
    note("cuStreamCreate flags=%u s%d", flags, (*stream)->object.number);
  }
  LEAVE;
}

int cuStreamDestroy_v2(Stream *stream) {
  ENTER_CONTEXT("cuStreamDestroy");
  NEED(alive(stream, STREAM), INVALID_HANDLE);
  if (!result) {
    note("cuStreamDestroy s%d", stream->object.number);
    drain(stream);
    drop(stream);
  }
  LEAVE;
}

int cuStreamSynchronize(Stream *stream) {
  ENTER_CONTEXT("cuStreamSynchronize");
  NEED(alive(stream, STREAM), INVALID_HANDLE);
  NEED(!stream->capture, CAPTURE_UNSUPPORTED);
  if (!result) {
    note("cuStreamSynchronize s%d", stream->object.number);
    drain(stream);
    result = sticky;
  }
  LEAVE;
}

int cuStreamWaitEvent(Stream *stream, Event *event, unsigned flags) {
  ENTER_CONTEXT("cuStreamWaitEvent");
  NEED(alive(stream, STREAM) && alive(event, EVENT), INVALID_HANDLE);
  NEED(flags == 0, INVALID_VALUE);
  if (!result) {
    Operation operation = {.kind = WAIT, .event = event, .version = event->recorded};
    note("cuStreamWaitEvent s%d e%d", stream->object.number, event->object.number);
    hand(stream, &operation);
  }
  LEAVE;
}

int cuEventCreate(Event **event, unsigned flags) {
  ENTER_CONTEXT("cuEventCreate");
  if (!result) {
    *event = make(EVENT, sizeof(Event));
    note("cuEventCreate flags=%u e%d", flags, (*event)->object.number);
  }
  LEAVE;
}

int cuEventDestroy_v2(Event *event) {
  ENTER_CONTEXT("cuEventDestroy");
  NEED(alive(event, EVENT), INVALID_HANDLE);
  if (!result) {
    if (event->stream)
      reach(event, event->recorded);
    note("cuEventDestroy e%d", event->object.number);
    drop(event);
  }
  LEAVE;
}

int cuEventRecord(Event *event, Stream *stream) {
  ENTER_CONTEXT("cuEventRecord");
  NEED(alive(stream, STREAM) && alive(event, EVENT), INVALID_HANDLE);
  if (!result) {
    event->stream = stream;
    Operation operation = {.kind = RECORD, .event = event, .version = ++event->recorded};
    note("cuEventRecord e%d s%d", event->object.number, stream->object.number);
    hand(stream, &operation);
  }
  LEAVE;
}

int cuEventSynchronize(Event *event) {
  ENTER_CONTEXT("cuEventSynchronize");
  NEED(alive(event, EVENT), INVALID_HANDLE);
  if (!result) {
    note("cuEventSynchronize e%d", event->object.number);
    if (event->stream)
      reach(event, event->recorded);
    result = sticky;
  }
  LEAVE;
}

/** Each question lets the device do one thing more, so that asking in a loop ends. */
int cuEventQuery(Event *event) {
  ENTER_CONTEXT("cuEventQuery");
  NEED(alive(event, EVENT), INVALID_HANDLE);
  if (!result && event->happened < event->recorded) {
    step(event->stream);
    result = sticky ? sticky : NOT_READY;
  }
  LEAVE;
}

int cuEventElapsedTime(float *milliseconds, Event *start, Event *end) {
  ENTER_CONTEXT("cuEventElapsedTime");
  NEED(alive(start, EVENT) && alive(end, EVENT), INVALID_HANDLE);
  NEED(start->recorded && end->recorded, INVALID_HANDLE);
  NEED(start->happened == start->recorded && end->happened == end->recorded, NOT_READY);
  if (!result)
    *milliseconds = (float)(end->time - start->time);
  LEAVE;
}

/*--- Code ---------------------------------------------------------------------------*/

/** `.u64 name` or `.align 128 .b8 name[128]`. */
static int sizeOfParameter(const char *at) {
  const char *bits = at, *end = at + strcspn(at, ",)"), *open = strchr(at, '[');
  if (open && open < end)
    return atoi(open + 1);
  while (*bits && !isdigit((unsigned char)*bits))
    ++bits;
  return atoi(bits) / 8;
}

/** Finds `.entry name(.param .u64 ..., ...)` and the bytes of `.shared .b8 name[bytes]`. */
static Function *parse(const char *text) {
  Function *first = NULL;
  int shared = 0;
  for (const char *at = text; (at = strstr(at, ".shared ")); ++at) {
    const char *open = strchr(at, '['), *end = strchr(at, ';');
    if (open && end && open < end)
      shared += atoi(open + 1);
  }
  for (const char *at = text; (at = strstr(at, ".entry ")); ++at) {
    Function *function = calloc(1, sizeof(*function));
    sscanf(at + strlen(".entry "), "%127[A-Za-z0-9_$]", function->name);
    const char *end = strchr(at, ')');
    for (const char *in = at; (in = strstr(in, ".param ")) && in < end; ++in)
      if (function->parameters < MAX_PARAMETERS)
        function->parameterBytes[function->parameters++] = sizeOfParameter(in + strlen(".param "));
    function->staticShared = shared;
    function->dynamicShared = UNASKED_SHARED;
    function->next = first;
    first = function;
  }
  return first;
}

/** A cubin, here, is "CUBIN <capability>" and then PTX. */
int cuModuleLoadDataEx(Module **module, const void *data, unsigned count, int *options,
                       void **values) {
  ENTER_CONTEXT("cuModuleLoadDataEx");
  const char *text = data;
  int cubin = !strncmp(text, "CUBIN ", 6);
  NEED(!cubin || atoi(text + 6) == 10 * capabilityMajor + capabilityMinor, NO_BINARY_FOR_GPU);
  Function *functions = result ? NULL : parse(text);
  if (!result && !functions) {
    result = INVALID_PTX;
    for (unsigned i = 0; i < count; ++i)
      if (options[i] == 5)
        strcpy(values[i], "ptxas: no entry");
  }
  note("cuModuleLoadDataEx %s -> %d", cubin ? "cubin" : "ptx", result);
  if (!result) {
    *module = make(MODULE, sizeof(Module));
    (*module)->functions = functions;
  }
  LEAVE;
}

int cuModuleUnload(Module *module) {
  ENTER_CONTEXT("cuModuleUnload");
  NEED(alive(module, MODULE), INVALID_HANDLE);
  if (!result)
    result = disturbCaptures();
  if (!result) {
    note("cuModuleUnload");
    drainAll();
    while (module->functions) {
      Function *function = module->functions;
      module->functions = function->next;
      free(function);
    }
    drop(module);
  }
  LEAVE;
}

int cuModuleGetFunction(Function **found, Module *module, const char *name) {
  ENTER_CONTEXT("cuModuleGetFunction");
  NEED(alive(module, MODULE), INVALID_HANDLE);
  if (!result) {
    Function *function = module->functions;
    while (function && strcmp(function->name, name) != 0)
      function = function->next;
    *found = function;
    result = function ? SUCCESS : NOT_FOUND;
  }
  LEAVE;
}

int cuFuncGetAttribute(int *value, int which, Function *function) {
  ENTER_CONTEXT("cuFuncGetAttribute");
  NEED(which == 1 || which == 8, INVALID_VALUE);
  if (!result)
    *value = which == 1 ? function->staticShared : function->dynamicShared;
  LEAVE;
}

int cuFuncSetAttribute(Function *function, int which, int value) {
  ENTER_CONTEXT("cuFuncSetAttribute");
  NEED(which == 8 && value + function->staticShared <= MAX_SHARED, INVALID_VALUE);
  if (!result) {
    function->dynamicShared = value;
    note("cuFuncSetAttribute %s shared=%d", function->name, value);
  }
  LEAVE;
}

/*--- Tensor maps ----------------------------------------------------------------------*/

/** With the conditions of the original, for maps that are not interleaved. A map, here, begins
    with the address. */
int cuTensorMapEncodeTiled(void *map, int type, unsigned rank, void *memory,
                           const unsigned long long *sizes, const unsigned long long *strides,
                           const unsigned *box, const unsigned *elementStrides, int interleave,
                           int swizzle, int promotion, int fill) {
  static const unsigned bytesOf[] = {1, 2, 4, 4, 8, 8, 2, 4, 8, 2};
  char line[512];
  ENTER("cuTensorMapEncodeTiled");
  NEED(((uintptr_t)map & 63) == 0 && ((uintptr_t)memory & 15) == 0, INVALID_VALUE);
  NEED(type >= 0 && type < 10 && rank >= 1 && rank <= 5, INVALID_VALUE);
  NEED(interleave == 0 && swizzle == 3 && promotion >= 0 && promotion <= 3 && fill == 0,
       INVALID_VALUE);
  unsigned long long bytes = result ? 0 : bytesOf[type];
  int length = snprintf(line, sizeof(line), "type=%d", type);
  for (unsigned i = 0; !result && i < rank; ++i) {
    NEED(sizes[i] && sizes[i] <= 1ull << 32 && box[i] && box[i] <= 256, INVALID_VALUE);
    NEED(elementStrides[i] == 1, INVALID_VALUE);
    NEED(i == 0 || (strides[i - 1] % 16 == 0 && strides[i - 1] < 1ull << 40), INVALID_VALUE);
    unsigned long long stride = i ? strides[i - 1] : bytesOf[type];
    bytes += (sizes[i] - 1) * stride;
    length += snprintf(line + length, sizeof(line) - (size_t)length, " %llu*%llu/%u", sizes[i],
                       stride, box[i]);
  }
  NEED(box[0] * bytesOf[type] <= 128, INVALID_VALUE);
  NEED(findBlock(BLOCK, memory, bytes), INVALID_VALUE);
  if (!result) {
    memset(map, 0, 128);
    memcpy(map, &memory, sizeof(memory));
    note("cuTensorMapEncodeTiled %s", line);
  }
  LEAVE;
}

int cuLaunchKernel(Function *function, unsigned gridX, unsigned gridY, unsigned gridZ,
                   unsigned blockX, unsigned blockY, unsigned blockZ, unsigned shared,
                   Stream *stream, void **parameters, void **extra) {
  ENTER_CONTEXT("cuLaunchKernel");
  NEED(alive(stream, STREAM), INVALID_HANDLE);
  NEED(!extra && gridX && gridY && gridZ && gridY < 65536 && gridZ < 65536, INVALID_VALUE);
  NEED(blockX && blockY && blockZ && blockX * blockY * blockZ <= 1024, INVALID_VALUE);
  NEED((int)shared <= function->dynamicShared, INVALID_VALUE);
  if (!result) {
    Operation operation = {.kind = LAUNCH, .function = function};
    size_t bytes = 0;
    for (int i = 0; i < function->parameters; ++i)
      bytes += (size_t)function->parameterBytes[i];
    char *at = operation.staged = malloc(bytes ? bytes : 1);
    operation.bytes = bytes;
    for (int i = 0; i < function->parameters; ++i) {
      memcpy(at, parameters[i], (size_t)function->parameterBytes[i]);
      at += function->parameterBytes[i];
    }
    note("cuLaunchKernel %s grid=%u,%u,%u block=%u,%u,%u shared=%u parameters=%d s%d",
         function->name, gridX, gridY, gridZ, blockX, blockY, blockZ, shared, function->parameters,
         stream->object.number);
    hand(stream, &operation);
  }
  LEAVE;
}

/*--- Graphs ---------------------------------------------------------------------------*/

static void copyQueue(Queue *to, const Queue *from) {
  for (Operation *at = from->first; at; at = at->next) {
    Operation copy = *at;
    if (at->staged)
      copy.staged = copyOf(at->staged, at->bytes);
    append(to, &copy);
  }
}

int cuStreamBeginCapture_v2(Stream *stream, int mode) {
  ENTER_CONTEXT("cuStreamBeginCapture");
  NEED(alive(stream, STREAM), CAPTURE_UNSUPPORTED); /* stream 0 cannot be captured */
  NEED(!stream->capture && mode >= 0 && mode <= 2, INVALID_VALUE);
  NEED(stream->flags == 1, CAPTURE_IMPLICIT);
  if (!result) {
    note("cuStreamBeginCapture s%d mode=%d", stream->object.number, mode);
    stream->capture = make(GRAPH, sizeof(Graph));
  }
  LEAVE;
}

int cuStreamEndCapture(Stream *stream, Graph **graph) {
  ENTER_CONTEXT("cuStreamEndCapture");
  NEED(alive(stream, STREAM), INVALID_HANDLE);
  NEED(stream->capture, CAPTURE_UNMATCHED);
  if (!result) {
    note("cuStreamEndCapture s%d", stream->object.number);
    *graph = stream->capture;
    stream->capture = NULL;
    if ((*graph)->invalid) {
      clear(&(*graph)->operations);
      drop(*graph);
      *graph = NULL;
      result = CAPTURE_INVALIDATED;
    }
  }
  LEAVE;
}

int cuGraphInstantiateWithFlags(Graph **executable, Graph *graph, unsigned long long flags) {
  ENTER_CONTEXT("cuGraphInstantiateWithFlags");
  NEED(alive(graph, GRAPH), INVALID_HANDLE);
  NEED(flags == 0, INVALID_VALUE);
  if (!result) {
    note("cuGraphInstantiateWithFlags");
    *executable = make(EXECUTABLE, sizeof(Graph));
    copyQueue(&(*executable)->operations, &graph->operations);
  }
  LEAVE;
}

int cuGraphLaunch(Graph *executable, Stream *stream) {
  ENTER_CONTEXT("cuGraphLaunch");
  NEED(alive(executable, EXECUTABLE) && alive(stream, STREAM), INVALID_HANDLE);
  NEED(!executable->launching, INVALID_VALUE);
  if (!result) {
    /* Time for another thread to do the same, which it must not. */
    executable->launching = 1;
    pthread_mutex_unlock(&mutex);
    usleep(1000);
    pthread_mutex_lock(&mutex);
    executable->launching = 0;
    note("cuGraphLaunch s%d", stream->object.number);
    copyQueue(&stream->queue, &executable->operations);
  }
  LEAVE;
}

static int destroyGraph(const char *symbol, Graph *graph, Kind kind) {
  ENTER_CONTEXT(symbol);
  NEED(alive(graph, kind), INVALID_HANDLE);
  if (!result) {
    note("%s", symbol);
    clear(&graph->operations);
    drop(graph);
  }
  LEAVE;
}

int cuGraphDestroy(Graph *graph) { return destroyGraph("cuGraphDestroy", graph, GRAPH); }

int cuGraphExecDestroy(Graph *executable) {
  return destroyGraph("cuGraphExecDestroy", executable, EXECUTABLE);
}
