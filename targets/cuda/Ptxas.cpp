//===- Ptxas.cpp - finding NVIDIA's assembler, and calling it ---------------===//

#include "targets/cuda/Ptxas.h"
#include "targets/cuda/CudaArch.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/raw_ostream.h"

#include <cstdlib>
#include <dlfcn.h>
#include <vector>

using namespace llvm;
using namespace portico;
using namespace portico::cuda;

namespace {

std::string join(StringRef folder, const Twine &rest) {
  SmallString<256> path(folder);
  sys::path::append(path, rest);
  return std::string(path);
}

/// site-packages of the installation that this code is part of:
/// <site>/portico/_core.so.
std::string ownSitePackages() {
  Dl_info info;
  if (!dladdr(reinterpret_cast<void *>(&ownSitePackages), &info) || !info.dli_fname)
    return "";
  return sys::path::parent_path(sys::path::parent_path(info.dli_fname)).str();
}

/// site-packages of the Python that runs, as it was called: for a virtual environment
/// that is <environment>/bin/python, a link to a python elsewhere.
std::string runningSitePackages() {
  auto commandLine = MemoryBuffer::getFileAsStream("/proc/self/cmdline");
  if (!commandLine)
    return "";
  StringRef command = (*commandLine)->getBuffer().split('\0').first;
  ErrorOr<std::string> program = sys::findProgramByName(command);
  if (!program)
    return "";
  std::string library = join(sys::path::parent_path(sys::path::parent_path(*program)), "lib");
  std::error_code error;
  for (sys::fs::directory_iterator at(library, error), end; !error && at != end;
       at.increment(error))
    if (sys::path::filename(at->path()).starts_with("python3."))
      if (std::string site = join(at->path(), "site-packages"); sys::fs::is_directory(site))
        return site;
  return "";
}

/// The first output of `path --version` that tells: "... release 12.8, V12.8.61".
int versionOf(StringRef path) {
  SmallString<128> output;
  if (sys::fs::createTemporaryFile("portico", "txt", output))
    return 0;
  FileRemover remover(output);
  std::optional<StringRef> redirects[] = {StringRef(""), StringRef(output), StringRef("")};
  if (sys::ExecuteAndWait(path, {path, "--version"}, std::nullopt, redirects, 30) != 0)
    return 0;
  auto text = MemoryBuffer::getFile(output);
  if (!text)
    return 0;
  StringRef release = (*text)->getBuffer().split("release ").second;
  unsigned major = 0, minor = 0;
  if (release.consumeInteger(10, major) || !release.consume_front(".") ||
      release.consumeInteger(10, minor))
    return 0;
  return int(major * 100 + minor);
}

std::vector<std::string> candidates() {
  std::vector<std::string> paths;
  for (const std::string &site : {ownSitePackages(), runningSitePackages()})
    if (!site.empty())
      for (const char *package : {"nvidia/cu13/bin/ptxas", "nvidia/cuda_nvcc/bin/ptxas"})
        paths.push_back(join(site, package));
  if (ErrorOr<std::string> found = sys::findProgramByName("ptxas"))
    paths.push_back(*found);
  if (const char *home = getenv("CUDA_HOME"))
    paths.push_back(join(home, "bin/ptxas"));
  paths.push_back("/usr/local/cuda/bin/ptxas");
  return paths;
}

Ptxas find() {
  if (const char *named = getenv("PORTICO_PTXAS"); named && *named) {
    if (StringRef(named) == "off")
      return {};
    return {named, versionOf(named)};
  }
  for (const std::string &path : candidates())
    if (sys::fs::can_execute(path))
      if (int version = versionOf(path))
        return {path, version};
  return {};
}

/// A file in the folder for temporary files, gone with this.
struct TemporaryFile {
  explicit TemporaryFile(StringRef suffix) {
    error = sys::fs::createTemporaryFile("portico", suffix, descriptor, path);
    remover.setFile(path, !error);
  }

  std::error_code error;
  int descriptor = -1;
  SmallString<128> path;
  FileRemover remover;
};

} // namespace

bool Ptxas::knows(const Machine &machine) const {
  // PTX 7.0 came with CUDA 11.0, 8.0 with 12.0, and the minor numbers went along, but
  // that 8.5 served for two releases.
  int ptx = machine.ptxVersion;
  int release = ptx < 70   ? 1002
                : ptx < 80 ? 1100 + ptx - 70
                : ptx < 86 ? 1200 + ptx - 80
                           : 1201 + ptx - 80;
  return version >= release;
}

const Ptxas &cuda::ptxas() {
  static const Ptxas found = find();
  return found;
}

static std::string contents(const TemporaryFile &file) {
  auto buffer = MemoryBuffer::getFile(file.path, /*IsText=*/false,
                                      /*RequiresNullTerminator=*/false);
  return buffer ? (*buffer)->getBuffer().str() : "";
}

Expected<Assembled> cuda::assemble(const Ptxas &ptxas, StringRef ptx, const Machine &machine) {
  TemporaryFile input("ptx"), output("cubin"), messages("txt");
  for (const TemporaryFile *file : {&input, &output, &messages})
    if (file->error)
      return createStringError(file->error, "no temporary file for ptxas");
  {
    raw_fd_ostream os(input.descriptor, /*shouldClose=*/true);
    os << ptx;
  }
  sys::Process::SafelyCloseFileDescriptor(output.descriptor);
  sys::Process::SafelyCloseFileDescriptor(messages.descriptor);
  std::string arch = "--gpu-name=" + machine.name;
  std::optional<StringRef> redirects[] = {StringRef(""), StringRef(messages.path),
                                          StringRef(messages.path)};
  std::string why;
  int result = sys::ExecuteAndWait(ptxas.path,
                                   {ptxas.path, arch, "--opt-level=3", "--fmad=false", "--verbose",
                                    "--output-file", output.path, input.path},
                                   std::nullopt, redirects, 0, 0, &why);
  if (result != 0)
    return createStringError(ptxas.path + " refuses the code for " + machine.name + ": " + why +
                             contents(messages));
  return Assembled{contents(output), contents(messages)};
}
