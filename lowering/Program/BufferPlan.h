//===- BufferPlan.h - where every value of a program lives ------------------===//

#ifndef PORTICO_LOWERING_PROGRAM_BUFFERPLAN_H
#define PORTICO_LOWERING_PROGRAM_BUFFERPLAN_H

#include "lowering/Program/KernelCompiler.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

#include <cstdint>
#include <string>
#include <vector>

namespace portico {

/// A piece of the memory that one run sees; the terms of runtime/program.fbs.
struct BufferRef {
  enum class Base : uint8_t { none, arena, constant, input, output } base = Base::none;
  uint32_t index = 0;
  uint64_t offset = 0;
  uint64_t bytes = 0;
};

struct PlannedCommand {
  enum class Kind { launch, copy, fill } kind = Kind::launch;
  /// launch: inputs, results, scratch slot, shared slot. copy: destination,
  /// source. fill: destination.
  std::vector<BufferRef> buffers;
  /// launch: which of the compiled kernels, which of its phases.
  size_t kernel = 0;
  size_t phase = 0;
  /// launch: for each op of the kernel its ordinal in the user's program.
  std::vector<int32_t> ops;
  uint64_t pattern = 0;
  uint8_t patternBytes = 0;
};

struct PlannedOutput {
  uint64_t bytes = 0;
  /// The input whose memory it takes where that one is donated; -1: none.
  int32_t donor = -1;
};

struct BufferPlan {
  std::vector<uint64_t> inputs;
  std::vector<PlannedOutput> outputs;
  std::vector<PlannedCommand> commands;
  std::vector<char> constants;
  uint64_t arenaBytes = 0;
};

/// Bytes of a value in memory: row-major, i1 as one byte.
uint64_t bytesInMemory(mlir::Type tensor);

/// Gives every value of `main` its place. `main` consists of kernels (compiled as
/// `kernels`, in order), reshapes (another name for the same memory) and constants.
///
/// - A value that is returned is written straight into its output; any other
///   gets a place in the arena, first fit among what lives at the same time.
/// - An output takes the memory of a donatable input of its size that nobody reads
///   any more; if the kernel that writes it still reads the input, only where it
///   reads each element before it writes the same one. The arena's places are
///   handed on in the same way.
BufferPlan planBuffers(mlir::func::FuncOp main,
                       llvm::ArrayRef<std::shared_ptr<const CompiledKernel>> kernels,
                       llvm::ArrayRef<bool> donatable);

} // namespace portico

#endif // PORTICO_LOWERING_PROGRAM_BUFFERPLAN_H
