/*===- portico/parallel.h - the thread pool, for drivers that run on the host -===*/

#ifndef PORTICO_PARALLEL_H
#define PORTICO_PARALLEL_H

#include "portico/runtime.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Calls `task(context, begin, end)` for ranges that together are [0, extent),
 * on the threads of the pool, and returns when all are done. Ranges hold at
 * least `grain` items (the last one may be shorter) and start at a multiple of
 * it. A range that is not worth handing out runs in the calling thread, without
 * waking the pool.
 */
PORTICO_API void portico_parallel_for(int64_t extent, int64_t grain,
                                      void (*task)(void *context, int64_t begin, int64_t end),
                                      void *context);

#ifdef __cplusplus
}
#endif

#endif /* PORTICO_PARALLEL_H */
