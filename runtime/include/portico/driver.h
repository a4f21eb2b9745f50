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
 * - Work is done in the order in which it is handed to a device, possibly later
 *   than the call that hands it over. A driver whose memory the host may touch
 *   (`host_memory`) has done it when the call returns.
 *
 *===------------------------------------------------------------------------===*/

#ifndef PORTICO_DRIVER_H
#define PORTICO_DRIVER_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define PORTICO_DRIVER_ABI 1

typedef struct portico_device_info {
  uint64_t struct_size;
  char name[128];
  uint64_t memory_bytes;
  /** The host may read and write the device's memory, and calls have done their work on return. */
  int32_t host_memory;
} portico_device_info;

/** One kernel over one range. */
typedef struct portico_launch {
  uint64_t struct_size;
  void *kernel;
  /** Inputs, results, the scratch slot, the shared slot (null where there is none). */
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
  /** For targets with work-groups; 0 elsewhere. */
  uint32_t grid[3];
  uint32_t block[3];
  uint32_t group_memory_bytes;
} portico_launch;

typedef enum portico_copy_kind {
  PORTICO_COPY_WITHIN = 0,
  PORTICO_COPY_TO_DEVICE = 1,
  PORTICO_COPY_TO_HOST = 2
} portico_copy_kind;

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
                  portico_copy_kind kind);
  int32_t (*fill)(void *device, void *destination, uint64_t pattern, uint32_t pattern_bytes,
                  size_t bytes);

  /* Code */
  int32_t (*module_load)(void *device, const void *blob, size_t bytes, void **module);
  void (*module_unload)(void *device, void *module);
  int32_t (*module_kernel)(void *device, void *module, const char *name, void **kernel);
  int32_t (*launch)(void *device, const portico_launch *launch);

  /* Events */
  int32_t (*event_create)(void *device, void **event);
  void (*event_destroy)(void *device, void *event);
  int32_t (*event_record)(void *device, void *event);
  int32_t (*event_wait)(void *device, void *event);
  /** Sets `*done`. */
  int32_t (*event_query)(void *device, void *event, int32_t *done);

  int32_t (*synchronize)(void *device);
  const char *(*last_error)(void);

  /* Optional: none so far. */
} portico_driver;

#ifdef __cplusplus
}
#endif

#endif /* PORTICO_DRIVER_H */
