/*===- Frame.h - the user's place in the program ----------------------------===*/

#ifndef PORTICO_NATIVE_GRAPH_FRAME_H
#define PORTICO_NATIVE_GRAPH_FRAME_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A code object and the byte offset of an instruction in it. */
typedef struct portico_frame {
  PyObject *code;
  int offset;
} portico_frame;

/**
 * The innermost Python frame whose file is not below the package folder, with a
 * new reference to its code; null code where there is none. Takes no frame
 * object: making one costs more than recording an op.
 */
portico_frame portico_user_frame(void);

/** How many frames up the user's is, the innermost being 1: the level of a warning. */
int portico_user_depth(void);

/** Code of files below this folder is never the user's. */
void portico_set_package_folder(const char *folder);

#ifdef __cplusplus
}
#endif

#endif /* PORTICO_NATIVE_GRAPH_FRAME_H */
