//===- GroupRadix.h - stable order of integer keys, for work-groups ---------===//

#ifndef PORTICO_LOWERING_KERNELS_SIMT_GROUPRADIX_H
#define PORTICO_LOWERING_KERNELS_SIMT_GROUPRADIX_H

#include "lowering/Kernels/PhaseFunction.h"
#include "lowering/Kernels/Simt/GroupBuilder.h"

namespace portico {

/// Orders the keys of each of `rows` rows of `n`, in memory of the kernel's own that the
/// phases share. A key comes with its position in the row. Of a key of `wordBits` bits,
/// compared as unsigned, the lowest `keyBits` may be set.
class GroupRadix {
public:
  GroupRadix(KernelOp kernel, const SimtInfo &simt, mlir::ModuleOp out, llvm::StringRef name,
             KernelABI &abi, int64_t rows, int64_t n, int64_t wordBits, int64_t keyBits);

  /// In a phase before the passes, once for every `number` = row * n + position.
  void put(PhaseFunction &e, mlir::Value number, mlir::Value key);
  void emitPasses();
  /// How many phases that are, however many functions.
  int64_t phases() const { return 3 * passes; }

  // In a phase after the passes, where `number` = row * n + place in order.
  mlir::Value key(PhaseFunction &e, mlir::Value number);
  /// As an index.
  mlir::Value position(PhaseFunction &e, mlir::Value number);

private:
  static constexpr int64_t kDigitBits = 4, kDigits = 1 << kDigitBits;

  /// What a group goes through.
  struct Chunk {
    mlir::Value item, row, number, from, to;
  };
  mlir::Type word();
  mlir::Type counter();
  mlir::Value constant(LoopEmitter &e, int64_t value);
  int64_t counterBytes() const { return counterBits / 8; }
  mlir::Value keys(PhaseFunction &e);
  mlir::Value positions(PhaseFunction &e);
  mlir::Value counts(PhaseFunction &e);
  mlir::Value passNumber(PhaseFunction &e);
  Chunk openChunks(PhaseFunction &e, GroupBuilder &group);
  mlir::Value digit(PhaseFunction &e, mlir::Value key, mlir::Value pass);
  void countRuns(PhaseFunction &e, GroupBuilder &group, const Chunk &chunk, mlir::Value own,
                 mlir::Value pass, mlir::Value half);
  mlir::Value placeOf(PhaseFunction &e, mlir::Value half, mlir::Value row, mlir::Value i);
  void emitCount();
  void emitPlace();
  void emitMove();

  KernelOp kernel;
  const SimtInfo &simt;
  mlir::ModuleOp out;
  llvm::StringRef name;
  KernelABI &abi;
  int64_t rows, n, wordBits, passes, counterBits, block, run, chunks;
  int64_t keysByte = 0, positionsByte = 0, countsByte = 0, passByte = 0;
};

} // namespace portico

#endif // PORTICO_LOWERING_KERNELS_SIMT_GROUPRADIX_H
