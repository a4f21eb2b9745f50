//===- SharedObject.h - code of the host, loaded from memory ----------------===//
//
// For drivers whose blobs are shared objects of the host. No LLVM.
//
//===----------------------------------------------------------------------===//

#ifndef PORTICO_TARGETS_COMMON_SHAREDOBJECT_H
#define PORTICO_TARGETS_COMMON_SHAREDOBJECT_H

#include <cstddef>
#include <string>

namespace portico::host {

/// Loads the shared object `blob`; null and a reason in `error` where it does not load.
void *loadObject(const void *blob, size_t bytes, std::string &error);
void unloadObject(void *object);

/// Null and a reason in `error` where there is no such symbol.
void *findSymbol(void *object, const char *name, std::string &error);

} // namespace portico::host

#endif // PORTICO_TARGETS_COMMON_SHAREDOBJECT_H
