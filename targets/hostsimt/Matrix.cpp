//===- Matrix.cpp - matrix instructions, element by element -----------------===//
//
// A lane holds its part of an operand in registers; `place` says which element of
// the matrix the i-th of them is, by the manuals of the instruction sets. The
// lanes' parts are gathered, multiplied in plain loops in the order of k, and
// handed out again.
//
//===----------------------------------------------------------------------===//

#include "targets/hostsimt/Group.h"
#include "targets/hostsimt/Lanes.h"

#include <cmath>
#include <cstring>
#include <vector>

using namespace portico::hostsimt;

namespace {

struct Place {
  uint32_t row, column;
};

/// The lanes of the machine whose instruction it is.
uint32_t lanesOf(MatrixLayout layout) { return layout == MatrixLayout::mfma ? 64 : 32; }

/// How many elements of `a` (`b` alike) a lane holds: some of RDNA 3's lie twice.
uint32_t inputsOf(const MatrixShape &shape, uint32_t rows) {
  if (shape.layout == MatrixLayout::wmma11)
    return shape.k;
  return rows * shape.k / lanesOf(shape.layout);
}

/// Element `i` of the left operand in `lane`.
Place placeOfA(const MatrixShape &shape, uint32_t lane, uint32_t i) {
  switch (shape.layout) {
  case MatrixLayout::mma: {
    uint32_t packed = 4 / bytesOf(shape.a), word = i / packed;
    return {lane / 4 + word % 2 * 8, lane % 4 * packed + i % packed + word / 2 * 4 * packed};
  }
  case MatrixLayout::mma8:
    return {lane / 4, lane % 4};
  case MatrixLayout::mfma:
    return {lane % shape.m, lane / shape.m * inputsOf(shape, shape.m) + i};
  case MatrixLayout::wmma11:
    return {lane % 16, i};
  case MatrixLayout::wmma12:
    return {lane % 16, lane / 16 * inputsOf(shape, shape.m) + i};
  }
  return {};
}

/// Element `i` of the right operand in `lane`.
Place placeOfB(const MatrixShape &shape, uint32_t lane, uint32_t i) {
  switch (shape.layout) {
  case MatrixLayout::mma: {
    uint32_t packed = 4 / bytesOf(shape.b), word = i / packed;
    return {lane % 4 * packed + i % packed + word * 4 * packed, lane / 4};
  }
  case MatrixLayout::mma8:
    return {lane % 4, lane / 4};
  case MatrixLayout::mfma:
    return {lane / shape.n * inputsOf(shape, shape.n) + i, lane % shape.n};
  case MatrixLayout::wmma11:
    return {i, lane % 16};
  case MatrixLayout::wmma12:
    return {lane / 16 * inputsOf(shape, shape.n) + i, lane % 16};
  }
  return {};
}

/// Element `i` of the accumulator in `lane`.
Place placeOfC(const MatrixShape &shape, uint32_t lane, uint32_t i) {
  switch (shape.layout) {
  case MatrixLayout::mma:
    return {lane / 4 + i / 2 * 8, lane % 4 * 2 + i % 2};
  case MatrixLayout::mma8:
    return {lane / 4, lane % 4 * 2 + i};
  case MatrixLayout::mfma: {
    uint32_t parts = 64 / shape.n;
    if (shape.accumulator == MatrixElement::f64)
      return {i * parts + lane / shape.n, lane % shape.n};
    return {i / 4 * 4 * parts + lane / shape.n * 4 + i % 4, lane % shape.n};
  }
  case MatrixLayout::wmma11:
    return {2 * i + lane / 16, lane % 16};
  case MatrixLayout::wmma12:
    return {i + lane / 16 * 8, lane % 16};
  }
  return {};
}

float halfToFloat(uint16_t half) {
  int exponent = half >> 10 & 31, fraction = half & 1023;
  float magnitude = exponent == 31 ? (fraction ? NAN : INFINITY)
                    : exponent     ? std::ldexp(float(fraction + 1024), exponent - 25)
                                   : std::ldexp(float(fraction), -24);
  return half >> 15 ? -magnitude : magnitude;
}

float bitsToFloat(uint32_t bits) {
  float value;
  std::memcpy(&value, &bits, sizeof(value));
  return value;
}

/// Element `i` of a lane's registers. A double holds each of the types.
double load(MatrixElement element, const void *registers, uint32_t i) {
  auto at = static_cast<const char *>(registers) + size_t(i) * bytesOf(element);
  auto get = [&](auto value) {
    std::memcpy(&value, at, sizeof(value));
    return value;
  };
  switch (element) {
  case MatrixElement::f16:
    return halfToFloat(get(uint16_t()));
  case MatrixElement::bf16:
    return bitsToFloat(uint32_t(get(uint16_t())) << 16);
  case MatrixElement::tf32: // the unit does not look at the rest
    return bitsToFloat(get(uint32_t()) & 0xffffe000);
  case MatrixElement::f32:
    return get(float());
  case MatrixElement::f64:
    return get(double());
  case MatrixElement::i8:
    return get(int8_t());
  case MatrixElement::u8:
    return get(uint8_t());
  case MatrixElement::i32:
    return get(int32_t());
  }
  return 0;
}

void store(MatrixElement element, void *registers, uint32_t i, double value) {
  auto at = static_cast<char *>(registers) + size_t(i) * bytesOf(element);
  auto put = [&](auto narrow) { std::memcpy(at, &narrow, sizeof(narrow)); };
  if (element == MatrixElement::f64)
    put(value);
  else if (element == MatrixElement::i32)
    put(int32_t(value));
  else
    put(float(value));
}

struct Multiply : Collective {
  const MatrixShape *shape;
  const void *a, *b, *c;
  void *d;

  static void completeAll(Collective *const *lanes) {
    const MatrixShape &shape = *static_cast<const Multiply *>(lanes[0])->shape;
    uint32_t m = shape.m, n = shape.n, k = shape.k, count = lanesOf(shape.layout);
    std::vector<double> a(m * k), b(k * n), d(m * n);
    auto part = [&](uint32_t lane) { return static_cast<const Multiply *>(lanes[lane]); };
    for (uint32_t lane = 0; lane < count; ++lane) {
      for (uint32_t i = 0; i < inputsOf(shape, m); ++i) {
        Place at = placeOfA(shape, lane, i);
        a[at.row * k + at.column] = load(shape.a, part(lane)->a, i);
      }
      for (uint32_t i = 0; i < inputsOf(shape, n); ++i) {
        Place at = placeOfB(shape, lane, i);
        b[at.row * n + at.column] = load(shape.b, part(lane)->b, i);
      }
      for (uint32_t i = 0; i < m * n / count; ++i) {
        Place at = placeOfC(shape, lane, i);
        d[at.row * n + at.column] = load(shape.accumulator, part(lane)->c, i);
      }
    }
    bool single = shape.accumulator == MatrixElement::f32;
    for (uint32_t row = 0; row < m; ++row)
      for (uint32_t column = 0; column < n; ++column) {
        double sum = d[row * n + column];
        for (uint32_t i = 0; i < k; ++i) {
          sum += a[row * k + i] * b[i * n + column];
          if (single)
            sum = float(sum);
        }
        d[row * n + column] = sum;
      }
    for (uint32_t lane = 0; lane < count; ++lane)
      for (uint32_t i = 0; i < m * n / count; ++i) {
        Place at = placeOfC(shape, lane, i);
        store(shape.accumulator, part(lane)->d, i, d[at.row * n + at.column]);
      }
  }
};

} // namespace

void portico::hostsimt::matrix(Item *item, const MatrixShape *shape, const void *a, const void *b,
                               const void *c, void *d, const Site *site) {
  WorkItem &self = WorkItem::of(item);
  uint32_t lanes = lanesOf(shape->layout);
  uint32_t groupSize = self.groupSize[0] * self.groupSize[1] * self.groupSize[2];
  if (self.subgroupSize != lanes || groupSize % lanes)
    self.group->fail(self,
                     format("matrix instruction of %u lanes; got subgroups of %u in groups of %u; "
                            "expected whole subgroups",
                            lanes, self.subgroupSize, groupSize),
                     site);
  Multiply mine;
  mine.name = "matrix instruction";
  mine.complete = Multiply::completeAll;
  mine.shape = shape;
  mine.a = a;
  mine.b = b;
  mine.c = c;
  mine.d = d;
  self.group->waitFor(self, mine, ~uint64_t(0), site);
}
