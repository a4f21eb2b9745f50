//===- Reproducer.cpp - what is left behind by a failure --------------------===//

#include "lowering/Reproducer.h"

#include "lowering/BuildId.h"
#include "lowering/Cache.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Support/xxhash.h"

using namespace portico;

static std::string folderFor(llvm::StringRef program, const CompileOptions &options) {
  llvm::SmallString<256> path(options.reproducerDir);
  if (path.empty()) {
    if (const char *folder = getenv("PORTICO_REPRODUCER_DIR"); folder && *folder) {
      path = folder;
    } else if (std::string root = DiskCache::root(); !root.empty()) {
      path = root;
      llvm::sys::path::append(path, "reproducers");
    } else {
      return "";
    }
  }
  // The same failure again takes the same folder.
  llvm::sys::path::append(path, llvm::utohexstr(llvm::xxh3_64bits(program), true, 16));
  if (llvm::sys::fs::create_directories(path, /*IgnoreExisting=*/true, llvm::sys::fs::owner_all))
    return "";
  return path.str().str();
}

static bool writeFile(llvm::StringRef folder, llvm::StringRef name, llvm::StringRef text) {
  llvm::SmallString<256> path(folder);
  llvm::sys::path::append(path, name);
  std::error_code error;
  llvm::raw_fd_ostream os(path, error);
  if (error)
    return false;
  os << text;
  os.close();
  if (!os.has_error())
    return true;
  os.clear_error();
  return false;
}

std::string portico::writeReproducer(llvm::StringRef program, const CompileError &error,
                                     llvm::StringRef pipeline, llvm::StringRef machine,
                                     const CompileOptions &options) {
  std::string folder = folderFor(program, options);
  if (folder.empty())
    return "";
  std::string report;
  llvm::raw_string_ostream os(report);
  os << error.message << "\n\n"
     << compilerVersion() << ", build " << compilerBuildId() << "\nmachine: " << machine
     << "\npipeline: " << pipeline << "\nfusion: " << options.fusionPolicy << ", fuel "
     << options.fuel << (options.fusionPlan.empty() ? "" : ", with a plan")
     << (options.strict ? "\nstrict" : "") << "\n\nprogram.mlir is what was compiled"
     << (error.module.empty() ? "" : ", failing.mlir the kernel that failed") << ". Try:\n"
     << "  portico-opt " << pipeline << " program.mlir\n";
  if (!writeFile(folder, "report.txt", report) || !writeFile(folder, "program.mlir", program))
    return "";
  if (!error.module.empty())
    writeFile(folder, "failing.mlir", error.module);
  if (!options.fusionPlan.empty())
    writeFile(folder, "plan.json", options.fusionPlan);
  return folder;
}
