//===- cache_test.cpp - the caches in memory and on disk --------------------===//
//
// A child process is "the next process": its memory caches are those of the moment
// of the fork, so a program is compiled in one child and looked for in another.
//
//===----------------------------------------------------------------------===//

#include "compile.h"

#include "lowering/Cache.h"

#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace portico;
using namespace portico::test;
namespace fs = std::filesystem;

namespace {

std::string negate(int size) {
  std::string type = "tensor<" + std::to_string(size) + "xf32>";
  return "func.func @main(%a: " + type + ") -> " + type + " {\n  %0 = portico.neg %a : (" + type +
         ") -> " + type + "\n  return %0 : " + type + "\n}";
}

/// Runs `body` in a child; its return value has to be true.
void inChild(const std::function<bool()> &body) {
  pid_t child = fork();
  if (child == 0)
    _exit(body() ? 0 : 1);
  int result = -1;
  EXPECT(waitpid(child, &result, 0) == child);
  EXPECT(WIFEXITED(result) && WEXITSTATUS(result) == 0);
}

fs::path folder() { return fs::path(getenv("PORTICO_CACHE_DIR")) / "programs"; }

std::vector<fs::path> files() {
  std::vector<fs::path> found;
  for (const auto &entry : fs::directory_iterator(folder()))
    found.push_back(entry.path());
  return found;
}

/// Compiles in a child that has to get a program that works, with or without a hit.
void expectInChild(bool diskHit, size_t warnings) {
  inChild([=] {
    CompileResult result = compileText(negate(4));
    Program program(result.program);
    Floats input{1, 2, 3, 4};
    portico_buffer *in = *input, *out = nullptr;
    Status status;
    EXPECT_OK(portico_program_run(*program, &in, nullptr, &out, &status), status);
    EXPECT(Floats(out).equals({-1, -2, -3, -4}));
    EXPECT(result.diskHit == diskHit);
    EXPECT(result.kernelsCompiled == !diskHit);
    EXPECT(result.warnings.size() == warnings);
    return true;
  });
}

/// Changes the one file there is.
void edit(const std::function<void(std::string &)> &change) {
  EXPECT(files().size() == 1);
  fs::path path = files().front();
  std::ifstream in(path, std::ios::binary);
  std::string bytes((std::istreambuf_iterator<char>(in)), {});
  change(bytes);
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << bytes;
}

} // namespace

TEST(the_same_program_is_found_in_memory) {
  EXPECT(!compileText(negate(4)).memoryHit);
  CompileResult again = compileText(negate(4));
  EXPECT(again.memoryHit && again.kernels == 1 && !again.program.empty());
  EXPECT(!compileText(negate(5)).memoryHit);
  CompileOptions other;
  other.fusionPolicy = "none";
  EXPECT(!compileText(negate(4), {}, other).memoryHit);
  EXPECT(!compileText(negate(4), {true}).memoryHit);
}

TEST(the_next_process_finds_the_program_on_disk) {
  expectInChild(false, 0);
  EXPECT(files().size() == 1);
  expectInChild(true, 0);
  struct stat info;
  EXPECT(stat(folder().c_str(), &info) == 0);
  EXPECT((info.st_mode & 0777) == 0700);
}

TEST(a_kernel_whose_code_does_not_depend_on_the_size_is_compiled_once) {
  CompileOptions options;
  options.cache = false;
  EXPECT(compileText(negate(100), {}, options).kernelsCompiled == 1);
  EXPECT(compileText(negate(200), {}, options).kernelsCompiled == 0);
}

TEST(a_truncated_file_is_replaced) {
  expectInChild(false, 0);
  edit([](std::string &bytes) { bytes.resize(bytes.size() - 5); });
  expectInChild(false, 1);
  expectInChild(true, 0);
}

TEST(a_damaged_file_is_replaced) {
  expectInChild(false, 0);
  edit([](std::string &bytes) { bytes[bytes.size() / 2] ^= 1; });
  expectInChild(false, 1);
  expectInChild(true, 0);
}

TEST(a_foreign_file_is_replaced) {
  expectInChild(false, 0);
  edit([](std::string &bytes) {
    bytes = "#!/bin/sh\necho not a program, but long enough to be one\n";
  });
  expectInChild(false, 1);
  expectInChild(true, 0);
}

TEST(an_empty_file_is_replaced) {
  expectInChild(false, 0);
  edit([](std::string &bytes) { bytes.clear(); });
  expectInChild(false, 1);
  expectInChild(true, 0);
}

TEST(a_key_is_compared_whole) {
  std::vector<std::string> warnings;
  DiskCache cache(warnings);
  CachedProgram program;
  program.program = {1, 2, 3};
  program.planJson = "{}";
  program.kernels = 7;
  cache.insert("some key", program);
  std::optional<CachedProgram> found = cache.find("some key");
  EXPECT(found && found->program == program.program && found->planJson == "{}");
  EXPECT(found->kernels == 7);
  // What a clash of hashes would look like: another program in the file of this name.
  fs::path file = files().front();
  fs::rename(file, "first");
  cache.insert("other key", program);
  fs::rename(files().front(), file);
  EXPECT(!cache.find("some key"));
  EXPECT(warnings.empty());
}

TEST(a_folder_that_others_may_write_to_is_refused) {
  expectInChild(false, 0);
  fs::permissions(folder(), fs::perms::all);
  expectInChild(false, 1);
}

TEST(a_link_in_place_of_the_folder_is_refused) {
  fs::create_directories(folder().parent_path());
  fs::create_directories("elsewhere");
  fs::create_directory_symlink(fs::absolute("elsewhere"), folder());
  expectInChild(false, 1);
  EXPECT(fs::is_empty("elsewhere"));
}

TEST(a_link_in_place_of_a_file_is_not_followed) {
  expectInChild(false, 0);
  fs::path file = files().front();
  fs::rename(file, "elsewhere");
  fs::create_symlink(fs::absolute("elsewhere"), file);
  expectInChild(false, 1);
}

TEST(a_cache_that_cannot_be_written_is_told_once) {
  setenv("PORTICO_CACHE_DIR", "/proc/nowhere", 1);
  inChild([] {
    CompileResult first = compileText(negate(4)), second = compileText(negate(5));
    EXPECT(first.warnings.size() == 1 && second.warnings.empty());
    EXPECT(first.warnings.front().find("/proc/nowhere") != std::string::npos);
    return true;
  });
}

TEST(the_folder_may_be_relative) {
  for (const char *path : {"c/d", "./x", "one"}) {
    setenv("PORTICO_CACHE_DIR", path, 1);
    expectInChild(false, 0);
    expectInChild(true, 0);
    EXPECT(fs::exists(fs::path(path) / "programs"));
  }
}

TEST(a_size_of_zero_turns_the_disk_off) {
  setenv("PORTICO_CACHE_SIZE", "0", 1);
  expectInChild(false, 0);
  EXPECT(!fs::exists(folder()));
}

TEST(the_files_used_longest_ago_go_first) {
  std::vector<std::string> warnings;
  DiskCache cache(warnings);
  CachedProgram program;
  program.program.resize(10000);
  setenv("PORTICO_CACHE_SIZE", "25000", 1);
  cache.insert("a", program);
  usleep(20000);
  cache.insert("b", program);
  usleep(20000);
  EXPECT(cache.find("a")); // used now: older than nothing
  usleep(20000);
  cache.insert("c", program);
  EXPECT(cache.find("a") && cache.find("c") && !cache.find("b"));
  EXPECT(files().size() == 2);
  EXPECT(warnings.empty());
}
