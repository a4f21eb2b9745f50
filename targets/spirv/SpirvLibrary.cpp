//===- SpirvLibrary.cpp - where packages put shared libraries ---------------===//

#include "targets/spirv/SpirvLibrary.h"

#include <cstdlib>
#include <dlfcn.h>
#include <filesystem>

namespace fs = std::filesystem;

std::vector<std::string> portico::spirv::libraryFolders() {
  std::vector<std::string> folders;
  if (const char *listed = getenv("PORTICO_LIBRARY_PATH")) {
    std::string rest = listed;
    while (!rest.empty()) {
      size_t end = rest.find(':');
      if (end != 0)
        folders.push_back(rest.substr(0, end));
      rest = end == std::string::npos ? "" : rest.substr(end + 1);
    }
  }
  // An installed package lies in <environment>/lib/python3.x/site-packages, a
  // build in a folder beside its .venv.
  Dl_info self;
  std::error_code none;
  if (dladdr(reinterpret_cast<void *>(&libraryFolders), &self) && self.dli_fname) {
    fs::path folder = fs::canonical(self.dli_fname, none).parent_path();
    for (; folder.has_relative_path(); folder = folder.parent_path())
      for (const char *inside : {"lib", ".venv/lib"})
        if (fs::is_directory(folder / inside, none))
          folders.push_back(folder / inside);
  }
  return folders;
}
