//===- Reproducer.cpp - what is left behind by a failure --------------------===//

#include "lowering/Reproducer.h"

#include "lowering/BuildId.h"
#include "lowering/Cache.h"

#include "llvm/ADT/STLExtras.h"
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

/// As a word of a shell's command line.
static std::string quoted(llvm::StringRef word) {
  if (!word.empty() && llvm::all_of(word, [](char c) {
        return llvm::isAlnum(c) || llvm::StringRef("_-+=:,./@").contains(c);
      }))
    return word.str();
  std::string result = "'";
  for (char c : word)
    result += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return result + "'";
}

/// What compiles program.mlir again, with what is installed with the package.
static std::string command(const Target &target, const CompileOptions &options) {
  std::string text;
  if (options.strict)
    text += "PORTICO_STRICT=1 ";
  if (options.fusionPolicy != CompileOptions().fusionPolicy)
    text += "PORTICO_FUSION=" + quoted(options.fusionPolicy) + " ";
  text += "python -m portico compile program.mlir --target " +
          quoted(target.name().str() + ":" + target.info().arch);
  if (options.fuel >= 0)
    text += " --fuel " + std::to_string(options.fuel);
  if (!options.fusionPlan.empty())
    text += " --plan plan.json";
  return text;
}

/// Writes what the target was given, and says what it is.
static std::string writeGiven(llvm::StringRef folder, const CompileError::Given &given) {
  std::string said;
  if (!given.text.empty() && writeFile(folder, "kernel.mlir", given.text))
    said += "kernel.mlir is what the target was given to compile, with the prefix " + given.prefix +
            " for names.\n";
  if (!given.bytecode.empty() && writeFile(folder, "kernel.mlirbc", given.bytecode))
    said += "kernel.mlirbc holds the bytes that its `compile` got.\n";
  for (auto [i, object] : llvm::enumerate(given.objects))
    writeFile(folder, "object" + std::to_string(i), object);
  if (!given.objects.empty())
    said += "object0 and so on are what its `link` got.\n";
  return said;
}

std::string portico::writeReproducer(llvm::StringRef program, const CompileError &error,
                                     llvm::StringRef pipeline, const Target &target,
                                     const CompileOptions &options) {
  std::string folder = folderFor(program, options);
  if (folder.empty())
    return "";
  std::string report;
  llvm::raw_string_ostream os(report);
  os << error.message << "\n\n"
     << compilerVersion() << ", build " << compilerBuildId() << "\ntarget: " << target.name()
     << (target.maker().empty() ? "" : " of ") << target.maker()
     << "\nmachine: " << target.info().arch << "\npipeline: " << pipeline
     << "\nfusion: " << options.fusionPolicy << ", fuel " << options.fuel
     << (options.fusionPlan.empty() ? "" : ", with the plan of plan.json")
     << (options.strict ? "\nstrict" : "") << "\n\nprogram.mlir is what was compiled"
     << (error.module.empty() ? "" : ", failing.mlir the kernel that failed") << ".\n"
     << (error.given ? writeGiven(folder, *error.given) : "") << "Again, in this folder:\n  "
     << command(target, options) << "\n";
  if (!writeFile(folder, "report.txt", report) || !writeFile(folder, "program.mlir", program))
    return "";
  if (!error.module.empty())
    writeFile(folder, "failing.mlir", error.module);
  if (!options.fusionPlan.empty())
    writeFile(folder, "plan.json", options.fusionPlan);
  return folder;
}
