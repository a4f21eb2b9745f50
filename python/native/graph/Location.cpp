//===- Location.cpp - where the user recorded something --------------------===//

#include "python/native/graph/Location.h"

namespace portico::native {

namespace {

struct Position {
  int line = 0, column = -1;
};

#ifdef Py_LIMITED_API
/// `code.co_positions()` gives (line, end line, column, end column) for each
/// instruction of two bytes, or None for what is not known.
Position positionOf(PyObject *code, int offset) {
  Position result;
  PyObject *iterator = PyObject_CallMethod(code, "co_positions", nullptr);
  PyObject *positions = iterator ? PySequence_List(iterator) : nullptr;
  PyObject *entry = positions ? PyList_GetItem(positions, offset / 2) : nullptr;
  auto number = [&](Py_ssize_t which, int fallback) {
    PyObject *item = entry ? PyTuple_GetItem(entry, which) : nullptr;
    return item && PyLong_Check(item) ? int(PyLong_AsLong(item)) : fallback;
  };
  result = {number(0, 0), number(2, -1)};
  Py_XDECREF(positions);
  Py_XDECREF(iterator);
  PyErr_Clear();
  return result;
}
#else
Position positionOf(PyObject *code, int offset) {
  Position result;
  int endLine = 0, endColumn = 0;
  PyCode_Addr2Location(reinterpret_cast<PyCodeObject *>(code), offset, &result.line, &result.column,
                       &endLine, &endColumn);
  return result;
}
#endif

} // namespace

SourceLine Location::decode() const {
  SourceLine result;
  if (!frame.code)
    return result;
  PyObject *file = PyObject_GetAttrString(frame.code, "co_filename");
  if (const char *path = file ? PyUnicode_AsUTF8AndSize(file, nullptr) : nullptr)
    result.file = path;
  Py_XDECREF(file);
  PyErr_Clear();
  Position position = positionOf(frame.code, frame.offset);
  result.line = position.line < 0 ? 0 : position.line;
  result.column = position.column + 1;
  return result;
}

std::string Location::text() const {
  if (!frame.code)
    return "";
  SourceLine source = decode();
  return source.file + ":" + std::to_string(source.line);
}

} // namespace portico::native
