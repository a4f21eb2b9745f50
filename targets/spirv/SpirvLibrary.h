//===- SpirvLibrary.h - shared libraries that may or may not be there --------===//

#ifndef PORTICO_TARGETS_SPIRV_SPIRVLIBRARY_H
#define PORTICO_TARGETS_SPIRV_SPIRVLIBRARY_H

#include <string>
#include <vector>

namespace portico::spirv {

/// Folders in which packages of the Python environment at hand put libraries: those
/// of PORTICO_LIBRARY_PATH, then `lib` and `.venv/lib` of every folder above this
/// library's own. The system's folders are not among them.
std::vector<std::string> libraryFolders();

/// A handle for dlsym, never closed, or null with the reason in `why`.
void *openLibrary(const std::string &path, std::string &why);

} // namespace portico::spirv

#endif // PORTICO_TARGETS_SPIRV_SPIRVLIBRARY_H
