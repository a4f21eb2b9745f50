//===- CpuLink.cpp - objects to a shared object -----------------------------===//
//
// lld runs in this process, on anonymous files: no compiler has to be installed,
// nothing is written to a disk, nothing is left behind.
//
//===----------------------------------------------------------------------===//

#include "targets/cpu/CpuCodegen.h"

#include "lld/Common/CommonLinkerContext.h"
#include "lld/Common/Driver.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/raw_ostream.h"

#include <cerrno>
#include <cstring>
#include <mutex>
#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

LLD_HAS_DRIVER(elf)

using namespace llvm;
using namespace portico;

namespace {

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

  bool read(std::string &bytes) {
    off_t size = lseek(descriptor, 0, SEEK_END);
    if (size <= 0)
      return false;
    bytes.resize(size_t(size));
    for (size_t done = 0; done < bytes.size();) {
      ssize_t got = pread(descriptor, bytes.data() + done, bytes.size() - done, off_t(done));
      if (got < 0 && errno == EINTR)
        continue;
      if (got <= 0)
        return false;
      done += size_t(got);
    }
    return true;
  }

private:
  int descriptor;
};

// lld keeps its state in globals: one link at a time. Held across fork(), so that
// a child can link even if another thread was linking.
std::mutex linkMutex;
void lockLink() { linkMutex.lock(); }
void unlockLink() { linkMutex.unlock(); }

} // namespace

Expected<std::string> cpu::linkShared(ArrayRef<StringRef> objects) {
  static std::once_flag once;
  std::call_once(once, [] { pthread_atfork(lockLink, unlockLink, unlockLink); });

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
  MemoryFile output("portico-program");
  if (!output.valid())
    return failed("no memory for the program");

  std::vector<std::string> arguments = {"ld.lld",        "-shared",
                                        "-Bsymbolic",    "--threads=1",
                                        "--strip-all",   "--build-id=none",
                                        "--hash-style=gnu", "--no-mmap-output-file",
                                        "-z",            "noseparate-code",
                                        "-o",            output.path()};
  for (const MemoryFile &input : inputs)
    arguments.push_back(input.path());
  SmallVector<const char *> pointers;
  for (const std::string &argument : arguments)
    pointers.push_back(argument.c_str());

  std::string messages;
  raw_string_ostream os(messages);
  bool linked;
  {
    std::lock_guard<std::mutex> lock(linkMutex);
    linked = lld::elf::link(pointers, os, os, /*exitEarly=*/false, /*disableOutput=*/false);
    lld::CommonLinkerContext::destroy();
  }
  if (!linked)
    return createStringError("cannot link the kernels: " + messages);
  std::string result;
  if (!output.read(result))
    return failed("cannot read the program back");
  return result;
}
