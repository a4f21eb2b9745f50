//===- harness.h - runs a kernel on an emulated device ----------------------===//

#ifndef PORTICO_TEST_TARGETS_HOSTSIMT_HARNESS_H
#define PORTICO_TEST_TARGETS_HOSTSIMT_HARNESS_H

#include "test/runtime/harness.h"

#include <cstdint>
#include <string>
#include <vector>

namespace portico::test {

/// The flavours of code, as `hostsimt:` has them.
inline const std::vector<std::string> &flavours() {
  static const std::vector<std::string> all = {"nvvm", "rocdl", "rocdl32"};
  return all;
}

/// Some memory of a kernel, and what is in it after the launch.
template <typename T> struct Memory {
  std::vector<T> values;
  /// How much of it the kernel is told of; by default all.
  uint64_t bytes = UINT64_MAX;
};

/// What a launch came to.
struct Outcome {
  bool ok;
  std::string message;
  int64_t op;
  bool says(const char *part) const { return message.find(part) != std::string::npos; }
};

struct Shape {
  uint32_t groups = 1, items = 64;
};

/// Compiles `body`, the inside of
///
///   gpu.func @k(%a, %b: memref<1024xf32, global>, %shared, %extent, %status)
///       workgroup(%g: memref<4096xi8, workgroup>)
///
/// with %i = gpu.thread_id x and %w = %g as memref<1024xf32>, and runs it.
Outcome runKernel(const std::string &flavour, const std::string &body, Memory<float> &a,
                  Memory<float> &b, Shape shape = {});

/// Compiles `body`, the inside of
///
///   gpu.func @k(%x: memref<4096xbf16, global>, %out: memref<4096xf32, global>, ...)
///       workgroup(%g: memref<33792xi8, workgroup>)
///
/// for 128 work-items of `nvvm90a`, with %i = gpu.thread_id x, %memory: memref<32768xi8> and
/// %signals: memref<2xi64> in %g, and runs it. `x` is 64 rows of 64.
Outcome runTiles(const std::string &body, Memory<uint16_t> &x, Memory<float> &out);

/// The same as runKernel for LLVM IR with a kernel @k(ptr addrspace(1) %a, ptr addrspace(1) %b,
/// i64 %extent, ptr addrspace(1) %status).
Outcome runCode(const std::string &ir, uint32_t subgroupSize, Memory<float> &a, Memory<float> &b,
                Shape shape = {});

} // namespace portico::test

#endif // PORTICO_TEST_TARGETS_HOSTSIMT_HARNESS_H
