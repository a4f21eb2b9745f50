//===- MachineFigures.cpp - what strategies take for granted ----------------===//

#include "targets/MachineFigures.h"

#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/MathExtras.h"

#include <algorithm>
#include <vector>

using namespace portico;

namespace {

llvm::Error wrong(const char *figure, int64_t got, const std::string &expected) {
  return llvm::createStringError(std::string("[machine] ") + figure + " cannot be; got " +
                                 std::to_string(got) + "; expected " + expected);
}

bool isPowerOfTwo(int64_t value) { return value > 0 && llvm::isPowerOf2_64(uint64_t(value)); }

/// The sum of digits; -1 where a digit divides by nothing.
int64_t sumOf(const std::vector<MatrixPart::Digit> &digits, int64_t lane, int64_t element) {
  int64_t sum = 0;
  for (const MatrixPart::Digit &digit : digits) {
    if (digit.divisor < 1 || digit.modulus < 1)
      return -1;
    int64_t x = digit.source == MatrixPart::Source::lane ? lane : element;
    sum += x / digit.divisor % digit.modulus * digit.factor;
  }
  return sum;
}

/// Whether the lanes hold every element of `rows` x `columns` and nothing else.
bool covers(const MatrixPart &part, int64_t rows, int64_t columns, int64_t lanes) {
  if (part.elements < 1 || part.elements > rows * columns)
    return false;
  std::vector<bool> held(size_t(rows * columns), false);
  for (int64_t lane = 0; lane < lanes; ++lane)
    for (int64_t element = 0; element < part.elements; ++element) {
      int64_t row = sumOf(part.row, lane, element), column = sumOf(part.column, lane, element);
      if (row < 0 || row >= rows || column < 0 || column >= columns)
        return false;
      held[size_t(row * columns + column)] = true;
    }
  return std::find(held.begin(), held.end(), false) == held.end();
}

int64_t bytesOf(MatrixUnit::Element element) {
  switch (element) {
  case MatrixUnit::Element::i8:
    return 1;
  case MatrixUnit::Element::f16:
  case MatrixUnit::Element::bf16:
    return 2;
  case MatrixUnit::Element::tf32:
  case MatrixUnit::Element::f32:
  case MatrixUnit::Element::i32:
    return 4;
  case MatrixUnit::Element::f64:
    return 8;
  }
  llvm_unreachable("no such element");
}

llvm::Error checkUnit(const MatrixUnit &unit, int64_t lanes) {
  auto divides = [](int64_t part, int64_t whole) {
    return part > 0 && whole > 0 && whole % part == 0;
  };
  if (!divides(unit.m, 32))
    return wrong("m of a matrix unit", unit.m, "a divisor of 32");
  if (!divides(unit.n, lanes / 2))
    return wrong("n of a matrix unit", unit.n, "a divisor of half a subgroup");
  for (auto element : {unit.input, unit.accumulator})
    if (element < MatrixUnit::Element::f16 || element > MatrixUnit::Element::i32)
      return wrong("an element of a matrix unit", int64_t(element), "one of portico_element");
  // A step of a product takes so many bytes of a row (GroupTile.cpp).
  if (int64_t step = 64 / bytesOf(unit.input); !divides(unit.k, step))
    return wrong("k of a matrix unit", unit.k, "a divisor of " + std::to_string(step));
  if (!covers(unit.a, unit.m, unit.k, lanes) || !covers(unit.b, unit.k, unit.n, lanes) ||
      !covers(unit.c, unit.m, unit.n, lanes))
    return llvm::createStringError("[machine] a matrix unit of which lanes hold other elements "
                                   "than there are; expected each element in some lane");
  return llvm::Error::success();
}

} // namespace

llvm::Error portico::checkFigures(const TargetInfo &info) {
  if (!isPowerOfTwo(info.vectorBits) || info.vectorBits < 64)
    return wrong("vector_bits", info.vectorBits, "a power of two, 64 at least");
  if (info.vectorRegisters < 8)
    return wrong("vector_registers", info.vectorRegisters, "8 at least");
  if (info.l1Bytes < 1 || info.l2Bytes < 1 || info.l3Bytes < 0)
    return wrong("the size of a cache", std::min({info.l1Bytes, info.l2Bytes, info.l3Bytes}),
                 "more than none");
  if (!info.simt)
    return llvm::Error::success();
  const SimtInfo &simt = *info.simt;
  if (!isPowerOfTwo(simt.subgroupSize) || simt.subgroupSize > 64)
    return wrong("subgroup_size", simt.subgroupSize, "a power of two, up to 64");
  if (simt.maxWorkgroupSize < simt.subgroupSize)
    return wrong("max_workgroup_size", simt.maxWorkgroupSize,
                 "a subgroup, " + std::to_string(simt.subgroupSize) + ", at least");
  if (simt.groupMemoryBytes < 0)
    return wrong("group_memory_bytes", simt.groupMemoryBytes, "0 at least");
  if (simt.computeUnits < 1)
    return wrong("compute_units", simt.computeUnits, "1 at least");
  for (const MatrixUnit &unit : simt.matrixUnits)
    if (llvm::Error error = checkUnit(unit, simt.subgroupSize))
      return error;
  return llvm::Error::success();
}

llvm::Error portico::checkRoom(const TargetInfo &info) {
  if (!info.simt)
    return llvm::Error::success();
  if (info.simt->maxWorkgroupSize < 256)
    return wrong("max_workgroup_size", info.simt->maxWorkgroupSize, "256 at least");
  if (info.simt->groupMemoryBytes < 32 << 10)
    return wrong("group_memory_bytes", info.simt->groupMemoryBytes, "32768 at least");
  return llvm::Error::success();
}
