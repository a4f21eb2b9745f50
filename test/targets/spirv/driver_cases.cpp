//===- driver_cases.cpp - what the driver's table must do on any device ------===//
//
// Where there is no device a case is skipped, with what was looked for.
//
//===----------------------------------------------------------------------===//

#include "driver_cases.h"

#include "test/runtime/harness.h"

#include "portico/driver.h"
#include "targets/Target.h"
#include "targets/common/Bundle.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"

#include <map>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

using namespace portico::test;

namespace portico::spirv {
const portico_driver *driver();
} // namespace portico::spirv

namespace {

const portico_driver &driver() { return *portico::spirv::driver(); }

void check(int32_t code) {
  if (code != 0)
    failAt(__FILE__, __LINE__, std::string("success; got ") + driver().last_error());
}

bool lastErrorSays(const char *part) {
  return std::string(driver().last_error()).find(part) != std::string::npos;
}

/// Device 0, opened; leaves the test where there is none.
void *openDevice() {
  if (driver().device_count() == 0)
    skip(driver().unavailable_reason());
  void *device = nullptr;
  check(driver().device_open(0, &device));
  return device;
}

constexpr int64_t kSize = 256;

// Each group turns its 64 values round, through the memory it shares, adds its
// subgroup neighbour's, and the extent.
constexpr const char *kKernel = R"mlir(
gpu.module @kernels {
  gpu.func @turn(%x: memref<256xi32, #gpu.address_space<global>>,
                 %y: memref<256xi32, #gpu.address_space<global>>, %extent: i64,
                 %status: memref<4xi64, #gpu.address_space<global>>)
      workgroup(%g: memref<256xi8, #gpu.address_space<workgroup>>)
      kernel attributes {known_block_size = array<i32: 64, 1, 1>} {
    %c0 = arith.constant 0 : index
    %c63 = arith.constant 63 : index
    %c64 = arith.constant 64 : index
    %one = arith.constant 1 : i32
    %width = arith.constant 16 : i32
    %group = gpu.block_id x
    %item = gpu.thread_id x
    %first = arith.muli %group, %c64 : index
    %i = arith.addi %first, %item : index
    %shared = memref.view %g[%c0][] : memref<256xi8, #gpu.address_space<workgroup>>
        to memref<64xi32, #gpu.address_space<workgroup>>
    %v = memref.load %x[%i] : memref<256xi32, #gpu.address_space<global>>
    memref.store %v, %shared[%item] : memref<64xi32, #gpu.address_space<workgroup>>
    gpu.barrier
    %back = arith.subi %c63, %item : index
    %u = memref.load %shared[%back] : memref<64xi32, #gpu.address_space<workgroup>>
    %w, %valid = gpu.shuffle xor %u, %one, %width : i32
    %sum = arith.addi %u, %w : i32
    %e = arith.trunci %extent : i64 to i32
    %all = arith.addi %sum, %e : i32
    memref.store %all, %y[%i] : memref<256xi32, #gpu.address_space<global>>
    gpu.return
  }
})mlir";

/// The blob of kKernel, its name with the prefix "test_".
std::string compiled() {
  const portico::Target *target = llvm::cantFail(portico::lookupTarget("spirv:spirv64"));
  mlir::DialectRegistry registry;
  target->registerDialects(registry);
  mlir::MLIRContext context(registry);
  auto module = mlir::parseSourceString<mlir::ModuleOp>(kKernel, &context);
  EXPECT(module);
  portico::TargetObject object =
      llvm::cantFail(target->compileKernel(*module, "test_", /*keepStages=*/false));
  return llvm::cantFail(target->link({object.bytes}));
}

int32_t expected(const std::vector<int32_t> &x, int64_t i, int64_t extent) {
  auto turned = [&](int64_t item) { return x[i / 64 * 64 + 63 - item]; };
  int64_t item = i % 64;
  return turned(item) + turned(item ^ 1) + int32_t(extent);
}

/// Memory, a module and its kernel on one device.
struct Fixture {
  void *device = openDevice(), *module = nullptr, *kernel = nullptr;
  void *x = nullptr, *y = nullptr, *status = nullptr;
  std::vector<int32_t> host;

  Fixture() {
    std::string blob = compiled();
    check(driver().module_load(device, blob.data(), blob.size(), &module));
    check(driver().module_kernel(device, module, "test_turn", &kernel));
    for (int32_t i = 0; i < kSize; ++i)
      host.push_back(i * i);
    check(driver().memory_allocate(device, kSize * 4, &x));
    check(driver().memory_allocate(device, kSize * 4, &y));
    check(driver().memory_allocate(device, 64, &status));
    check(driver().copy(device, x, host.data(), kSize * 4, PORTICO_COPY_TO_DEVICE, nullptr));
    check(driver().fill(device, status, 0, 8, 64, nullptr));
    check(driver().synchronize(device));
  }

  int32_t launch(void *stream, int64_t extent, uint32_t block = 64) {
    void *buffers[] = {x, y};
    portico_launch launch{};
    launch.struct_size = sizeof(launch);
    launch.kernel = kernel;
    launch.buffers = buffers;
    launch.buffer_count = 2;
    launch.extent = extent;
    launch.status = static_cast<int64_t *>(status);
    launch.grid[0] = uint32_t(kSize / 64);
    launch.block[0] = block;
    launch.grid[1] = launch.grid[2] = launch.block[1] = launch.block[2] = 1;
    launch.group_memory_bytes = 256;
    launch.stream = stream;
    return driver().launch(device, &launch);
  }

  void expectResults(int64_t extent) {
    std::vector<int32_t> got(kSize);
    check(driver().copy(device, got.data(), y, kSize * 4, PORTICO_COPY_TO_HOST, nullptr));
    check(driver().synchronize(device));
    for (int64_t i = 0; i < kSize; ++i)
      EXPECT(got[i] == expected(host, i, extent));
  }
};

} // namespace

void cases::describesItsDevices() {
  openDevice();
  for (int32_t i = 0; i < driver().device_count(); ++i) {
    portico_device_info info{};
    info.struct_size = sizeof(info);
    check(driver().device_info(i, &info));
    EXPECT(info.name[0] && info.arch[0] && info.driver_version[0]);
    EXPECT(info.memory_bytes > 0 && info.compute_units > 0 && !info.host_memory);
    EXPECT(driver().device_supports(i, info.arch) == 1);
    EXPECT(driver().device_supports(i, "vax") == 0);
  }
  portico_device_info info{};
  EXPECT(driver().device_info(1000, &info) != 0);
}

void cases::runsKernels() {
  Fixture f;
  check(f.launch(nullptr, 1000));
  f.expectResults(1000);
}

void cases::ordersStreamsByEvents() {
  Fixture f;
  void *stream, *start, *end;
  check(driver().stream_create(f.device, &stream));
  check(driver().event_create(f.device, &start));
  check(driver().event_create(f.device, &end));
  int32_t done = 0;
  check(driver().event_query(f.device, end, &done));
  EXPECT(done); // never recorded
  check(driver().event_record(f.device, start, stream));
  for (int64_t i = 0; i < 50; ++i)
    check(f.launch(stream, i));
  check(driver().event_record(f.device, end, stream));
  check(driver().stream_wait(f.device, nullptr, end));
  f.expectResults(49); // copies on the default stream
  check(driver().event_wait(f.device, end));
  check(driver().event_query(f.device, end, &done));
  EXPECT(done);
  double milliseconds = -1;
  check(driver().event_elapsed(f.device, start, end, &milliseconds));
  EXPECT(milliseconds >= 0 && milliseconds < 60000);
  check(driver().stream_synchronize(f.device, stream));
  driver().event_destroy(f.device, start);
  driver().event_destroy(f.device, end);
  driver().stream_destroy(f.device, stream);
}

void cases::isCalledBySeveralThreads() {
  Fixture f;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      void *stream;
      check(driver().stream_create(f.device, &stream));
      for (int i = 0; i < 100; ++i)
        check(f.launch(stream, 7));
      driver().stream_destroy(f.device, stream);
    });
  for (std::thread &thread : threads)
    thread.join();
  check(driver().synchronize(f.device));
  f.expectResults(7);
}

void cases::fillsWithEveryPattern() {
  Fixture f;
  for (uint32_t bytes : {1u, 2u, 4u, 8u}) {
    uint64_t pattern = 0x0807060504030201;
    check(driver().fill(f.device, f.y, pattern, bytes, kSize * 4, nullptr));
    std::vector<unsigned char> got(kSize * 4);
    check(driver().copy(f.device, got.data(), f.y, got.size(), PORTICO_COPY_TO_HOST, nullptr));
    check(driver().synchronize(f.device));
    for (size_t i = 0; i < got.size(); ++i)
      EXPECT(got[i] == 1 + i % bytes);
  }
}

void cases::takesAddressesInsideABlock() {
  Fixture f;
  std::vector<int32_t> got(4);
  check(driver().copy(f.device, got.data(), static_cast<char *>(f.x) + 16, 16, PORTICO_COPY_TO_HOST,
                      nullptr));
  check(driver().synchronize(f.device));
  EXPECT(got[0] == 16 && got[3] == 49);
}

void cases::saysWhatWentWrong() {
  Fixture f;
  void *nothing;
  EXPECT(driver().module_kernel(f.device, f.module, "absent", &nothing) != 0);
  EXPECT(lastErrorSays("no module has a kernel called absent"));
  EXPECT(driver().module_load(f.device, "nonsense", 8, &nothing) != 0);
  EXPECT(lastErrorSays("no bundle"));
  std::string bad = portico::packBundle({{"not SPIR-V", 10}});
  EXPECT(driver().module_load(f.device, bad.data(), bad.size(), &nothing) != 0);
  // The kernel says of itself that its groups have 64 work-items.
  EXPECT(f.launch(nullptr, 1, 32) != 0);
  EXPECT(driver().memory_allocate(f.device, size_t(1) << 50, &nothing) != 0);
  // None of which harms the device.
  check(f.launch(nullptr, 3));
  f.expectResults(3);
}

void cases::isNotUsedAfterAFork() {
  Fixture f;
  pid_t child = fork();
  if (child == 0) {
    bool refused = f.launch(nullptr, 1) != 0 && lastErrorSays("forked");
    _exit(refused ? 0 : 1);
  }
  int state = 0;
  waitpid(child, &state, 0);
  EXPECT(WIFEXITED(state) && WEXITSTATUS(state) == 0);
  check(f.launch(nullptr, 5));
  f.expectResults(5);
}

namespace {

/// What is kept, in memory, and how often anything was.
std::map<std::string, std::string> kept;
int keeps = 0;

const portico_store shelf = {
    sizeof(portico_store),
    [](const void *key, size_t keyBytes, void (*take)(void *, const void *, size_t),
       void *argument) {
      auto found = kept.find({static_cast<const char *>(key), keyBytes});
      if (found == kept.end())
        return 0;
      take(argument, found->second.data(), found->second.size());
      return 1;
    },
    [](const void *key, size_t keyBytes, const void *bytes, size_t size) {
      ++keeps;
      kept[{static_cast<const char *>(key), keyBytes}] = {static_cast<const char *>(bytes), size};
    },
};

/// A device opened anew has no code yet.
void runAnew() {
  Fixture f;
  check(f.launch(nullptr, 11));
  f.expectResults(11);
}

} // namespace

void cases::keepsWhatItBuilt() {
  driver().use_store(&shelf);
  runAnew();
  EXPECT(keeps == 1 && kept.size() == 1 && !kept.begin()->second.empty());
  runAnew();
  EXPECT(keeps == 1);
  // What the device does not take is built anew, and takes its place.
  std::string good = kept.begin()->second;
  for (std::string bad : {std::string(), std::string("nonsense")}) {
    kept.begin()->second = bad;
    runAnew();
    EXPECT(kept.begin()->second == good);
  }
  EXPECT(keeps == 3);
  // Other options are another program.
  setenv("PORTICO_SPIRV_BUILD_OPTIONS", "-cl-mad-enable", 1);
  runAnew();
  EXPECT(keeps == 4 && kept.size() == 2);
}

void cases::closes() {
  Fixture f;
  driver().module_unload(f.device, f.module);
  driver().memory_release(f.device, f.x, kSize * 4);
  driver().memory_release(f.device, f.y, kSize * 4);
  driver().memory_release(f.device, f.status, 64);
  driver().device_close(f.device);
}
