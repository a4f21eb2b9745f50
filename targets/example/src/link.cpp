// link.cpp - the objects of a program and what they call to one shared object.

#include "compiler.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/raw_ostream.h"

#include <dlfcn.h>

using namespace llvm;

/// The archive of what kernels call lies beside this library.
static std::string kernelsArchive() {
  Dl_info info;
  if (!dladdr(reinterpret_cast<void *>(&kernelsArchive), &info))
    return "";
  SmallString<256> path(info.dli_fname);
  sys::path::remove_filename(path);
  sys::path::append(path, "libexample_kernels.a");
  return std::string(path);
}

Expected<std::string> example::linkObjects(ArrayRef<StringRef> objects) {
  SmallString<128> folder;
  if (std::error_code code = sys::fs::createUniqueDirectory("portico-example", folder))
    return createStringError(code, "no temporary folder");
  auto inFolder = [&](const Twine &name) {
    SmallString<128> path(folder);
    sys::path::append(path, name);
    return std::string(path);
  };
  std::string output = inFolder("program.so");
  std::vector<std::string> arguments = {EXAMPLE_LINKER, "-shared", "-o", output};
  for (auto [number, object] : enumerate(objects)) {
    arguments.push_back(inFolder("kernel" + Twine(number) + ".o"));
    std::error_code code;
    raw_fd_ostream(arguments.back(), code) << object;
    if (code)
      return createStringError(code, "cannot write " + arguments.back());
  }
  arguments.push_back(kernelsArchive());
  SmallVector<StringRef> references(arguments.begin(), arguments.end());
  std::string message;
  int status = sys::ExecuteAndWait(EXAMPLE_LINKER, references, std::nullopt, {}, 60, 0, &message);
  auto linked = status == 0 ? MemoryBuffer::getFile(output)
                            : ErrorOr<std::unique_ptr<MemoryBuffer>>(
                                  std::make_error_code(std::errc::invalid_argument));
  std::string bytes = linked ? (*linked)->getBuffer().str() : "";
  sys::fs::remove_directories(folder);
  if (bytes.empty())
    return createStringError("the linker failed: " + message);
  return bytes;
}
