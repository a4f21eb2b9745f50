//===- SourceLine.h - a place in the user's program ------------------------===//

#ifndef PORTICO_NATIVE_GRAPH_SOURCELINE_H
#define PORTICO_NATIVE_GRAPH_SOURCELINE_H

#include <string>

namespace portico::native {

/// Columns count from 1; 0 where not known.
struct SourceLine {
  std::string file;
  int line = 0;
  int column = 0;
};

} // namespace portico::native

#endif // PORTICO_NATIVE_GRAPH_SOURCELINE_H
