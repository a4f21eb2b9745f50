//===- mock.h - the driver on an imitation of libcuda -----------------------===//

#ifndef PORTICO_TEST_CUDA_MOCK_H
#define PORTICO_TEST_CUDA_MOCK_H

#include "mock_libcuda.h"

#include "portico/driver.h"
#include "targets/cuda/CudaDriver.h"
#include "targets/cuda/CudaObject.h"

#include <string>
#include <vector>

namespace portico::test::mock {

/// The steering functions of mock_libcuda.h, in the library that the driver loads, too.
struct Mock {
  /// Before the first call of the driver: tells it where the library is.
  Mock();

  decltype(&mock_devices) devices;
  decltype(&mock_fail) fail;
  decltype(&mock_kernel) kernel;
  decltype(&mock_trap) trap;
  decltype(&mock_log) log;
  decltype(&mock_live) live;
};

/// Device 0, opened, and closed at the end.
struct Opened {
  explicit Opened(int32_t ordinal = 0);
  ~Opened();

  const portico_driver &driver;
  void *device = nullptr;
};

/// PTX of one function with `pointers` parameters, an extent and a status.
std::string ptx(const std::string &name, int pointers, int sharedBytes = 0);

/// An object of some functions, their names separated by blanks, each with `maps`.
std::string object(const std::string &functions, const std::string &ptx,
                   const std::string &cubin = "",
                   const std::vector<portico::cuda::TensorMap> &maps = {});

/// A program's blob of one object.
std::string blob(const std::string &functions, const std::string &ptx,
                 const std::string &cubin = "",
                 const std::vector<portico::cuda::TensorMap> &maps = {});

/// A launch of `kernel` over `buffers` with a grid of 4 and blocks of 128.
struct Launch : portico_launch {
  Launch(void *kernel, void *const *buffers, uint32_t count);
};

} // namespace portico::test::mock

#endif // PORTICO_TEST_CUDA_MOCK_H
