//===- Location.cpp - where the user recorded something --------------------===//

#include "python/native/graph/Location.h"

namespace portico::native {

SourceLine Location::decode() const {
  SourceLine result;
  if (!frame.code)
    return result;
  if (const char *file = PyUnicode_AsUTF8(frame.code->co_filename))
    result.file = file;
  else
    PyErr_Clear();
  int line = 0, column = -1, endLine = 0, endColumn = 0;
  if (PyCode_Addr2Location(frame.code, frame.offset, &line, &column, &endLine, &endColumn)) {
    result.line = line < 0 ? 0 : line;
    result.column = column + 1;
  }
  return result;
}

std::string Location::text() const {
  if (!frame.code)
    return "";
  SourceLine source = decode();
  return source.file + ":" + std::to_string(source.line);
}

} // namespace portico::native
