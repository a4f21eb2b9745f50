//===- MatrixShape.h - what a matrix instruction multiplies -----------------===//
//
// d = a * b + c, where a is m x k, b is k x n, c and d are m x n, and the elements
// are spread over the registers of a subgroup. Plain C++, for both halves.
//
//===----------------------------------------------------------------------===//

#ifndef PORTICO_TARGETS_HOSTSIMT_MATRIXSHAPE_H
#define PORTICO_TARGETS_HOSTSIMT_MATRIXSHAPE_H

#include <cstdint>

namespace portico::hostsimt {

/// Which lane has which element: Matrix.cpp has the formulas.
enum class MatrixLayout : uint32_t {
  mma,    // PTX's mma.sync.m16n8
  mma8,   // PTX's mma.sync.m8n8k4 of doubles
  mfma,   // CDNA
  wmma11, // RDNA 3: both halves of a subgroup have all of a and b
  wmma12, // RDNA 4
};

enum class MatrixElement : uint32_t { f16, bf16, tf32, f32, f64, i8, u8, i32 };

struct MatrixShape {
  MatrixLayout layout;
  uint32_t m, n, k;
  MatrixElement a, b, accumulator;
};

/// A product of four subgroups, whose operands lie in group memory; `across`: with their rows
/// (columns of b) side by side instead of their summands.
struct GroupMatrixShape {
  uint32_t m, n, k;
  MatrixElement input;
  uint32_t aAcross, bAcross;
};

/// Bytes of an element in a register.
constexpr uint32_t bytesOf(MatrixElement element) {
  switch (element) {
  case MatrixElement::i8:
  case MatrixElement::u8:
    return 1;
  case MatrixElement::f16:
  case MatrixElement::bf16:
    return 2;
  case MatrixElement::f64:
    return 8;
  default:
    return 4;
  }
}

} // namespace portico::hostsimt

#endif // PORTICO_TARGETS_HOSTSIMT_MATRIXSHAPE_H
