//===- mock.cpp - the driver on an imitation of libcuda ---------------------===//

#include "mock.h"

#include "test/runtime/harness.h"

#include <dlfcn.h>
#include <sstream>

using namespace portico;
using namespace portico::test;

mock::Mock::Mock() {
  setenv("PORTICO_CUDA_LIBRARY", PORTICO_MOCK_LIBCUDA, 1);
  void *library = dlopen(PORTICO_MOCK_LIBCUDA, RTLD_NOW | RTLD_LOCAL);
  EXPECT(library);
  auto find = [&](auto &function, const char *name) {
    function = reinterpret_cast<std::decay_t<decltype(function)>>(dlsym(library, name));
    EXPECT(function);
  };
  find(devices, "mock_devices");
  find(fail, "mock_fail");
  find(kernel, "mock_kernel");
  find(trap, "mock_trap");
  find(log, "mock_log");
  find(live, "mock_live");
}

mock::Opened::Opened(int32_t ordinal) : driver(*portico::cuda::driver()) {
  EXPECT(driver.device_open(ordinal, &device) == 0);
}

mock::Opened::~Opened() { driver.device_close(device); }

std::string mock::ptx(const std::string &name, int pointers, int sharedBytes) {
  std::string text = ".version 7.0\n.target sm_80\n.address_size 64\n";
  if (sharedBytes)
    text += ".shared .align 16 .b8 " + name + "_group[" + std::to_string(sharedBytes) + "];\n";
  text += ".visible .entry " + name + "(\n";
  for (int i = 0; i < pointers + 2; ++i)
    text += std::string(i ? ",\n" : "") + "\t.param .u64 " + name + "_param_" + std::to_string(i);
  return text + "\n)\n.reqntid 128, 1, 1\n{\n\tret;\n}\n";
}

std::string mock::object(const std::string &functions, const std::string &ptx,
                         const std::string &cubin, const std::vector<cuda::TensorMap> &maps) {
  cuda::Object object = {"", ptx, cubin, ""};
  std::istringstream names(functions);
  for (std::string name; names >> name;)
    object.addFunction(name, maps);
  return cuda::packObject(object);
}

std::string mock::blob(const std::string &functions, const std::string &ptx,
                       const std::string &cubin, const std::vector<cuda::TensorMap> &maps) {
  std::string only = object(functions, ptx, cubin, maps);
  return packBundle({{only.data(), only.size()}});
}

mock::Launch::Launch(void *kernel, void *const *buffers, uint32_t count) : portico_launch{} {
  struct_size = sizeof(portico_launch);
  this->kernel = kernel;
  this->buffers = buffers;
  buffer_count = count;
  grid[0] = 4;
  block[0] = 128;
  grid[1] = grid[2] = block[1] = block[2] = 1;
}
