//===- RocmChips.cpp - the machines that code is made for -------------------===//

#include "targets/rocm/RocmChips.h"

using namespace portico;

namespace {

using Element = MatrixUnit::Element;

using Source = MatrixPart::Source;

MatrixPart::Digit lane(int64_t divisor, int64_t modulus, int64_t factor = 1) {
  return {Source::lane, divisor, modulus, factor};
}
MatrixPart::Digit element(int64_t divisor, int64_t modulus, int64_t factor = 1) {
  return {Source::element, divisor, modulus, factor};
}

/// The matrix whose rows are the columns of `part`.
MatrixPart transposed(const MatrixPart &part) { return {part.elements, part.column, part.row}; }

/// mfma of a wave of 64, in one block of `side` x `side`: a lane has four neighbours
/// along k, and of the result runs of four in a column.
MatrixUnit mfma(int64_t side, int64_t k, Element input) {
  MatrixPart a = {4, {lane(1, side)}, {lane(side, 64 / side, 4), element(1, 4)}};
  int64_t elements = side * side / 64;
  MatrixPart c = {elements,
                  {lane(side, 64 / side, 4), element(1, 4), element(4, elements / 4, 256 / side)},
                  {lane(1, side)}};
  return {side, side, k, input, Element::f32, a, transposed(a), c};
}

/// wmma of a wave of 32, gfx11: both halves of the wave hold all of A and B, and
/// every second row of the result.
MatrixUnit wmma11(Element input) {
  MatrixPart a = {16, {lane(1, 16)}, {element(1, 16)}};
  MatrixPart c = {8, {element(1, 8, 2), lane(16, 2)}, {lane(1, 16)}};
  return {16, 16, 16, input, Element::f32, a, transposed(a), c};
}

/// The same for gfx12: each half of the wave holds half of k, and of the rows.
MatrixUnit wmma12(Element input) {
  MatrixPart a = {8, {lane(1, 16)}, {lane(16, 2, 8), element(1, 8)}};
  MatrixPart c = {8, {lane(16, 2, 8), element(1, 8)}, {lane(1, 16)}};
  return {16, 16, 16, input, Element::f32, a, transposed(a), c};
}

/// What all have: 64 KiB of group memory, groups of up to 1024 work-items, loads of
/// 128 bits. A work-item has 256 registers at full occupancy of its lanes; half of
/// them are for tiles.
TargetInfo chip(const char *name, int64_t subgroup, int64_t units) {
  TargetInfo info;
  info.arch = name;
  info.vectorBits = 128;
  info.vectorRegisters = 32;
  info.simt.emplace();
  info.simt->subgroupSize = subgroup;
  info.simt->maxWorkgroupSize = 1024;
  info.simt->groupMemoryBytes = 64 << 10;
  info.simt->computeUnits = units;
  return info;
}

/// CDNA: matrix instructions of one wave of 64 (mfma).
TargetInfo cdna(const char *name, int64_t units, int64_t l1, int64_t l2, int64_t l3) {
  TargetInfo info = chip(name, 64, units);
  info.l1Bytes = l1;
  info.l2Bytes = l2;
  info.l3Bytes = l3;
  for (Element input : {Element::f16, Element::bf16}) {
    info.simt->matrixUnits.push_back(mfma(32, 8, input));
    info.simt->matrixUnits.push_back(mfma(16, 16, input));
  }
  return info;
}

/// RDNA: matrix instructions of one wave of 32 (wmma).
TargetInfo rdna(const char *name, int64_t units, int64_t l2, int64_t l3,
                MatrixUnit (*wmma)(Element)) {
  TargetInfo info = chip(name, 32, units);
  info.l1Bytes = 32 << 10;
  info.l2Bytes = l2;
  info.l3Bytes = l3;
  for (Element input : {Element::f16, Element::bf16})
    info.simt->matrixUnits.push_back(wmma(input));
  return info;
}

} // namespace

llvm::ArrayRef<TargetInfo> rocm::chips() {
  // An Instinct MI300X, one die of an MI250X, a Radeon RX 7900 XTX, an RX 9070 XT.
  static const TargetInfo all[] = {
      cdna("gfx942", 304, 32 << 10, 4 << 20, int64_t(256) << 20),
      cdna("gfx90a", 110, 16 << 10, 8 << 20, 8 << 20),
      rdna("gfx1100", 96, 6 << 20, int64_t(96) << 20, wmma11),
      rdna("gfx1201", 64, 8 << 20, int64_t(64) << 20, wmma12),
  };
  return all;
}
