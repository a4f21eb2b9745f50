//===- ResultWriter.h - from the sums of a main op to the kernel's results --===//
//
// A dot or convolution kernel ends in elementwise ops on the main op's result.
// They are evaluated for each finished block while it is still in cache:
//
//   sums (in scratch, or in a result's own memory) -> bias, activation -> results
//
// Where the results are not elementwise in the sums (a permutation follows, say),
// the sums go to shared scratch as a whole and a last phase writes the results.
//
//===----------------------------------------------------------------------===//

#ifndef PORTICO_LOWERING_KERNELS_RESULTWRITER_H
#define PORTICO_LOWERING_KERNELS_RESULTWRITER_H

#include "lowering/Kernels/PointEvaluator.h"

namespace portico {

class ResultWriter {
public:
  /// `hero` is the main op's result, `lanes` the vector width for its type.
  ResultWriter(KernelOp kernel, mlir::Value hero, int64_t lanes);

  /// Every op of the kernel around the main op can be evaluated.
  bool supported() const;
  /// Every result element is computed from the hero element of the same index.
  bool elementwise() const { return sameIndex; }
  /// There is nothing to compute: the only result is the hero.
  bool trivial() const { return identity; }
  /// A result whose memory can hold the sums until they are finished; none if
  /// they have to be kept elsewhere.
  std::optional<int64_t> resultForSums() const;

  /// Writes the results for `count` hero elements whose flat indices are
  /// `flat`, `flat + step`, ..; `sums(j, lanes)` is the vector of finished sums
  /// at positions j..j+lanes, of compute type. For elementwise() kernels. Rows of
  /// `rowLength` follow one another in the hero.
  using Sums = llvm::function_ref<mlir::Value(mlir::Value j, int64_t lanes)>;
  void writeRow(PhaseFunction &e, mlir::Value flat, int64_t step, mlir::Value count,
                int64_t rowLength, Sums sums);

  /// Where not elementwise(): bytes of shared scratch that hold the hero in
  /// compute type, and the phase that writes the results from it.
  int64_t wholeBytes() const;
  void emitLastPhase(mlir::ModuleOp out, llvm::StringRef name, KernelABI &abi, int64_t heroByte);

private:
  void writePoint(PhaseFunction &e, PointEvaluator &evaluator, mlir::Value flat, int64_t lanes);

  KernelOp kernel;
  mlir::Value hero;
  llvm::SmallVector<mlir::Value> yields;
  int64_t lanes;
  bool sameIndex = false, identity = false;
  /// Several elements of a row of the results at a time.
  bool byLanes = false;
};

/// Emits a phase that stores `value`, an expression of the kernel's body, in
/// shared scratch at `byte`, in compute type, with its dimensions in `order`.
void emitCopyPhase(KernelOp kernel, mlir::ModuleOp out, llvm::StringRef name, KernelABI &abi,
                   mlir::Value value, llvm::ArrayRef<int64_t> order, int64_t byte);

} // namespace portico

#endif // PORTICO_LOWERING_KERNELS_RESULTWRITER_H
