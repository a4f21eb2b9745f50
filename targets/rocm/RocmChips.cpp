//===- RocmChips.cpp - the machines that code is made for -------------------===//

#include "targets/rocm/RocmChips.h"
#include "targets/rocm/RocmMatrix.h"

using namespace portico;

namespace {

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
TargetInfo cdna(const char *name, bool xf32, int64_t units, int64_t l1, int64_t l2, int64_t l3) {
  TargetInfo info = chip(name, 64, units);
  info.l1Bytes = l1;
  info.l2Bytes = l2;
  info.l3Bytes = l3;
  info.simt->matrixUnits = rocm::mfmaUnits(xf32);
  return info;
}

/// RDNA: matrix instructions of one wave of 32 (wmma).
TargetInfo rdna(const char *name, int64_t units, int64_t l2, int64_t l3,
                std::vector<MatrixUnit> wmma) {
  TargetInfo info = chip(name, 32, units);
  info.l1Bytes = 32 << 10;
  info.l2Bytes = l2;
  info.l3Bytes = l3;
  info.simt->matrixUnits = std::move(wmma);
  return info;
}

} // namespace

llvm::ArrayRef<TargetInfo> rocm::chips() {
  // An Instinct MI300X, one die of an MI250X, a Radeon RX 7900 XTX, an RX 9070 XT.
  static const TargetInfo all[] = {
      cdna("gfx942", /*xf32=*/true, 304, 32 << 10, 4 << 20, int64_t(256) << 20),
      cdna("gfx90a", /*xf32=*/false, 110, 16 << 10, 8 << 20, 8 << 20),
      rdna("gfx1100", 96, 6 << 20, int64_t(96) << 20, rocm::wmma11Units()),
      rdna("gfx1201", 64, 8 << 20, int64_t(64) << 20, rocm::wmma12Units()),
  };
  return all;
}
