//===- module_test.cpp - loading code and launching it ----------------------===//

#include "mock.h"

#include "test/runtime/harness.h"

#include <cstring>
#include <vector>

using namespace portico::test;
using portico::test::mock::blob;
using portico::test::mock::Launch;
using portico::test::mock::Mock;
using portico::test::mock::object;
using portico::test::mock::Opened;
using portico::test::mock::ptx;

static bool contains(const std::string &text, const char *part) {
  return text.find(part) != std::string::npos;
}

namespace {

struct Loaded {
  Loaded(const Opened &opened, const std::string &code) : opened(opened) {
    if (opened.driver.module_load(opened.device, code.data(), code.size(), &module) != 0)
      failAt(__FILE__, __LINE__, std::string("code that loads: ") + opened.driver.last_error());
  }
  ~Loaded() { opened.driver.module_unload(opened.device, module); }

  void *kernel(const char *name) const {
    void *found = nullptr;
    EXPECT(opened.driver.module_kernel(opened.device, module, name, &found) == 0);
    return found;
  }

  const Opened &opened;
  void *module = nullptr;
};

bool loads(const Opened &opened, const std::string &code) {
  void *module = nullptr;
  return opened.driver.module_load(opened.device, code.data(), code.size(), &module) == 0;
}

} // namespace

TEST(cuda_prefers_the_cubin_and_falls_back_to_the_text) {
  Mock mock;
  Opened opened;
  std::string text = ptx("scale", 2);
  mock.log();
  {
    Loaded loaded(opened, blob("scale", text, "CUBIN 90\n" + text));
  }
  EXPECT(std::string(mock.log()) == "cuModuleLoadDataEx cubin -> 0\ncuModuleUnload\n");
  {
    Loaded loaded(opened, blob("scale", text, "CUBIN 80\n" + text));
  }
  EXPECT(contains(mock.log(), "cuModuleLoadDataEx cubin -> 209\ncuModuleLoadDataEx ptx -> 0\n"));
  EXPECT(mock.live("module") == 0);
}

TEST(cuda_does_not_translate_where_memory_ran_out) {
  Mock mock;
  Opened opened;
  std::string text = ptx("scale", 2);
  mock.fail("cuModuleLoadDataEx", 2, 1);
  EXPECT(!loads(opened, blob("scale", text, "CUBIN 90\n" + text)));
  EXPECT(contains(opened.driver.last_error(), "CUDA_ERROR_OUT_OF_MEMORY"));
}

TEST(cuda_shows_what_the_translator_said) {
  Mock mock;
  Opened opened;
  EXPECT(!loads(opened, blob("scale", "no code")));
  EXPECT(contains(opened.driver.last_error(), "CUDA_ERROR_INVALID_PTX"));
  EXPECT(contains(opened.driver.last_error(), "ptxas: no entry"));
}

TEST(cuda_refuses_damaged_code_and_unloads_its_first_part) {
  Mock mock;
  Opened opened;
  EXPECT(!loads(opened, "not a bundle"));
  std::string good = object("scale", ptx("scale", 2)), bad = "bad";
  EXPECT(
      !loads(opened, portico::packBundle({{good.data(), good.size()}, {bad.data(), bad.size()}})));
  EXPECT(contains(opened.driver.last_error(), "damaged code"));
  EXPECT(mock.live("module") == 0);
}

TEST(cuda_finds_each_kernel_in_its_own_object) {
  Mock mock;
  Opened opened;
  std::string first = object("a a_1", ptx("a", 1) + ptx("a_1", 1));
  std::string second = object("b", ptx("b", 1));
  Loaded loaded(
      opened, portico::packBundle({{first.data(), first.size()}, {second.data(), second.size()}}));
  EXPECT(loaded.kernel("a") != loaded.kernel("a_1"));
  EXPECT(loaded.kernel("b") == loaded.kernel("b"));
  void *kernel = nullptr;
  EXPECT(opened.driver.module_kernel(opened.device, loaded.module, "c", &kernel) != 0);
  EXPECT(contains(opened.driver.last_error(), "got 'c'"));
}

/// scale(in, out, extent, status): doubles, and reports the extent.
static void scale(void *const *parameters) {
  auto *in = *static_cast<int32_t *const *>(parameters[0]);
  auto *out = *static_cast<int32_t *const *>(parameters[1]);
  int64_t extent = *static_cast<int64_t *>(parameters[2]);
  auto *status = *static_cast<int64_t *const *>(parameters[3]);
  for (int64_t i = 0; i < extent; ++i)
    out[i] = 2 * in[i];
  status[0] = extent;
}

TEST(cuda_passes_buffers_extent_and_status_in_stream_order) {
  Mock mock;
  Opened opened;
  const portico_driver &driver = opened.driver;
  Loaded loaded(opened, blob("scale", ptx("scale", 2)));
  mock.kernel("scale", scale);
  void *memory = nullptr, *stream = nullptr;
  EXPECT(driver.memory_allocate(opened.device, 256, &memory) == 0);
  EXPECT(driver.stream_create(opened.device, &stream) == 0);
  char *base = static_cast<char *>(memory);
  void *buffers[] = {base, base + 64};
  Launch launch(loaded.kernel("scale"), buffers, 2);
  launch.extent = 16;
  launch.status = reinterpret_cast<int64_t *>(base + 128);
  launch.stream = stream;
  EXPECT(driver.fill(opened.device, base, 21, 4, 64, stream) == 0);
  mock.log();
  EXPECT(driver.launch(opened.device, &launch) == 0);
  // The parameters were taken over at the call.
  buffers[0] = buffers[1] = nullptr;
  launch.extent = 1000;
  int32_t host[16] = {};
  int64_t status = 0;
  EXPECT(driver.copy(opened.device, host, base + 64, 64, PORTICO_COPY_TO_HOST, stream) == 0);
  EXPECT(driver.copy(opened.device, &status, base + 128, 8, PORTICO_COPY_TO_HOST, stream) == 0);
  EXPECT(host[0] == 42 && host[15] == 42 && status == 16);
  EXPECT(contains(mock.log(), "cuLaunchKernel scale grid=4,1,1 block=128,1,1 shared=0 "
                              "parameters=4"));
  driver.stream_destroy(opened.device, stream);
  driver.memory_release(opened.device, memory, 256);
}

TEST(cuda_launches_with_many_buffers) {
  Mock mock;
  Opened opened;
  Loaded loaded(opened, blob("wide", ptx("wide", 100)));
  static int64_t seen;
  mock.kernel("wide", [](void *const *parameters) {
    seen = 0;
    for (int i = 0; i < 100; ++i)
      seen += *static_cast<int64_t *>(parameters[i]) == i;
    seen += *static_cast<int64_t *>(parameters[100]);
  });
  std::vector<void *> buffers;
  for (intptr_t i = 0; i < 100; ++i)
    buffers.push_back(reinterpret_cast<void *>(i));
  Launch launch(loaded.kernel("wide"), buffers.data(), 100);
  launch.extent = 5;
  EXPECT(opened.driver.launch(opened.device, &launch) == 0);
  EXPECT(opened.driver.synchronize(opened.device) == 0);
  EXPECT(seen == 105);
}

TEST(cuda_launches_nothing_over_an_empty_grid) {
  Mock mock;
  Opened opened;
  Loaded loaded(opened, blob("scale", ptx("scale", 0)));
  Launch launch(loaded.kernel("scale"), nullptr, 0);
  launch.grid[1] = 0;
  mock.log();
  EXPECT(opened.driver.launch(opened.device, &launch) == 0);
  EXPECT(std::string(mock.log()).empty());
}

TEST(cuda_asks_for_much_group_memory_once) {
  Mock mock;
  Opened opened;
  Loaded loaded(opened, blob("big own", ptx("big", 0)));
  Launch launch(loaded.kernel("big"), nullptr, 0);
  mock.log();
  for (uint32_t bytes : {100 << 10, 100 << 10, 64 << 10, 128 << 10, 16 << 10}) {
    launch.group_memory_bytes = bytes;
    EXPECT(opened.driver.launch(opened.device, &launch) == 0);
  }
  std::string log = mock.log();
  EXPECT(contains(log, "cuFuncSetAttribute big shared=102400\ncuLaunchKernel big grid=4,1,1 "
                       "block=128,1,1 shared=102400"));
  EXPECT(contains(log, "cuFuncSetAttribute big shared=131072\n"));
  EXPECT(!contains(log, "shared=65536\ncuLaunch") && !contains(log, "shared=16384\ncuLaunch"));
  launch.group_memory_bytes = 300 << 10;
  EXPECT(opened.driver.launch(opened.device, &launch) != 0);
  EXPECT(contains(opened.driver.last_error(), "cuFuncSetAttribute: CUDA_ERROR_INVALID_VALUE"));
}

TEST(cuda_adds_nothing_to_group_memory_that_the_code_declares) {
  Mock mock;
  Opened opened;
  Loaded loaded(opened, blob("own", ptx("own", 0, 4096)));
  Launch launch(loaded.kernel("own"), nullptr, 0);
  launch.group_memory_bytes = 4096;
  mock.log();
  EXPECT(opened.driver.launch(opened.device, &launch) == 0);
  EXPECT(contains(mock.log(), "shared=0 "));
}

TEST(cuda_reports_kernels_that_fail_at_every_later_wait) {
  Mock mock;
  Opened opened;
  const portico_driver &driver = opened.driver;
  Loaded loaded(opened, blob("bad", ptx("bad", 0)));
  static Mock *steering = &mock;
  mock.kernel("bad", [](void *const *) { steering->trap(); });
  Launch launch(loaded.kernel("bad"), nullptr, 0);
  EXPECT(driver.launch(opened.device, &launch) == 0);
  EXPECT(driver.stream_synchronize(opened.device, nullptr) != 0);
  EXPECT(contains(driver.last_error(), "cuStreamSynchronize: CUDA_ERROR_ILLEGAL_ADDRESS"));
  EXPECT(contains(driver.last_error(), "until the process is restarted"));
  EXPECT(driver.launch(opened.device, &launch) != 0);
  EXPECT(driver.synchronize(opened.device) != 0);
}

TEST(cuda_goes_on_after_a_launch_that_asked_for_too_much) {
  constexpr int kTooManyResources = 701, kIllegalAddress = 700;
  Mock mock;
  Opened opened;
  const portico_driver &driver = opened.driver;
  Loaded loaded(opened, blob("add", ptx("add", 0)));
  Launch launch(loaded.kernel("add"), nullptr, 0);
  mock.fail("cuLaunchKernel", kTooManyResources, 1);
  EXPECT(driver.launch(opened.device, &launch) != 0);
  EXPECT(!contains(driver.last_error(), "restarted"));
  EXPECT(driver.launch(opened.device, &launch) == 0);
  mock.fail("cuLaunchKernel", kIllegalAddress, 1);
  EXPECT(driver.launch(opened.device, &launch) != 0);
  EXPECT(contains(driver.last_error(), "nothing more runs on this device until"));
}

//===----------------------------------------------------------------------===//
// Tensor maps
//===----------------------------------------------------------------------===//

/// PTX of a function of one buffer, an extent, a status and a tensor map.
static std::string mappedPtx() {
  std::string text = ptx("tiles", 1);
  size_t end = text.find("\n)");
  return text.insert(end, ",\n\t.param .align 128 .b8 tiles_param_3[128]");
}

/// 24 x 64 halves that begin 32 bytes behind the start of buffer 0, in boxes of 8 rows.
static portico::cuda::TensorMap halves() { return {0, 32, 2, 2, {64, 24}, {2, 128}, {64, 8}}; }

static const void *mappedMemory = nullptr;
static void tiles(void *const *parameters) {
  memcpy(&mappedMemory, parameters[3], sizeof(mappedMemory));
}

TEST(cuda_encodes_a_tensor_map_for_the_buffer_of_each_launch) {
  Mock mock;
  Opened opened;
  const portico_driver &driver = opened.driver;
  Loaded loaded(opened, blob("tiles", mappedPtx(), "", {halves()}));
  mock.kernel("tiles", tiles);
  void *memory = nullptr;
  EXPECT(driver.memory_allocate(opened.device, 8192, &memory) == 0);
  for (int64_t offset : {0, 1024}) {
    char *base = static_cast<char *>(memory) + offset;
    void *buffers[] = {base};
    Launch launch(loaded.kernel("tiles"), buffers, 1);
    mock.log();
    EXPECT(driver.launch(opened.device, &launch) == 0);
    std::string log = mock.log();
    EXPECT(contains(log, "cuTensorMapEncodeTiled type=1 64*2/64 24*128/8\ncuLaunchKernel tiles"));
    EXPECT(contains(log, "parameters=4"));
    EXPECT(driver.synchronize(opened.device) == 0);
    EXPECT(mappedMemory == base + 32);
  }
  driver.memory_release(opened.device, memory, 8192);
}

TEST(cuda_says_which_call_refused_a_tensor_map) {
  Mock mock;
  Opened opened;
  const portico_driver &driver = opened.driver;
  portico::cuda::TensorMap odd = halves();
  odd.offset = 8;
  Loaded loaded(opened, blob("tiles", mappedPtx(), "", {odd}));
  void *memory = nullptr;
  EXPECT(driver.memory_allocate(opened.device, 8192, &memory) == 0);
  void *buffers[] = {memory};
  Launch launch(loaded.kernel("tiles"), buffers, 1);
  EXPECT(driver.launch(opened.device, &launch) != 0);
  EXPECT(contains(driver.last_error(), "cuTensorMapEncodeTiled: CUDA_ERROR_INVALID_VALUE"));
  driver.memory_release(opened.device, memory, 8192);
}

TEST(cuda_refuses_tensor_maps_that_are_damaged) {
  Mock mock;
  Opened opened;
  portico::cuda::Object damaged = {"", mappedPtx(), "", ""};
  damaged.addFunction("tiles", {halves()});
  damaged.tensorMaps.resize(damaged.tensorMaps.size() - 8);
  std::string object = portico::cuda::packObject(damaged);
  EXPECT(!loads(opened, portico::packBundle({{object.data(), object.size()}})));
  EXPECT(contains(opened.driver.last_error(), "damaged code"));
  EXPECT(mock.live("module") == 0);
}
