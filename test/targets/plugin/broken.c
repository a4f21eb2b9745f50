/* Plug-ins that are wrong in one way each, chosen by WRONG; MACHINE sets figures. One with GIVEN
 * writes what `compile` is given into that file, and fails; so does LINK_FAILS of `link`. */

#include "portico/plugin.h"

#include <stdio.h>

static const char *arch(uint32_t index) { return index ? 0 : "arch"; }
static int32_t machine(const char *name, portico_machine *machine) {
#ifdef MACHINE
  MACHINE;
#endif
  return !name || !machine;
}
static int32_t compile(const char *arch, const void *bytecode, uint64_t size, const char *prefix,
                       portico_bytes *object) {
#ifdef GIVEN
  FILE *file = fopen(GIVEN, "wb");
  fwrite(bytecode, 1, size, file);
  return fclose(file) || 1;
#endif
  return !arch || !bytecode || !size || !prefix || !object;
}
static int32_t link(const char *arch, const portico_bytes *objects, uint64_t count,
                    portico_bytes *blob) {
#ifdef LINK_FAILS
  return 1;
#endif
  return !arch || !objects || !count || !blob;
}
static void release(portico_bytes *bytes) { bytes->data = 0; }
static const char *lastError(void) { return "it was made to fail"; }

static portico_compiler table = {sizeof(portico_compiler),
                                 PORTICO_COMPILER_ABI,
                                 "broken",
                                 arch,
                                 machine,
                                 compile,
                                 link,
                                 release,
                                 lastError,
                                 0,
                                 0};

PORTICO_PLUGIN_EXPORT const portico_compiler *OFFERED(void) {
#ifdef WRONG
  WRONG;
#endif
  return &table;
}
