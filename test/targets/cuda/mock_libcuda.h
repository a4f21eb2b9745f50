/*===- mock_libcuda.h - steering the imitation of libcuda --------------------===*/

#ifndef PORTICO_TEST_MOCK_LIBCUDA_H
#define PORTICO_TEST_MOCK_LIBCUDA_H

#ifdef __cplusplus
extern "C" {
#endif

/** Devices that cuInit finds, all of one compute capability. Default: one 9.0. */
void mock_devices(int count, int major, int minor);

/** The next `times` calls of `symbol` return `result` and do nothing else. */
void mock_fail(const char *symbol, int result, int times);

/** What launches of the function of that name do. Without one they do nothing. */
void mock_kernel(const char *name, void (*body)(void *const *parameters));

/** Called by a kernel: the context is lost, as after an illegal address. */
void mock_trap(void);

/** The calls since the last one of this, a line each. The text is valid until the next. */
const char *mock_log(void);

/** How much of a kind exists: "memory" (bytes), "host", "stream", "event", "module",
    "graph", "executable", "context" (times retained), "pending" (operations). */
long mock_live(const char *kind);

#ifdef __cplusplus
}
#endif

#endif /* PORTICO_TEST_MOCK_LIBCUDA_H */
