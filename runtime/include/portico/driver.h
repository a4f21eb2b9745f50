/*===- portico/driver.h - the run half of a target, as a C table -------------===*
 *
 * A driver is one table of functions. The runtime calls nothing else of it, so a
 * driver may live in a shared library of its own.
 *
 * Conventions
 * - `struct_size` is the size of the table the driver was compiled with. Fields
 *   after it do not exist for the runtime; those below "optional" may be null.
 * - Functions return 0, or nonzero after a failure that `last_error` describes
 *   (for the calling thread, until its next call).
 * - Work goes to a stream and is done in the order in which it is handed to that
 *   stream, possibly later than the call that hands it over; work of two streams
 *   is done in any order. A null stream is the device's default stream, which is
 *   one stream among the others: it waits for none of them. A driver whose memory
 *   the host may touch (`host_memory`) has done the work when the call returns.
 * - Any thread may call any function at any time. Pointer arithmetic on addresses
 *   from `memory_allocate` is allowed, on the host too: the runtime cuts a block
 *   into pieces and passes addresses inside it to `copy`, `fill` and `launch`.
 * - `copy` from or to the host may be over when it returns or later; the runtime
 *   leaves the host's bytes alone until the stream was waited for.
 *
 *===------------------------------------------------------------------------===*/

#ifndef PORTICO_DRIVER_H
#define PORTICO_DRIVER_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define PORTICO_DRIVER_ABI 2

typedef struct portico_device_info {
  uint64_t struct_size;
  char name[128];
  uint64_t memory_bytes;
  /** The host may read and write the device's memory, and calls have done their work on return. */
  int32_t host_memory;
  /** What the compile half calls this machine. Empty: the target's first. */
  char arch[128];
  /** Cores, multiprocessors, ...; 0: not known. */
  uint32_t compute_units;
  char driver_version[64];
  /** The architecture's version as the vendor counts it, such as 9 and 0; both 0: it has none. */
  uint32_t version_major;
  uint32_t version_minor;
} portico_device_info;

/**
 * One kernel over one range.
 *
 * Where `block` is zero, the driver calls the kernel for ranges of items that together
 * are [0, extent). Otherwise it runs grid x block work-items at once, and the parameters
 * of the kernel are `buffers`, then the extent as an int64_t, then `status`.
 */
typedef struct portico_launch {
  uint64_t struct_size;
  void *kernel;
  /**
   * Inputs, results, then for ranges the scratch slot, then the slot that all tasks or
   * groups of the kernel share (null where there is none).
   */
  void *const *buffers;
  uint32_t buffer_count;
  uint32_t reserved;
  /** The kernel does the items [0, extent); fewer than `grain` are not worth a task. */
  int64_t extent;
  int64_t grain;
  /** Each task gets this many bytes of its own, in the slot buffer_count - 2. */
  uint64_t scratch_bytes;
  /** Four words in device memory, zero unless something was found wrong. */
  int64_t *status;
  /** Work-groups, and work-items of each; 0 on targets without. */
  uint32_t grid[3];
  uint32_t block[3];
  /** Memory of each work-group that its work-items share; the kernel declares it, too. */
  uint32_t group_memory_bytes;
  uint32_t reserved2;
  /** Null: the default stream. */
  void *stream;
  /** How many bytes of each buffer the kernel may touch. */
  const uint64_t *buffer_bytes;
} portico_launch;

typedef enum portico_copy_kind {
  PORTICO_COPY_WITHIN = 0,
  PORTICO_COPY_TO_DEVICE = 1,
  PORTICO_COPY_TO_HOST = 2
} portico_copy_kind;

/**
 * Bytes that other processes of the user find again, by key: what a driver is slow to make,
 * such as code that the device's own compiler has built. A key says all that the bytes depend
 * on, the version of the vendor's library too. Any thread may call it. What is found was kept
 * under that very key; all the same it may be of no use, and is then made anew.
 */
typedef struct portico_store {
  uint64_t struct_size;
  /** Calls `take` once with what was kept, and returns 1; 0 where there is nothing. */
  int32_t (*find)(const void *key, size_t key_bytes,
                  void (*take)(void *argument, const void *bytes, size_t size), void *argument);
  /** Never fails; where it cannot keep anything it does nothing. */
  void (*keep)(const void *key, size_t key_bytes, const void *bytes, size_t size);
} portico_store;

typedef struct portico_driver {
  uint64_t struct_size;
  uint32_t abi;
  /** The word before the colon in a device string. */
  const char *name;

  /* Devices */
  int32_t (*device_count)(void);
  int32_t (*device_info)(int32_t ordinal, portico_device_info *info);
  int32_t (*device_open)(int32_t ordinal, void **device);
  void (*device_close)(void *device);
  /** Whether code for `arch` (the text the compile half wrote) runs there: 1 or 0. */
  int32_t (*device_supports)(int32_t ordinal, const char *arch);

  /* Memory, aligned to PORTICO_ALIGNMENT at least */
  int32_t (*memory_allocate)(void *device, size_t bytes, void **memory);
  void (*memory_release)(void *device, void *memory, size_t bytes);

  /* Copies. `fill` repeats a pattern of 1, 2, 4 or 8 bytes. */
  int32_t (*copy)(void *device, void *destination, const void *source, size_t bytes,
                  portico_copy_kind kind, void *stream);
  int32_t (*fill)(void *device, void *destination, uint64_t pattern, uint32_t pattern_bytes,
                  size_t bytes, void *stream);

  /* Code */
  int32_t (*module_load)(void *device, const void *blob, size_t bytes, void **module);
  void (*module_unload)(void *device, void *module);
  int32_t (*module_kernel)(void *device, void *module, const char *name, void **kernel);
  /** On failure, words 0 to 2 of `status` are 0; word 3 may tell the op in the kernel. */
  int32_t (*launch)(void *device, const portico_launch *launch);

  /* Streams */
  int32_t (*stream_create)(void *device, void **stream);
  /** Its work is done all the same. */
  void (*stream_destroy)(void *device, void *stream);
  /** What the stream is handed from now on is done after what `event` was recorded behind. */
  int32_t (*stream_wait)(void *device, void *stream, void *event);
  /** The host waits until the stream has nothing left to do. */
  int32_t (*stream_synchronize)(void *device, void *stream);

  /* Events. One that was never recorded has happened. One may be destroyed while streams wait. */
  int32_t (*event_create)(void *device, void **event);
  void (*event_destroy)(void *device, void *event);
  /** The event happens once what the stream has been handed so far is done. */
  int32_t (*event_record)(void *device, void *event, void *stream);
  /** The host waits. */
  int32_t (*event_wait)(void *device, void *event);
  /** Sets `*done`. */
  int32_t (*event_query)(void *device, void *event, int32_t *done);

  /** The host waits for every stream. */
  int32_t (*synchronize)(void *device);
  const char *(*last_error)(void);

  /* Optional: each may be null, as may everything that is added below it. */

  /** Other words for the device strings of this driver, separated by commas. */
  const char *aliases;
  /** The target whose code it runs, where that is not the one called `name`. */
  const char *code_target;
  /** Why device_count() is 0, and where it was looked for; null where there are devices. */
  const char *(*unavailable_reason)(void);
  /** What the device has free at this moment, for all its users. */
  int32_t (*memory_info)(void *device, uint64_t *free_bytes, uint64_t *total_bytes);
  /** Host memory that copies to and from the device need no detour for. */
  int32_t (*host_allocate)(void *device, size_t bytes, void **memory);
  void (*host_release)(void *device, void *memory);
  /** Between two events that happened. Without it only devices with `host_memory` are timed. */
  int32_t (*event_elapsed)(void *device, void *start, void *end, double *milliseconds);
  /**
   * What the thread hands to `stream` from `graph_begin` to `graph_end` is not done but kept,
   * with its addresses, for `graph_launch` to do: launches, copies within the device, and
   * fills, and it calls nothing else of the driver meanwhile. All four or none.
   */
  int32_t (*graph_begin)(void *device, void *stream);
  int32_t (*graph_end)(void *device, void *stream, void **graph);
  int32_t (*graph_launch)(void *device, void *graph, void *stream);
  void (*graph_destroy)(void *device, void *graph);
  /** Before anything else is called. The store lives as long as the process. */
  void (*use_store)(const portico_store *store);
} portico_driver;

#ifdef __cplusplus
}
#endif

#endif /* PORTICO_DRIVER_H */
