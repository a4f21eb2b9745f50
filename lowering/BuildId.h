//===- BuildId.h - which build of the compiler this is ----------------------===//

#ifndef PORTICO_LOWERING_BUILDID_H
#define PORTICO_LOWERING_BUILDID_H

#include <string>

namespace portico {

/// The identity that the linker gave to the binary this code is in, which changes
/// with any change to the compiler; empty where it gave none.
const std::string &compilerBuildId();

/// "Portico 0.1.0, LLVM 22.1.8"
std::string compilerVersion();

} // namespace portico

#endif // PORTICO_LOWERING_BUILDID_H
