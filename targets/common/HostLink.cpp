//===- HostLink.cpp - objects to a shared object ----------------------------===//
//
// lld runs in this process, from anonymous files into a pipe: no linker has to be
// installed, nothing is written to a file system, nothing is left behind.
//
//===----------------------------------------------------------------------===//

#include "targets/common/HostCode.h"

#include "lld/Common/CommonLinkerContext.h"
#include "lld/Common/Driver.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/raw_ostream.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/mman.h>
#include <thread>
#include <unistd.h>

LLD_HAS_DRIVER(elf)

using namespace llvm;
using namespace portico;

namespace {

// lld resets the command line options of the whole process, which LLVM's passes
// read: nobody generates code meanwhile.
std::shared_mutex optionsMutex;

/// A file without a name in the file system.
class MemoryFile {
public:
  explicit MemoryFile(const char *name) : descriptor(memfd_create(name, MFD_CLOEXEC)) {}
  MemoryFile(MemoryFile &&other) : descriptor(other.descriptor) { other.descriptor = -1; }
  ~MemoryFile() {
    if (descriptor >= 0)
      close(descriptor);
  }
  bool valid() const { return descriptor >= 0; }
  std::string path() const { return "/proc/self/fd/" + std::to_string(descriptor); }

  bool write(StringRef bytes) {
    while (!bytes.empty()) {
      ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR)
        continue;
      if (written <= 0)
        return false;
      bytes = bytes.drop_front(size_t(written));
    }
    return true;
  }

private:
  int descriptor;
};

/// Where lld writes to. Beside an output that is a regular file it makes a temporary
/// one, so that would have to be in a folder; a pipe it takes as it is.
class OutputPipe {
public:
  OutputPipe() {
    if (pipe2(ends, O_CLOEXEC) != 0)
      return;
    reader = std::thread([this] {
      char piece[1 << 16];
      for (;;) {
        ssize_t got = ::read(ends[0], piece, sizeof(piece));
        if (got < 0 && errno == EINTR)
          continue;
        if (got <= 0)
          return;
        bytes.append(piece, size_t(got));
      }
    });
  }
  ~OutputPipe() { finish(); }
  bool valid() const { return reader.joinable(); }
  std::string path() const { return "/proc/self/fd/" + std::to_string(ends[1]); }

  std::string finish() {
    if (reader.joinable()) {
      close(ends[1]); // the reader sees the end
      reader.join();
      close(ends[0]);
    }
    return std::move(bytes);
  }

private:
  int ends[2] = {-1, -1};
  std::string bytes;
  std::thread reader;
};

} // namespace

RecoverableLock<std::shared_lock<std::shared_mutex>> host::codegenLock() {
  return RecoverableLock<std::shared_lock<std::shared_mutex>>(optionsMutex);
}

Expected<std::string> host::linkShared(ArrayRef<StringRef> objects) {
  return linkElf(objects,
                 {"-Bsymbolic", "--strip-all", "--hash-style=gnu", "-z", "noseparate-code"});
}

Expected<std::string> host::linkElf(ArrayRef<StringRef> objects, ArrayRef<StringRef> options) {
  RecoverableLock<std::unique_lock<std::shared_mutex>> lock(optionsMutex);
  auto failed = [](const char *what) {
    return createStringError(std::string("cannot link the kernels: ") + what + ": " +
                             strerror(errno));
  };
  std::vector<MemoryFile> inputs;
  for (StringRef object : objects) {
    inputs.emplace_back("portico-object");
    if (!inputs.back().valid() || !inputs.back().write(object))
      return failed("no memory for an object");
  }
  OutputPipe output;
  if (!output.valid())
    return failed("no pipe for the program");

  std::vector<std::string> arguments = {
      "ld.lld", "-shared",    "--threads=1", "--build-id=none", "--no-mmap-output-file",
      "-o",     output.path()};
  for (StringRef option : options)
    arguments.push_back(option.str());
  for (const MemoryFile &input : inputs)
    arguments.push_back(input.path());
  SmallVector<const char *> pointers;
  for (const std::string &argument : arguments)
    pointers.push_back(argument.c_str());

  std::string messages;
  raw_string_ostream os(messages);
  bool linked = lld::elf::link(pointers, os, os, /*exitEarly=*/false, /*disableOutput=*/false);
  lld::CommonLinkerContext::destroy();
  if (!linked)
    return createStringError("cannot link the kernels: " + messages);
  return output.finish();
}
