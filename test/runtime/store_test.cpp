//===- store_test.cpp - what drivers keep for other processes ----------------===//

#include "mock.h"

#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <sys/stat.h>
#include <thread>
#include <vector>

using namespace portico::test;
namespace fs = std::filesystem;

namespace {

const portico_store *given = nullptr;

/// The store that a driver is given.
const portico_store &store() {
  static portico_driver driver = *portico_target_driver();
  driver.name = "keeper";
  driver.use_store = [](const portico_store *store) { given = store; };
  Status status;
  EXPECT_OK(portico_driver_register(&driver, &status), status);
  EXPECT(given && given->struct_size == sizeof(portico_store));
  return *given;
}

/// What is kept under a key, or "nothing".
std::string find(const std::string &key) {
  std::string found = "nothing";
  auto take = [](void *argument, const void *bytes, size_t size) {
    static_cast<std::string *>(argument)->assign(static_cast<const char *>(bytes), size);
  };
  int32_t known = store().find(key.data(), key.size(), take, &found);
  EXPECT(known == (found != "nothing"));
  return found;
}

void keep(const std::string &key, const std::string &value) {
  store().keep(key.data(), key.size(), value.data(), value.size());
}

fs::path folder() { return fs::path(getenv("PORTICO_CACHE_DIR")) / "built"; }

fs::path onlyFile() {
  std::vector<fs::path> found;
  for (const auto &entry : fs::directory_iterator(folder()))
    found.push_back(entry.path());
  EXPECT(found.size() == 1);
  return found.front();
}

} // namespace

TEST(a_driver_finds_what_it_kept) {
  std::string key("a\0key", 5), value("b\0value", 7);
  EXPECT(find(key) == "nothing");
  keep(key, value);
  EXPECT(find(key) == value && find("a") == "nothing");
  keep(key, "");
  EXPECT(find(key) == "");
  struct stat info;
  EXPECT(stat(folder().c_str(), &info) == 0 && (info.st_mode & 0777) == 0700);
}

TEST(a_store_gives_nothing_that_was_damaged) {
  for (size_t at : {0, 9, 20, 40, 50}) {
    keep("key", std::string(64, 'x'));
    fs::path path = onlyFile();
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(std::streamoff(at));
    file.put('!');
    file.close();
    EXPECT(find("key") == "nothing" && !fs::exists(path));
  }
  keep("key", std::string(64, 'x'));
  fs::resize_file(onlyFile(), 70);
  EXPECT(find("key") == "nothing");
  keep("key", "again");
  EXPECT(find("key") == "again");
}

TEST(a_store_of_many_small_files_stays_near_its_bound) {
  setenv("PORTICO_CACHE_SIZE", "100000", 1);
  for (int i = 0; i < 1000; ++i)
    keep("key" + std::to_string(i), std::string(1000, 'x'));
  uintmax_t bytes = 0;
  for (const auto &entry : fs::directory_iterator(folder()))
    bytes += entry.file_size();
  EXPECT(bytes > 50000 && bytes < 300000);
  EXPECT(find("key999") != "nothing" && find("key0") == "nothing");
}

TEST(a_store_that_cannot_keep_is_empty) {
  setenv("PORTICO_CACHE_SIZE", "0", 1);
  keep("key", "value");
  EXPECT(find("key") == "nothing" && !fs::exists(folder()));
  unsetenv("PORTICO_CACHE_SIZE");
  setenv("PORTICO_CACHE_DIR", "/proc/nowhere", 1);
  keep("key", "value");
  EXPECT(find("key") == "nothing");
}

TEST(a_store_is_used_by_several_threads) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([] {
      for (int i = 0; i < 50; ++i) {
        keep("shared", std::string(5000, 'x'));
        EXPECT(find("shared") == std::string(5000, 'x'));
      }
    });
  store();
  for (std::thread &thread : threads)
    thread.join();
  onlyFile();
}

TEST(a_driver_without_use_store_is_given_none) {
  portico_driver shorter = *portico_target_driver();
  shorter.name = "shorter";
  shorter.use_store = [](const portico_store *store) { given = store; };
  shorter.struct_size = offsetof(portico_driver, use_store);
  Status status;
  EXPECT_OK(portico_driver_register(&shorter, &status), status);
  EXPECT(!given);
}
