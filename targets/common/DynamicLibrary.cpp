//===- DynamicLibrary.cpp - a vendor's library, found at run time -----------===//

#include "targets/common/DynamicLibrary.h"

#include <cstring>
#include <dlfcn.h>

using namespace portico;

DynamicLibrary DynamicLibrary::open(const std::vector<std::string> &paths, std::string &why) {
  DynamicLibrary library;
  why.clear();
  for (const std::string &path : paths) {
    library.handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (library.handle) {
      library.opened = path;
      why.clear();
      break;
    }
    const char *error = dlerror();
    bool there = !strstr(error, (path + ": cannot open shared object file").c_str());
    if (why.empty() || there)
      why = error;
    if (there)
      break;
  }
  return library;
}

void *DynamicLibrary::address(const char *symbol) const { return dlsym(handle, symbol); }
