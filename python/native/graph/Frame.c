/*===- Frame.c - the user's place in the program ----------------------------===*
 *
 * C, not C++: CPython's internal headers are C. Everything that depends on the
 * layout of a CPython version is in this file.
 *
 *===------------------------------------------------------------------------===*/

#ifndef Py_LIMITED_API
#define Py_BUILD_CORE 1
#endif
#include "Frame.h"

#ifndef Py_LIMITED_API
#include "internal/pycore_frame.h"
#endif

#include <stdlib.h>
#include <string.h>

static char *package_folder = NULL;
static size_t package_length = 0;

void portico_set_package_folder(const char *folder) {
  free(package_folder);
  package_folder = strdup(folder);
  package_length = strlen(folder);
}

/* Whether a file belongs to the package, or to Python itself, is asked for every op, so the answer is
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
  const char *path = PyUnicode_AsUTF8AndSize(filename, NULL);
  if (!path) {
    PyErr_Clear();
    return 0;
  }
  /* Python's own "<frozen runpy>" runs the package's commands. */
  int internal = strncmp(path, "<frozen ", 8) == 0 ||
                 (package_length && strncmp(path, package_folder, package_length) == 0 &&
                  path[package_length] == '/');
  Py_INCREF(filename);
  Py_XDECREF(table[slot].filename);
  table[slot].filename = filename;
  table[slot].internal = internal;
  return internal;
}

#ifndef Py_LIMITED_API

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
    result.code = Py_NewRef((PyObject *)code_of(frame));
    result.offset = _PyInterpreterFrame_LASTI(frame) * (int)sizeof(_Py_CODEUNIT);
  }
  return result;
}

int portico_user_depth(void) {
  int depth;
  return find_user_frame(&depth) ? depth : 1;
}

#else

/* One binary for many versions does not know their frames, and asks for objects. */
static PyObject *attribute(PyObject *object, PyObject **name, const char *text) {
  if (!*name)
    *name = PyUnicode_InternFromString(text);
  PyObject *value = PyObject_GetAttr(object, *name);
  if (!value)
    PyErr_Clear();
  return value;
}

static int is_users(PyObject *frame) {
  static PyObject *name;
  PyObject *code = (PyObject *)PyFrame_GetCode((PyFrameObject *)frame);
  PyObject *filename = attribute(code, &name, "co_filename");
  int users = filename && !is_internal(filename);
  Py_XDECREF(filename);
  Py_DECREF(code);
  return users;
}

/* A new reference to the user's frame, and how many frames it is away; or NULL. */
static PyObject *find_user_frame(int *depth) {
  static PyObject *name;
  *depth = 0;
  PyObject *frame = (PyObject *)PyEval_GetFrame();
  Py_XINCREF(frame);
  while (frame && frame != Py_None) {
    ++*depth;
    if (is_users(frame))
      return frame;
    PyObject *back = attribute(frame, &name, "f_back");
    Py_DECREF(frame);
    frame = back;
  }
  Py_XDECREF(frame);
  return NULL;
}

portico_frame portico_user_frame(void) {
  static PyObject *name;
  portico_frame result = {NULL, 0};
  int depth;
  PyObject *frame = find_user_frame(&depth);
  if (frame) {
    PyObject *offset = attribute(frame, &name, "f_lasti");
    result.code = (PyObject *)PyFrame_GetCode((PyFrameObject *)frame);
    result.offset = offset ? (int)PyLong_AsLong(offset) : 0;
    Py_XDECREF(offset);
    Py_DECREF(frame);
  }
  return result;
}

int portico_user_depth(void) {
  int depth;
  PyObject *frame = find_user_frame(&depth);
  Py_XDECREF(frame);
  return frame ? depth : 1;
}

#endif
