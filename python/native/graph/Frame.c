/*===- Frame.c - the user's place in the program ----------------------------===*
 *
 * C, not C++: CPython's internal headers are C. Everything that depends on the
 * layout of a CPython version is in this file.
 *
 *===------------------------------------------------------------------------===*/

#define Py_BUILD_CORE 1
#include "Frame.h"

#include "internal/pycore_frame.h"

#include <stdlib.h>
#include <string.h>

static char *package_folder = NULL;
static size_t package_length = 0;

void portico_set_package_folder(const char *folder) {
  free(package_folder);
  package_folder = strdup(folder);
  package_length = strlen(folder);
}

/* Whether a file belongs to the package is asked for every op, so the answer is
 * kept by the address of the file name, which all code of a file shares. The
 * table owns its names: an address must not come to mean another name. */
#define SLOTS 1024
static struct {
  PyObject *filename;
  int internal;
} table[SLOTS];

static int is_internal(PyObject *filename) {
  size_t slot = ((size_t)filename >> 4) % SLOTS;
  if (table[slot].filename == filename)
    return table[slot].internal;
  const char *path = PyUnicode_AsUTF8(filename);
  if (!path) {
    PyErr_Clear();
    return 0;
  }
  int internal = package_length && strncmp(path, package_folder, package_length) == 0 &&
                 path[package_length] == '/';
  Py_INCREF(filename);
  Py_XDECREF(table[slot].filename);
  table[slot].filename = filename;
  table[slot].internal = internal;
  return internal;
}

static _PyInterpreterFrame *current_frame(void) {
#if PY_VERSION_HEX < 0x030D0000
  PyThreadState *state = _PyThreadState_UncheckedGet();
  return state ? state->cframe->current_frame : NULL;
#else
  PyThreadState *state = PyThreadState_GetUnchecked();
  return state ? state->current_frame : NULL;
#endif
}

static PyCodeObject *code_of(_PyInterpreterFrame *frame) {
#if PY_VERSION_HEX < 0x030D0000
  return frame->f_code;
#else
  return _PyFrame_GetCode(frame);
#endif
}

/* The user's frame, and how many frames it is away; NULL where there is none. */
static _PyInterpreterFrame *find_user_frame(int *depth) {
  *depth = 0;
  for (_PyInterpreterFrame *frame = current_frame(); frame; frame = frame->previous) {
    if (_PyFrame_IsIncomplete(frame))
      continue;
    ++*depth;
    if (!is_internal(code_of(frame)->co_filename))
      return frame;
  }
  return NULL;
}

portico_frame portico_user_frame(void) {
  portico_frame result = {NULL, 0};
  int depth;
  _PyInterpreterFrame *frame = find_user_frame(&depth);
  if (frame) {
    result.code = (PyCodeObject *)Py_NewRef((PyObject *)code_of(frame));
    result.offset = _PyInterpreterFrame_LASTI(frame) * (int)sizeof(_Py_CODEUNIT);
  }
  return result;
}

int portico_user_depth(void) {
  int depth;
  return find_user_frame(&depth) ? depth : 1;
}
