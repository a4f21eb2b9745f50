//===- Target.h - what the compiler knows about a target -------------------===//
//
// Nothing here depends on MLIR: the compile half of a target fills it in.
//
//===----------------------------------------------------------------------===//

#ifndef PORTICO_TARGETS_TARGET_H
#define PORTICO_TARGETS_TARGET_H

#include <cstdint>

namespace portico {

/// The figures by which a kernel strategy chooses its shape. A strategy reads
/// these and the sizes of the kernel, and nothing else.
struct TargetInfo {
  /// Width of a vector register in bits.
  int64_t vectorBits = 256;
  /// How many vector registers there are: bounds the accumulators of a tile.
  int64_t vectorRegisters = 16;
  /// Multiply-add with one rounding is one instruction.
  bool fma = true;
  /// Masked loads and stores are single instructions for every element width.
  bool maskedMemory = false;
  int64_t l1Bytes = 32 << 10;
  int64_t l2Bytes = 512 << 10;
  int64_t l3Bytes = 8 << 20;
};

} // namespace portico

#endif // PORTICO_TARGETS_TARGET_H
