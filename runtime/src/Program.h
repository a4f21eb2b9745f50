//===- Program.h - a program, checked and prepared for a device -------------===//

#ifndef PORTICO_RUNTIME_PROGRAM_H
#define PORTICO_RUNTIME_PROGRAM_H

#include "Allocator.h"
#include "Graphs.h"
#include "portico/driver.h"
#include "portico/runtime.h"

#include <atomic>
#include <string>
#include <vector>

namespace portico::rt {

/// An address that is known once the bases of a run are: bases[base] + offset.
/// Base 0 is null, 1 the arena, 2 the constants, then the inputs and the outputs.
struct Address {
  uint32_t base = 0;
  uint64_t offset = 0;
};
/// What a kernel writes where it finds something wrong: code, value, bound, op.
constexpr uint64_t kStatusWords = 4, kStatusBytes = kStatusWords * sizeof(int64_t);

constexpr uint32_t kNullBase = 0, kArenaBase = 1, kConstantBase = 2, kFirstInputBase = 3;

struct Command {
  enum class Kind : uint8_t { launch, copy, fill } kind = Kind::launch;
  /// launch: its pointers are [firstPointer, firstPointer + count) of the run's table.
  uint32_t firstPointer = 0;
  uint32_t pointerCount = 0;
  void *kernel = nullptr;
  int64_t extent = 0, grain = 1;
  uint64_t scratchBytes = 0;
  /// launch: zero where the kernel has no work-groups.
  uint32_t grid[3] = {0, 0, 0}, block[3] = {0, 0, 0};
  uint32_t groupMemoryBytes = 0;
  /// launch: [firstOp, firstOp + opCount) of Program::ops.
  uint32_t firstOp = 0, opCount = 0;
  /// copy and fill: pointers firstPointer (destination) and firstPointer + 1 (source).
  uint64_t bytes = 0;
  uint64_t pattern = 0;
  uint32_t patternBytes = 0;
};

/// What the status words of a command say, as an error.
portico_code describeError(const portico_program &program, const Command &command,
                           const int64_t *words, portico_status *status);

} // namespace portico::rt

struct portico_program {
  std::atomic<uint64_t> references{1};
  portico_device *device = nullptr;
  void *module = nullptr;
  portico::rt::Block constants;
  bool hasConstants = false;
  /// Four words for each command, on devices whose kernels cannot write to the host's memory.
  portico::rt::Block status;
  bool hasStatus = false;

  uint64_t arenaBytes = 0;
  std::vector<uint64_t> inputBytes;
  std::vector<uint64_t> outputBytes;
  std::vector<int32_t> outputDonor;
  std::vector<portico::rt::Command> commands;
  std::vector<portico::rt::Address> addresses;
  /// How many bytes each address is meant for.
  std::vector<uint64_t> addressBytes;
  std::vector<int32_t> ops;
  std::vector<std::string> opNames;
  portico::rt::Graphs graphs;
  portico_program_info info{};

  ~portico_program();
};

#endif // PORTICO_RUNTIME_PROGRAM_H
