//===- LoopEmitter.h - the vocabulary of the hand-written kernels -----------===//
//
// The strategies that emit loops over memory directly (matmul, convolution,
// sort, ...) read like the loops they emit: `e.loop(lo, hi, step, body)`,
// `e.add(i, 1)`, `e.load(memory, i)`. Index arithmetic on constants is done here
// and now, so a kernel whose sizes divide has no code for the remainder.
//
// All memory is one-dimensional: a strategy knows its strides better than a
// shaped memref does.
//
//===----------------------------------------------------------------------===//

#ifndef PORTICO_LOWERING_KERNELS_LOOPEMITTER_H
#define PORTICO_LOWERING_KERNELS_LOOPEMITTER_H

#include "mlir/IR/Builders.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/STLFunctionalExtras.h"

#include <optional>

namespace portico {

class LoopEmitter {
public:
  using Value = mlir::Value;
  using Values = llvm::SmallVector<Value>;

  /// Emits at the end of `entry`, the entry block of a function.
  LoopEmitter(mlir::Location loc, mlir::Block *entry);

  mlir::OpBuilder b;
  mlir::Location loc;

  // Index values. Constants live at the top of the function, once each.
  Value idx(int64_t value);
  static std::optional<int64_t> constantOf(Value v);
  Value add(Value x, Value y);
  Value add(Value x, int64_t y) { return add(x, idx(y)); }
  Value sub(Value x, Value y);
  Value sub(Value x, int64_t y) { return sub(x, idx(y)); }
  Value mul(Value x, Value y);
  Value mul(Value x, int64_t y) { return mul(x, idx(y)); }
  /// Quotient and remainder of a non-negative index.
  Value div(Value x, int64_t y);
  Value rem(Value x, int64_t y);
  Value min(Value x, Value y);
  Value min(Value x, int64_t y) { return min(x, idx(y)); }
  Value max(Value x, Value y);
  Value max(Value x, int64_t y) { return max(x, idx(y)); }
  /// Signed comparisons of indices.
  Value less(Value x, Value y);
  Value less(Value x, int64_t y) { return less(x, idx(y)); }
  Value equal(Value x, Value y);
  Value equal(Value x, int64_t y) { return equal(x, idx(y)); }
  Value both(Value x, Value y);
  Value select(Value condition, Value x, Value y);
  /// The coordinates of the `linear`-th element of a row-major shape.
  Values delinearize(Value linear, llvm::ArrayRef<int64_t> sizes);
  /// sum of index[i] * strides[i].
  Value dot(llvm::ArrayRef<Value> index, llvm::ArrayRef<int64_t> strides);

  // Control flow. A loop that runs once is its body.
  void loop(Value lo, Value hi, int64_t step, llvm::function_ref<void(Value)> body);
  void loop(int64_t lo, int64_t hi, int64_t step, llvm::function_ref<void(Value)> body) {
    loop(idx(lo), idx(hi), step, body);
  }
  Values loop(Value lo, Value hi, int64_t step, mlir::ValueRange init,
              llvm::function_ref<Values(Value, mlir::ValueRange)> body);
  /// `body` for all of [0, count), `lanes` at a time as long as there are as many,
  /// then in shorter vectors, then one by one.
  void loopLanes(int64_t count, int64_t lanes,
                 llvm::function_ref<void(Value i, int64_t lanes)> body);
  void when(Value condition, llvm::function_ref<void()> then,
            llvm::function_ref<void()> otherwise = nullptr);
  Values choose(Value condition, llvm::function_ref<Values()> then,
                llvm::function_ref<Values()> otherwise);
  /// Runs `body` with new `state` as long as `condition` of it holds.
  Values loopWhile(mlir::ValueRange init, llvm::function_ref<Value(mlir::ValueRange)> condition,
                   llvm::function_ref<Values(mlir::ValueRange)> body);

  /// A variable of index type on the stack, for a position that runs through loops.
  Value counter();
  // Memory: `memory` is a one-dimensional memref.
  Value load(Value memory, Value index);
  void store(Value value, Value memory, Value index);
  Value loadVector(Value memory, Value index, int64_t lanes, Value mask = nullptr);
  void storeVector(Value value, Value memory, Value index, Value mask = nullptr);
  void prefetch(Value memory, Value index);
  void prefetchForWrite(Value memory, Value index);
  /// The first `count` lanes.
  Value firstLanes(Value count, int64_t lanes);
  /// `count` elements of type `elem` at `byteOffset` of a byte buffer.
  Value view(Value bytes, int64_t byteOffset, int64_t count, mlir::Type elem);

  // Vectors and scalars.
  static mlir::Type vectorOf(mlir::Type elem, int64_t lanes);
  Value splat(Value scalar, int64_t lanes);
  Value zero(mlir::Type type);
  /// acc + x * y: one rounding for floats, wrapping for integers.
  Value multiplyAdd(Value x, Value y, Value acc);
  Value addNumbers(Value x, Value y);
  Value indexToInt(Value index, mlir::Type type);
  Value intToIndex(Value value);
  /// Row i of the result is lane i of every row: rows.size() is the number of
  /// lanes, a power of two. log2(n) stages of n two-operand shuffles.
  Values transpose(Values rows);

private:
  mlir::Block *entry;
  llvm::DenseMap<int64_t, Value> constants;
};

/// `bytes` rounded up so that what follows in a buffer is aligned.
constexpr int64_t alignBytes(int64_t bytes) { return (bytes + 63) / 64 * 64; }
constexpr int64_t ceilDiv(int64_t x, int64_t y) { return (x + y - 1) / y; }
constexpr int64_t roundUp(int64_t x, int64_t y) { return ceilDiv(x, y) * y; }

} // namespace portico

#endif // PORTICO_LOWERING_KERNELS_LOOPEMITTER_H
