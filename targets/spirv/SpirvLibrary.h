//===- SpirvLibrary.h - where packages put shared libraries -----------------===//

#ifndef PORTICO_TARGETS_SPIRV_SPIRVLIBRARY_H
#define PORTICO_TARGETS_SPIRV_SPIRVLIBRARY_H

#include <string>
#include <vector>

namespace portico::spirv {

/// Folders in which packages of the Python environment at hand put libraries: those
/// of PORTICO_LIBRARY_PATH, then `lib` and `.venv/lib` of every folder above this
/// library's own. The system's folders are not among them.
std::vector<std::string> libraryFolders();

} // namespace portico::spirv

#endif // PORTICO_TARGETS_SPIRV_SPIRVLIBRARY_H
