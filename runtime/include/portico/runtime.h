/*===- portico/runtime.h - buffers, programs and devices, as a C ABI ---------===*
 *
 * The runtime runs compiled programs. It knows nothing of the compiler, of
 * Python or of any one target: devices are reached through drivers (driver.h).
 *
 * Conventions
 * - Every struct that crosses this ABI starts with its size, filled in by the
 *   caller; the library reads and writes no further than that. Structs grow at
 *   their end only.
 * - A function that can fail returns a portico_code and, where `status` is not
 *   null, describes the failure in it. On success `status` is left alone.
 * - Objects are reference counted and thread-safe. Nothing is thrown.
 *
 *===------------------------------------------------------------------------===*/

#ifndef PORTICO_RUNTIME_H
#define PORTICO_RUNTIME_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(_WIN32)
#define PORTICO_API
#else
#define PORTICO_API __attribute__((visibility("default")))
#endif

/** Changes when something that exists changes its meaning; additions do not. */
#define PORTICO_RUNTIME_ABI 1

/** All memory handed out by the runtime starts at a multiple of this. */
#define PORTICO_ALIGNMENT 64

typedef struct portico_device portico_device;
typedef struct portico_buffer portico_buffer;
typedef struct portico_program portico_program;

/*===------------------------------------------------------------------------===*
 * Errors
 *===------------------------------------------------------------------------===*/

typedef int32_t portico_code;
enum {
  PORTICO_OK = 0,
  /** The caller broke the contract of a function. */
  PORTICO_INVALID_ARGUMENT = 1,
  PORTICO_OUT_OF_MEMORY = 2,
  /** The bytes are no program of ours, damaged, or of another version. */
  PORTICO_BAD_PROGRAM = 3,
  /** There is no such device, or its driver does not work here. */
  PORTICO_UNAVAILABLE = 4,
  /** An index read at run time was outside its dimension: `value`, `bound`. */
  PORTICO_INDEX_OUT_OF_RANGE = 5,
  /** A driver failed. */
  PORTICO_DEVICE_ERROR = 6,
  /** An integer was divided by 0 at run time. */
  PORTICO_DIVISION_BY_ZERO = 7
};

/** Whether the values of a run are to blame: then it ran to its end all the same. */
static inline int32_t portico_is_value_error(portico_code code) {
  return code == PORTICO_INDEX_OUT_OF_RANGE || code == PORTICO_DIVISION_BY_ZERO;
}

typedef struct portico_status {
  uint64_t struct_size;
  portico_code code;
  /** Ordinal in the compiled module of the op that failed; -1: no op. */
  int32_t op;
  int64_t value;
  int64_t bound;
  char message[1000];
  /**
   * The program that `op` belongs to, or null. On a device that works apart from the host it
   * may be another than the one that the call was about, and may be gone: compare it only.
   */
  const portico_program *program;
} portico_status;

/*===------------------------------------------------------------------------===*
 * Devices
 *===------------------------------------------------------------------------===*/

struct portico_driver;
struct portico_device_info;

/** Adds a driver; the first one added is the default. */
PORTICO_API portico_code portico_driver_register(const struct portico_driver *driver,
                                                 portico_status *status);

/** The drivers in the order in which they were added: names are null from the end on. */
PORTICO_API const char *portico_driver_name(int32_t index);

/**
 * What a device string's first word means: the table, for the driver's name and for its
 * other names ("" is the default driver), or null. Entries that the driver was compiled
 * without are null.
 */
PORTICO_API const struct portico_driver *portico_driver_find(const char *name);

/** How many devices the named driver has; 0 where there is no such driver. */
PORTICO_API int32_t portico_device_count(const char *driver);

/**
 * The device called `name`: "driver" or "driver:ordinal"; null or "" is the
 * default. Devices live as long as the process; the result is not counted.
 */
PORTICO_API portico_code portico_device_get(const char *name, portico_device **device,
                                            portico_status *status);

/** What the device of that name is, without opening it; `info` says its size. */
PORTICO_API portico_code portico_device_describe(const char *name, struct portico_device_info *info,
                                                 portico_status *status);

/** "driver:ordinal" */
PORTICO_API const char *portico_device_name(const portico_device *device);

/** Nonzero where the host may read and write the device's buffers directly. */
PORTICO_API int32_t portico_device_is_host(const portico_device *device);

/**
 * Waits for everything handed to the device so far. Reports what kernels found wrong
 * since the last wait, as every function does that waits for a device.
 */
PORTICO_API portico_code portico_device_synchronize(portico_device *device, portico_status *status);

/*===------------------------------------------------------------------------===*
 * Streams and events
 *
 * Programs and copies go to the calling thread's current stream of their device, which
 * is the default stream until another is chosen. Whatever touches the same buffer is
 * done in the order of the calls, on whichever streams.
 *===------------------------------------------------------------------------===*/

typedef struct portico_stream portico_stream;
typedef struct portico_event portico_event;

/** One of the device's streams other than the default one, in turn. They are never destroyed. */
PORTICO_API portico_code portico_stream_next(portico_device *device, portico_stream **stream,
                                             portico_status *status);
PORTICO_API portico_stream *portico_stream_default(portico_device *device);
/** The calling thread's. */
PORTICO_API portico_stream *portico_stream_current(portico_device *device);
PORTICO_API void portico_stream_set_current(portico_stream *stream);
/** 0 is the default stream. */
PORTICO_API int32_t portico_stream_number(const portico_stream *stream);
PORTICO_API portico_device *portico_stream_device(const portico_stream *stream);
PORTICO_API portico_code portico_stream_synchronize(portico_stream *stream, portico_status *status);
/** Sets `*done` to whether the stream has nothing left to do. */
PORTICO_API portico_code portico_stream_query(portico_stream *stream, int32_t *done,
                                              portico_status *status);

PORTICO_API portico_code portico_event_create(portico_device *device, portico_event **event,
                                              portico_status *status);
/** Null is allowed. */
PORTICO_API void portico_event_destroy(portico_event *event);
PORTICO_API portico_code portico_event_record(portico_event *event, portico_stream *stream,
                                              portico_status *status);
/** What the stream is handed from now on is done after the event. */
PORTICO_API portico_code portico_event_wait(portico_event *event, portico_stream *stream,
                                            portico_status *status);
/** The host waits. */
PORTICO_API portico_code portico_event_synchronize(portico_event *event, portico_status *status);
PORTICO_API portico_code portico_event_query(portico_event *event, int32_t *done,
                                             portico_status *status);
/** Between two events of a device that have happened. */
PORTICO_API portico_code portico_event_elapsed(portico_event *start, portico_event *end,
                                               double *milliseconds, portico_status *status);

/*===------------------------------------------------------------------------===*
 * Memory
 *===------------------------------------------------------------------------===*/

/** A new buffer of `bytes` (0 is allowed), not initialised, with one reference. */
PORTICO_API portico_code portico_buffer_allocate(portico_device *device, uint64_t bytes,
                                                 portico_buffer **buffer, portico_status *status);

/**
 * A buffer over memory of somebody else. `deleter(context)`, where not null, is
 * called once, when the last reference goes. The memory need not be aligned to
 * more than its elements.
 */
PORTICO_API portico_code portico_buffer_wrap(portico_device *device, void *data, uint64_t bytes,
                                             void (*deleter)(void *context), void *context,
                                             portico_buffer **buffer, portico_status *status);

PORTICO_API void portico_buffer_retain(portico_buffer *buffer);
/** Null is allowed. */
PORTICO_API void portico_buffer_release(portico_buffer *buffer);
PORTICO_API uint64_t portico_buffer_references(const portico_buffer *buffer);
PORTICO_API void *portico_buffer_data(const portico_buffer *buffer);
PORTICO_API uint64_t portico_buffer_bytes(const portico_buffer *buffer);
PORTICO_API portico_device *portico_buffer_device(const portico_buffer *buffer);
/** Nonzero where the memory was wrapped, not allocated. */
PORTICO_API int32_t portico_buffer_is_external(const portico_buffer *buffer);

/**
 * Copies between host memory and a buffer on any device. The source of a write may be used
 * again on return, whether or not the device has the bytes yet. A read waits, reports what
 * kernels found wrong before it, and delivers the bytes all the same.
 */
PORTICO_API portico_code portico_buffer_write(portico_buffer *buffer, uint64_t offset,
                                              const void *source, uint64_t bytes,
                                              portico_status *status);
PORTICO_API portico_code portico_buffer_read(const portico_buffer *buffer, uint64_t offset,
                                             void *destination, uint64_t bytes,
                                             portico_status *status);

/**
 * Repeats a pattern of 1, 2, 4 or 8 bytes through the whole buffer, whose size is a multiple
 * of it. Does not wait.
 */
PORTICO_API portico_code portico_buffer_fill(portico_buffer *buffer, uint64_t pattern,
                                             uint32_t pattern_bytes, portico_status *status);

typedef struct portico_memory_stats {
  uint64_t struct_size;
  /** Bytes in buffers and arenas that are in use, and the most there ever were. */
  uint64_t live_bytes;
  uint64_t peak_bytes;
  /** Bytes kept for the next allocation. */
  uint64_t cached_bytes;
  /** Bytes in wrapped buffers: not ours, and not in the figures above. */
  uint64_t external_bytes;
  /** The most that live and cached bytes together may be. */
  uint64_t limit_bytes;
  uint64_t live_buffers;
  /** Allocations asked for, and those of them that the cache served. */
  uint64_t allocations;
  uint64_t cache_hits;
  /** Times the cache was given back because memory ran out. */
  uint64_t retries;
  /** The most that live and cached bytes together ever were. */
  uint64_t peak_reserved_bytes;
} portico_memory_stats;

PORTICO_API void portico_memory_get_stats(portico_device *device, portico_memory_stats *stats);
PORTICO_API void portico_memory_reset_peak(portico_device *device);
/** Gives the cached memory back to the device. */
PORTICO_API void portico_memory_release_cached(portico_device *device);
/**
 * What the device has free at this moment, for all its users; where its driver cannot tell,
 * what is left below the limit.
 */
PORTICO_API portico_code portico_memory_info(portico_device *device, uint64_t *free_bytes,
                                             uint64_t *total_bytes, portico_status *status);
/** 0: the default, which is what the machine (or its container) has. */
PORTICO_API void portico_memory_set_limit(portico_device *device, uint64_t bytes);

/*===------------------------------------------------------------------------===*
 * Threads
 *===------------------------------------------------------------------------===*/

/**
 * How many threads run a kernel, the calling one included. The default is
 * PORTICO_NUM_THREADS or the processors this process may use.
 */
PORTICO_API int32_t portico_get_num_threads(void);
PORTICO_API portico_code portico_set_num_threads(int32_t threads, portico_status *status);

/*===------------------------------------------------------------------------===*
 * Programs
 *===------------------------------------------------------------------------===*/

/**
 * Checks the bytes and prepares the program for the device. The bytes are
 * copied. Bytes that are truncated, foreign or of another version are refused
 * with PORTICO_BAD_PROGRAM, never trusted.
 */
PORTICO_API portico_code portico_program_load(portico_device *device, const void *bytes,
                                              uint64_t size, portico_program **program,
                                              portico_status *status);
PORTICO_API void portico_program_retain(portico_program *program);
PORTICO_API void portico_program_release(portico_program *program);

typedef struct portico_program_info {
  uint64_t struct_size;
  uint32_t inputs;
  uint32_t outputs;
  /** Distinct kernels, and commands of one run. */
  uint32_t kernels;
  uint32_t commands;
  uint64_t arena_bytes;
  uint64_t constant_bytes;
  uint64_t code_bytes;
  /** Sets of addresses for which the commands were recorded and are one call. */
  uint32_t graphs;
  uint32_t reserved;
} portico_program_info;

PORTICO_API void portico_program_get_info(const portico_program *program,
                                          portico_program_info *info);
PORTICO_API uint64_t portico_program_input_bytes(const portico_program *program, uint32_t input);
PORTICO_API uint64_t portico_program_output_bytes(const portico_program *program, uint32_t output);
/** The input whose memory output `output` takes where that input is donated; -1: none. */
PORTICO_API int32_t portico_program_output_donor(const portico_program *program, uint32_t output);
/** Name of the op with this ordinal in the compiled module; null: not known. */
PORTICO_API const char *portico_program_op_name(const portico_program *program, int32_t op);

/**
 * Runs the program once. Any number of threads may do so at a time.
 *
 * `inputs`: one buffer per input, of exactly the input's size.
 * `donate`: null, or one flag per input: nonzero gives the buffer's contents
 *   away; such a buffer must not be passed as another input too. Where an output has that input as
 * its donor, the output is that very buffer (with one more reference), written in place; a donated
 * buffer that is no output's donor is left as it is. `outputs`: one pointer per output. Null: the
 * runtime allocates, and the caller owns the reference. Not null: the output is written there; the
 * buffer must have the output's size and share no memory with an input or another output.
 *
 * An index out of range does not stop the run: the kernel clamps it, the outputs
 * are delivered, and the first such error is returned; on a device that works apart
 * from the host it is returned by the next function that waits for the run. After any
 * other error no output is delivered, and outputs that were null are null.
 */
PORTICO_API portico_code portico_program_run(portico_program *program,
                                             portico_buffer *const *inputs, const uint8_t *donate,
                                             portico_buffer **outputs, portico_status *status);

#ifdef __cplusplus
}
#endif

#endif /* PORTICO_RUNTIME_H */
